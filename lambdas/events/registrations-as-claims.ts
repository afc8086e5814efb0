import { HUB } from '../shared/auth/agent.ts';
import { type ClaimStore, type LineRules, type SubjectSearch, secondsOf } from '../shared/capacity/claim.ts';
import { subjectKey } from '../shared/capacity/holder.ts';
import { type Event, reserveFor } from './event-model.ts';
import { accountKey } from './keys.ts';
import type { Ports } from './ports.ts';
import {
  type Change,
  givesPlaces,
  isLive,
  minutesToAccept,
  placeOf,
  type Registration,
  step,
  taken,
  unitState,
} from './registration-model.ts';

/** Registrations as the capacity model sees them: claims on the places of a mode. */

/**
 * Each registration is a subject of its own: that an attendee has one is seen to before, by announcing it under the
 * attendee's pseudonym, in whichever mode.
 */
export const subjectOf = ({ id }: Pick<Registration, 'id'>): string => subjectKey(id);

export function searchFor(registration: Pick<Registration, 'id'>): SubjectSearch<Registration> {
  return {
    subject: subjectOf(registration),
    accountsToSearch: () => Promise.resolve([]),
    isSameSubject: () => false,
  };
}

/** A step of the Hub itself. */
function mustStep(registration: Registration, action: 'offer' | 'cancel', now: Date, change: Change): Registration {
  const next = step(registration, action, now, change);
  if (next === undefined) throw new Error('A registration that waits cannot be offered a place');
  return next;
}

async function eventOf({ events }: Ports, { eventId }: Registration): Promise<Event> {
  const event = await events.get(eventId, { consistent: false });
  if (event === undefined) throw new Error('A registration has no event');
  return event;
}

export function registrationsAsClaims(ports: Ports): ClaimStore<Registration> {
  const { events, registrations, now } = ports;
  return {
    accounts: events.accounts,
    line: lineOf(ports),
    now,
    find: (id, freshness) => registrations.get(id, freshness),
    putNew: (registration) => registrations.putNew(registration),
    putNext: (registration) => registrations.putNext(registration),
    accountOf: ({ eventId, mode }) => accountKey(eventId, mode),
    holderOf: (registration) => {
      const state = unitState(registration);
      if (state === undefined) return undefined;
      const holder = { id: registration.id, subject: subjectOf(registration), state };
      if (state !== 'held') return holder;
      const { takenAt = 0, expiresAt = '' } = registration;
      return { ...holder, takenAt, minutes: (secondsOf(new Date(expiresAt)) - takenAt) / 60 };
    },
    // A place that was not taken is not offered again to the same registration.
    spentOfferOf: () => undefined,
    expired: (registration, at) => step(registration, 'expire', at, { by: HUB }),
  };
}

function lineOf(ports: Ports): LineRules<Registration> {
  const { events, registrations, now } = ports;
  return {
    table: events.line,
    placeOf,
    mayHave: async (registration) => {
      const event = await eventOf(ports, registration);
      const { mode, institutionId } = registration;
      return givesPlaces(event, mode, now()) ? reserveFor(event, mode, institutionId, now()) : 'nothing';
    },
    searchFor,
    offerTo: async (registration) => ({
      ...{ id: registration.id, subject: subjectOf(registration), state: 'held' },
      ...{ takenAt: secondsOf(now()), minutes: minutesToAccept(await eventOf(ports, registration), now()) },
    }),
    offered: (registration, holder, segment) =>
      mustStep(registration, 'offer', now(), { by: HUB, ...taken({ holder, segment }) }),
    reviewed: () => undefined,
    dropped: (registration) => mustStep(registration, 'cancel', now(), { by: HUB }),
    together: {
      companionsOf: async ({ id, group = [], together = false }) => {
        const others = together ? group.filter((other) => other !== id) : [];
        const found = await Promise.all(others.map((other) => registrations.get(other)));
        const all = found.filter((registration) => registration !== undefined);
        if (all.length < others.length) throw new Error('A group lacks a registration');
        return all.filter(isLive);
      },
      putAll: (all) => registrations.putAll(all),
    },
  };
}
