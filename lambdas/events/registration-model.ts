import type { Agent, Deed, Versioned } from '../shared/auth/agent.ts';
import { expiryOf, type Holder, type HolderState } from '../shared/capacity/holder.ts';
import type { Place } from '../shared/capacity/place.ts';
import { hasBegun, isOver } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import type { Mode } from './contract-parts.ts';
import { type Event, endOf, eventConflict, modesOf, startOf, statusAt } from './event-model.ts';
import type { RegistrationRepresentation, RegistrationStatus } from './registration-contract.ts';
import {
  CheckInTooEarly,
  ModeNotOffered,
  OfferLate,
  RegistrationStateConflict,
  RegistrationWindowClosed,
} from './registration-errors.ts';

/** Registrations as the Hub keeps them, and every decision about them. Pure. */

export interface Registration extends Omit<RegistrationRepresentation, 'position'>, Versioned {
  /** The segment of its mode's account its place is in, or was. Absent before it was given one. */
  readonly segment?: number;
  /** When its place was taken, in seconds since 1970. Absent before it was given one. */
  readonly takenAt?: number;
  /** Digest of the body it was made from. */
  readonly fingerprint: string;
}

interface Transition {
  readonly from: readonly RegistrationStatus[];
  readonly to: RegistrationStatus;
}

const WITHOUT_PLACE = ['submitted', 'waitlisted'] as const;
const LIVE = [...WITHOUT_PLACE, 'held', 'offered', 'confirmed'] as const;

export const TRANSITIONS = {
  approve: { from: ['submitted'], to: 'waitlisted' },
  decline: { from: WITHOUT_PLACE, to: 'declined' },
  offer: { from: ['waitlisted'], to: 'offered' },
  take: { from: ['held', 'offered'], to: 'confirmed' },
  confirm: { from: ['held'], to: 'confirmed' },
  'accept-offer': { from: ['offered'], to: 'confirmed' },
  'decline-offer': { from: ['offered'], to: 'cancelled' },
  expire: { from: ['held', 'offered'], to: 'expired' },
  cancel: { from: LIVE, to: 'cancelled' },
  'check-in': { from: ['confirmed'], to: 'attended' },
} as const satisfies Record<string, Transition>;
export type Action = keyof typeof TRANSITIONS;

const HOUR_MINUTES = 60;
/** For how long a place is held that is to be confirmed. */
export const HOLD_MINUTES = 24 * HOUR_MINUTES;
const DAY_MS = 86_400_000;
/** A clock at the door may be wrong by so much. */
const CLOCK_MS = 5 * 60_000;

/** Whether something can still become of it. */
export function isLive({ status }: Pick<Registration, 'status'>): boolean {
  return LIVE.some((each) => each === status);
}

/** Whether the attendee can be registered again. */
export function isGivenUp({ status }: Pick<Registration, 'status'>): boolean {
  return status === 'cancelled' || status === 'expired' || status === 'declined';
}

/** What is done to one of those that are together is done to all, as long as they are in one of these. */
export function actsTogether({ status, together }: Registration): boolean {
  return together === true && isLive({ status }) && status !== 'confirmed';
}

/** A place that was not taken is dead from `expiresAt` on, whoever looks. */
export function isExpired({ status, expiresAt = '' }: Registration, now: Date): boolean {
  return (status === 'held' || status === 'offered') && expiresAt <= now.toISOString();
}

/** What changes beside what follows from the action. */
export type Change = Partial<Registration> & { readonly by: Agent };

/** What an action may be done to, whether or not its time is over. */
const ANY_TIME: readonly Action[] = ['cancel'];

/** A step; `undefined` where the status does not allow it. `expire` is for what is over, the others for all else. */
export function step(registration: Registration, action: Action, now: Date, change: Change): Registration | undefined {
  const { from, to }: Transition = TRANSITIONS[action];
  if (!from.includes(registration.status)) return undefined;
  if (isExpired(registration, now) !== (action === 'expire') && !ANY_TIME.includes(action)) return undefined;
  return { ...registration, ...change, status: to, version: registration.version + 1, updatedAt: now.toISOString() };
}

/** The same for who asks for it. @throws Problem `registration-state-conflict`, `offer-late` */
export function mustStep(registration: Registration, action: Action, now: Date, change: Change): Registration {
  const next = step(registration, action, now, change);
  if (next !== undefined) return next;
  const { status, expiresAt } = statusOf(registration, now);
  if (status === 'expired' && (action === 'confirm' || action === 'accept-offer' || action === 'decline-offer')) {
    throw new Problem(OfferLate, 'The time to take the place is over.', { expiresAt });
  }
  const allowedFrom = TRANSITIONS[action].from;
  throw new Problem(RegistrationStateConflict, `The registration is ${status}.`, {
    registrationStatus: status,
    allowedFrom,
  });
}

/** As of now: a place that was held is given up as soon as its time is over, though nobody has written it yet. */
function statusOf(registration: Registration, now: Date): Registration {
  return isExpired(registration, now) ? { ...registration, status: 'expired' } : registration;
}

/** The same for another attendee, or with other needs: where it is, it stays. @throws Problem `registration-state-conflict` */
export function changed(
  registration: Registration,
  attendee: string,
  { by, now }: Pick<Deed, 'by' | 'now'>,
): Registration {
  if (!isLive(registration) || isExpired(registration, now)) {
    const { status } = statusOf(registration, now);
    throw new Problem(RegistrationStateConflict, `The registration is ${status}.`, {
      registrationStatus: status,
      allowedFrom: LIVE,
    });
  }
  return { ...registration, attendee, by, version: registration.version + 1, updatedAt: now.toISOString() };
}

/** @throws Problem `event-state-conflict`, `registration-window-closed`, `mode-not-offered` */
export function requireRegistrable(event: Event, mode: Mode, now: Date): void {
  const { registration, timeZone } = event;
  const is = statusAt(event, now);
  if (is === 'draft' || is === 'cancelled' || is === 'completed') throw eventConflict(is);
  if (!hasBegun(registration.from, timeZone, now) || isOver(registration.to, timeZone, now)) {
    throw new Problem(RegistrationWindowClosed, 'Nobody can register today.', { registration, timeZone });
  }
  if (event.places[mode] === undefined) {
    throw new Problem(ModeNotOffered, `The event is not held ${mode}.`, { modes: modesOf(event) });
  }
}

/** Places are given until the event ends. */
export function givesPlaces(event: Event, mode: Mode, now: Date): boolean {
  return event.status === 'published' && event.places[mode] !== undefined && endOf(event) > now;
}

/** For how many minutes a place is held that is offered now: no longer than the event lasts. */
export function minutesToAccept(event: Event, now: Date): number {
  const left = Math.floor((endOf(event).getTime() - now.getTime()) / 60_000);
  return Math.max(1, Math.min(event.offerHours * HOUR_MINUTES, left));
}

/** What is known of whoever is registered. */
type Wanted = Pick<Registration, 'id' | 'institutionId' | 'attendee' | 'mode' | 'group' | 'together' | 'fingerprint'>;

/** How a registration begins: with a place that was just taken, in line, or with a question to the organiser. */
export type Beginning =
  | { readonly status: 'submitted' }
  | { readonly status: 'waitlisted' }
  | { readonly status: 'held' | 'confirmed'; readonly holder: Holder; readonly segment: number };

export function newRegistration(
  { id: eventId, organiserId }: Event,
  wanted: Wanted,
  beginning: Beginning,
  by: Agent,
  now: Date,
): Registration {
  const at = now.toISOString();
  const { status } = beginning;
  return {
    ...{ ...wanted, eventId, organiserId, status },
    ...(status === 'waitlisted' ? { waitingSince: at } : {}),
    ...('holder' in beginning ? taken(beginning) : {}),
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
}

/** What a registration says of the place it was given: when it was taken, and until when it is held. */
export function taken({ holder, segment }: { readonly holder: Holder; readonly segment: number }) {
  return { segment, takenAt: holder.takenAt ?? 0, expiresAt: new Date((expiryOf(holder) ?? 0) * 1000).toISOString() };
}

/** Puts it into the line. @throws Problem `registration-state-conflict` */
export function approved(registration: Registration, { by, now }: Deed): Registration {
  return mustStep(registration, 'approve', now, { by, waitingSince: now.toISOString() });
}

/** Its place in line; `undefined` when it does not wait, or waits in that of the first of those it is together with. */
export function placeOf(registration: Registration): Place | undefined {
  const { id, status, institutionId, group = [id], together = false, waitingSince = '' } = registration;
  if (status !== 'waitlisted' || (together && group[0] !== id)) return undefined;
  const place = { id, rank: waitingSince, reserve: institutionId };
  return together ? { ...place, units: group.length } : place;
}

/** The state its place is in; `undefined` when it has none. */
export function unitState({ status }: Registration): HolderState | undefined {
  switch (status) {
    case 'held':
    case 'offered':
      return 'held';
    case 'confirmed':
      return 'confirmed';
    case 'attended':
      return 'fulfilled';
    default:
      return undefined;
  }
}

/** Whether somebody can have come at a moment: from a day before the event begins, and not later than now. */
export function canHaveCome(event: Event, at: Date, now: Date): boolean {
  const latest = Math.min(now.getTime() + CLOCK_MS, endOf(event).getTime() + DAY_MS);
  return startOf(event).getTime() - DAY_MS <= at.getTime() && at.getTime() <= latest;
}

/**
 * Somebody has come; of several times the earliest stays.
 * @returns `undefined` where it is known already @throws Problem `registration-state-conflict`
 */
export function checkedIn(
  registration: Registration,
  at: Date,
  { by, now }: Pick<Deed, 'by' | 'now'>,
): Registration | undefined {
  const attendedAt = at.toISOString();
  if (registration.status !== 'attended') return mustStep(registration, 'check-in', now, { by, attendedAt });
  if (attendedAt >= (registration.attendedAt ?? '')) return undefined;
  return { ...registration, attendedAt, by, version: registration.version + 1, updatedAt: now.toISOString() };
}

/** @throws Problem `check-in-too-early` */
export function requireBegun(event: Event, now: Date): void {
  if (startOf(event).getTime() - DAY_MS <= now.getTime()) return;
  const { starts, timeZone } = event;
  throw new Problem(CheckInTooEarly, 'The event has not begun.', { starts, timeZone });
}

/** @param position in line, where it was looked up */
export function showRegistration(registration: Registration, now: Date, position?: number): RegistrationRepresentation {
  const {
    version: _,
    by: __,
    segment: ___,
    takenAt: ____,
    fingerprint: _____,
    expiresAt,
    ...shown
  } = statusOf(registration, now);
  const { status } = shown;
  const timed = expiresAt !== undefined && (status === 'held' || status === 'offered' || status === 'expired');
  return { ...shown, ...(timed ? { expiresAt } : {}), ...(position === undefined ? {} : { position }) };
}
