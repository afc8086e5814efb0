import type { Deed, Versioned } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { type Account, isQueued, type ReserveByName, SEGMENT_UNITS, totals } from '../shared/capacity/account.ts';
import { clocksAt, hasBegun, isOver, momentOf } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import { InvitationMissing, NotInvited } from '../shared/meeting-errors.ts';
import { impossible } from '../shared/meetings.ts';
import { MODES, MOST_KEPT, MOST_PLACES, type Mode, type PlacePlan } from './contract-parts.ts';
import { EventStateConflict, PlacesDoNotAddUp, TelebridgeOnly } from './errors.ts';
import type { EventBody, EventChange, EventRepresentation, EventStatus } from './event-contract.ts';

/** Events as the Hub keeps them, and every decision about them. Pure. */

type Derived = 'status' | 'balance';

export interface Event extends Omit<EventRepresentation, Derived>, Versioned {
  /** What its organisers have said; what follows from the clock is `statusAt`. */
  readonly status: 'draft' | 'published' | 'cancelled';
}

/** The account of each mode that is offered. */
export type Accounts = Readonly<Partial<Record<Mode, Account>>>;

/** An event with the accounts that say who has a place. */
export interface EventWithAccounts {
  readonly event: Event;
  readonly accounts: Accounts;
}

const DAY_MS = 86_400_000;
/** The longest congress there is lasts a week. */
const LONGEST_DAYS = 31;
const TELEBRIDGE_PLACES: PlacePlan = { online: { capacity: 100, kept: [] } };

const dayOf = (local: string): string => local.slice(0, 10);

/** How an institution stands to an event, or to what belongs to it. */
export function relationsTo(
  { organiserId, coOrganisers, invited, visibility, status }: Event,
  institutionId: string,
): Relation[] {
  if (organiserId === institutionId || coOrganisers.includes(institutionId)) return ['host'];
  if (status === 'draft') return ['none'];
  if (invited.includes(institutionId)) return ['party'];
  return [visibility === 'invited' ? 'none' : 'partner'];
}

/** The modes that an event offers. */
export const modesOf = ({ places }: Pick<Event, 'places'>): Mode[] =>
  MODES.filter((mode) => places[mode] !== undefined);

export const startOf = ({ starts, timeZone }: Pick<Event, 'starts' | 'timeZone'>): Date => momentOf(starts, timeZone);
export const endOf = ({ ends, timeZone }: Pick<Event, 'ends' | 'timeZone'>): Date => momentOf(ends, timeZone);

/** @throws Problem `impossible-dates` */
function requirePossibleDates({ starts, ends, registration, places }: Event): void {
  if (ends <= starts) throw impossible('/ends', 'must be after starts');
  if (Date.parse(dayOf(ends)) - Date.parse(dayOf(starts)) > LONGEST_DAYS * DAY_MS) {
    throw impossible('/ends', `must be within ${String(LONGEST_DAYS)} days`);
  }
  if (registration.to < registration.from) throw impossible('/registration/to', 'must not be before from');
  if (registration.to > dayOf(ends)) throw impossible('/registration/to', 'must not be after the last day');
  for (const mode of MODES) {
    const late = (places[mode]?.kept ?? []).findIndex(({ releaseDate }) => releaseDate > dayOf(ends));
    if (late >= 0)
      throw impossible(`/places/${mode}/kept/${String(late)}/releaseDate`, 'must not be after the last day');
  }
}

/** @throws Problem `impossible-dates` */
function requirePossibleCall({ call, ends }: Event): void {
  if (call === undefined) return;
  if (call.closes <= call.opens) throw impossible('/call/closes', 'must be after opens');
  if (call.closes > ends) throw impossible('/call/closes', 'must not be after the event');
}

/** What is said anew must not be over. @throws Problem `impossible-dates` */
function requireAhead(said: Pick<EventChange, 'ends' | 'registration'>, timeZone: string, now: Date): void {
  if (said.ends !== undefined && momentOf(said.ends, timeZone) <= now) throw impossible('/ends', 'must not be over');
  if (said.registration !== undefined && isOver(said.registration.to, timeZone, now)) {
    throw impossible('/registration/to', 'must not be over');
  }
}

/** @throws Problem `places-do-not-add-up` */
function requireSum({ places }: Event): void {
  const refuse = (pointer: string, message: string): Problem =>
    new Problem(PlacesDoNotAddUp, `The field ${message}.`, { errors: [{ pointer, message }] });
  const plans = MODES.flatMap((mode) => (places[mode] === undefined ? [] : [{ mode, ...places[mode] }]));
  for (const { mode, capacity, kept } of plans) {
    const pointer = `/places/${mode}/kept`;
    if (new Set(kept.map(({ institutionId }) => institutionId)).size < kept.length) {
      throw refuse(pointer, 'must name each institution once');
    }
    if (kept.reduce((sum, each) => sum + each.places, 0) > capacity)
      throw refuse(pointer, 'must not be more than the capacity');
  }
  if (plans.reduce((sum, { capacity }) => sum + capacity, 0) > MOST_PLACES) {
    throw refuse('/places', `must not be more than ${String(MOST_PLACES)} in all`);
  }
  if (plans.reduce((sum, { kept }) => sum + kept.length, 0) > MOST_KEPT) {
    throw refuse('/places', `must be kept for ${String(MOST_KEPT)} institutions at most`);
  }
}

/** @throws Problem `impossible-dates`, `places-do-not-add-up`, `telebridge-only` */
function requireSound(event: Event): void {
  if (event.cases.length > 0 && event.kind !== 'telebridge') {
    throw new Problem(TelebridgeOnly, 'Only a telebridge has cases.');
  }
  requirePossibleDates(event);
  requirePossibleCall(event);
  requireSum(event);
}

/** A draft, with what is left unsaid. @throws Problem `impossible-dates`, `places-do-not-add-up`, `telebridge-only` */
export function newEvent(id: string, body: EventBody, { by, institutionId, now }: Deed): Event {
  const { publish: _, places = TELEBRIDGE_PLACES, registration, visibility, ...said } = body;
  const { kind, timeZone, ends } = said;
  const at = now.toISOString();
  const event: Event = {
    ...{ id, organiserId: institutionId, ...said, places, status: 'draft' },
    registration: registration ?? { from: dayOf(clocksAt(now, timeZone)), to: dayOf(ends) },
    visibility: visibility ?? (kind === 'telebridge' ? 'invited' : 'partners'),
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
  requireAhead(event, timeZone, now);
  requireSound(event);
  return event;
}

/** What people rely on once it is published. */
const FIXED: readonly (keyof EventChange)[] = ['timeZone', 'visibility', 'approval'];

/**
 * An event as its organisers change it, until it is over.
 * @throws Problem `event-state-conflict`, `impossible-dates`, `places-do-not-add-up`, `telebridge-only`, `invitation-missing`
 */
export function changedEvent(event: Event, change: EventChange, { by, now }: Deed): Event {
  const is = statusAt(event, now);
  const isDraft = is === 'draft';
  const relied = !isDraft && FIXED.some((name) => change[name] !== undefined);
  if (is === 'cancelled' || is === 'completed' || relied || (change.status !== undefined && !isDraft)) {
    throw eventConflict(is);
  }
  const next: Event = { ...event, ...change, version: event.version + 1, updatedAt: now.toISOString(), by };
  if (next.status === 'published' && next.visibility === 'invited' && next.invited.length === 0) {
    throw new Problem(InvitationMissing, 'Nobody is invited.');
  }
  requireAhead(change.status === 'published' ? next : change, next.timeZone, now);
  requireSound(next);
  return next;
}

/** @throws Problem `event-state-conflict` */
export function cancelledEvent(
  event: Event,
  cancellationReason: NonNullable<Event['cancellationReason']>,
  { by, now }: Deed,
): Event {
  const is = statusAt(event, now);
  if (is === 'cancelled' || is === 'completed') throw eventConflict(is);
  return {
    ...event,
    ...{ status: 'cancelled', cancellationReason },
    ...{ version: event.version + 1, updatedAt: now.toISOString(), by },
  };
}

export function eventConflict(eventStatus: EventStatus): Problem {
  return new Problem(EventStateConflict, `The event is ${eventStatus}.`, { eventStatus });
}

/** What it is now. */
export function statusAt(event: Event, now: Date): EventStatus {
  const { status, registration, timeZone } = event;
  if (status !== 'published') return status;
  if (endOf(event) <= now) return 'completed';
  if (startOf(event) <= now) return 'running';
  if (isOver(registration.to, timeZone, now)) return 'closed';
  return hasBegun(registration.from, timeZone, now) ? 'open' : 'published';
}

/** Whether its organisers still write its programme. @throws Problem `event-state-conflict` */
export function requireNotOver(event: Event, now: Date): void {
  const is = statusAt(event, now);
  if (is === 'cancelled' || is === 'completed') throw eventConflict(is);
}

/** @throws Problem `not-invited` */
export function requireInvitation(
  { visibility, invited, organiserId, coOrganisers }: Event,
  institutionId: string,
): void {
  if (visibility !== 'invited') return;
  if ([organiserId, ...coOrganisers, ...invited].includes(institutionId)) return;
  throw new Problem(NotInvited, 'Your institution is not invited.', { invited });
}

/** Institutions that an event names beside its organiser, which have to be partners. */
export function namedIn({ coOrganisers, invited, places }: Event): ReadonlySet<string> {
  const kept = MODES.flatMap((mode) => (places[mode]?.kept ?? []).map(({ institutionId }) => institutionId));
  return new Set([...coOrganisers, ...invited, ...kept]);
}

/** Which places of a mode an institution may have: its own, and those of others that are released. */
export function reserveFor({ places, timeZone }: Event, mode: Mode, institutionId: string, now: Date): ReserveByName {
  const released = (places[mode]?.kept ?? []).filter(({ releaseDate }) => hasBegun(releaseDate, timeZone, now));
  return { own: institutionId, released: released.map((kept) => kept.institutionId) };
}

/** Segments of both modes together, beside those of kept places: one transaction can write them all. */
const MOST_SEGMENTS = 50;

/** How many places a full segment has: more where there are so many that a transaction could not write all segments. */
export function segmentSize({ places }: Pick<Event, 'places'>): number {
  const capacity = MODES.reduce((sum, mode) => sum + (places[mode]?.capacity ?? 0), 0);
  return Math.max(SEGMENT_UNITS, Math.ceil(capacity / MOST_SEGMENTS));
}

/** How many places of a mode are kept for whom. */
export function keptPlaces({ places }: Pick<Event, 'places'>, mode: Mode): ReadonlyMap<string, number> {
  return new Map((places[mode]?.kept ?? []).map((kept) => [kept.institutionId, kept.places]));
}

function balanceOf(account: Account) {
  const { committed, available } = totals(account);
  return { taken: committed, free: available, waitlist: isQueued(account) };
}

/** @param accounts where one event is read */
export function showEvent(event: Event, now: Date, accounts?: Accounts): EventRepresentation {
  const { version: _, by: __, ...shown } = event;
  const status = statusAt(event, now);
  if (accounts === undefined) return { ...shown, status };
  const balance = Object.fromEntries(modesOf(event).map((mode) => [mode, balanceOf(accounts[mode] ?? [])]));
  return { ...shown, status, balance };
}
