import type { Agent, Versioned } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { type Account, totals } from '../shared/capacity/account.ts';
import { expiryOf, type Holder, type HolderState } from '../shared/capacity/holder.ts';
import { hasBegun, isOver } from '../shared/days.ts';
import type { BookingRepresentation, BookingStatus, HoldFor, WaitingRepresentation } from './booking-contract.ts';
import type { Period } from './contract-parts.ts';
import type { Adjustments, GrantRepresentation } from './grant-contract.ts';
import type { PoolRepresentation } from './pool-contract.ts';
import type { ChangeReason } from './units.ts';
import { afterOfferNotTaken, type Waiting } from './waiting.ts';

/** Pools, grants and bookings as the Hub keeps them, and every decision about them. Pure. */

export type Pool = Omit<PoolRepresentation, 'allocated'> & Versioned;

export interface Grant extends Omit<GrantRepresentation, 'balance'>, Versioned {
  /** Why this version was made, where somebody had to say. */
  readonly reason?: ChangeReason | undefined;
  /** Version of the report of how its courses were used; absent before the first restatement. */
  readonly usageVersion?: number | undefined;
  /** The loan or transfer this version was made by. */
  readonly cause?: string | undefined;
}

export interface Booking extends Omit<BookingRepresentation, 'status' | 'expiresAt' | 'waiting'>, Versioned {
  readonly status: BookingStatus;
  /** When the hold or offer ends or ended; kept after it was confirmed. Absent before the first offer. */
  readonly expiresAt?: string;
  /** The segment of the grant's account its unit is in, or was. Absent before the first offer. */
  readonly segment?: number;
  /** Present once it has waited. */
  readonly waiting?: Waiting;
  /** Digest of the body it was made from. */
  readonly fingerprint: string;
  /** Digest of the request that did each action, so that a repeated request is recognised. */
  readonly requests: Readonly<Record<string, string>>;
}

/** A grant as it was given, before anything came or went. */
export const NO_ADJUSTMENTS: Adjustments = {
  carriedIn: 0,
  carriedOut: 0,
  transferredIn: 0,
  transferredOut: 0,
  borrowedIn: 0,
  lentOut: 0,
  expired: 0,
};

/** How many units a grant is entitled to: what the segments of its account add up to. */
export function entitlementOf({ nominal, adjustments }: Pick<Grant, 'nominal' | 'adjustments'>): number {
  const { carriedIn, carriedOut, transferredIn, transferredOut, borrowedIn, lentOut, expired } = adjustments;
  return nominal + carriedIn - carriedOut + transferredIn - transferredOut + borrowedIn - lentOut - expired;
}

/** What both sides of a grant or booking are called in an access rule. */
export function relationsTo(
  resource: { readonly providerId: string; readonly beneficiaryId?: string },
  institutionId: string,
): Relation[] {
  const relations: Relation[] = [];
  if (resource.providerId === institutionId) relations.push('provider');
  if (resource.beneficiaryId === institutionId) relations.push('beneficiary');
  return relations.length === 0 ? ['none'] : relations;
}

/** Minutes a hold lasts. */
export const HOLD_MINUTES: Readonly<Record<HoldFor, number>> = { interactive: 15, commission: 14 * 24 * 60 };

/** A step of a booking: from which statuses, to which one. */
interface Transition {
  readonly from: readonly BookingStatus[];
  readonly to: BookingStatus;
}

export const TRANSITIONS = {
  confirm: { from: ['held'], to: 'booked' },
  release: { from: ['held'], to: 'released' },
  expire: { from: ['held'], to: 'expired' },
  cancel: { from: ['booked'], to: 'cancelled' },
  arrive: { from: ['booked'], to: 'in-treatment' },
  complete: { from: ['in-treatment'], to: 'fulfilled' },
  'no-show': { from: ['booked'], to: 'noshow' },
  offer: { from: ['waitlisted'], to: 'offered' },
  'accept-offer': { from: ['offered'], to: 'held' },
  'decline-offer': { from: ['offered'], to: 'waitlisted' },
  lapse: { from: ['offered'], to: 'waitlisted' },
  withdraw: { from: ['waitlisted', 'offered'], to: 'withdrawn' },
  'set-priority': { from: ['waitlisted'], to: 'waitlisted' },
} as const satisfies Record<string, Transition>;
export type Action = keyof typeof TRANSITIONS;

/** Which of a pool's policies an action falls under; those of the day on which it is done. */
export function forfeitsUnit(
  action: Action,
  { cancellationPolicy, noShowPolicy }: Pick<Pool, 'cancellationPolicy' | 'noShowPolicy'>,
  doneBy: readonly Relation[],
): boolean {
  // Whoever provides the course cannot use up what it promised by not giving it.
  if (action === 'cancel') return cancellationPolicy === 'forfeit-unit' && doneBy.includes('beneficiary');
  return action === 'no-show' && noShowPolicy === 'forfeit-unit';
}

/** A hold, or an offer, is dead from its `expiresAt` on, whoever looks. */
export function isExpired({ status, expiresAt = '' }: Booking, now: Date): boolean {
  return (status === 'held' || status === 'offered') && expiresAt <= now.toISOString();
}

/** What ends a booking whose time is up. */
const ENDINGS: readonly Action[] = ['expire', 'lapse'];

/** What changes in a booking beside what follows from the action. */
export type BookingChange = Partial<Booking> & { readonly by: Agent };

export type Decision =
  | { readonly kind: 'changed'; readonly booking: Booking }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not-allowed'; readonly allowedFrom: readonly BookingStatus[] };

/**
 * Carries an action out on a booking, or says why not. `expire` and `lapse` are for holds and offers that are over, the others for
 * all else.
 * @param change what the action changes beside the status, and by whom
 */
export function decide(booking: Booking, action: Action, now: Date, change: BookingChange): Decision {
  const { from, to }: Transition = TRANSITIONS[action];
  if (!from.includes(booking.status)) return { kind: 'not-allowed', allowedFrom: from };
  const ends = ENDINGS.includes(action);
  if (isExpired(booking, now) !== ends) return ends ? { kind: 'not-allowed', allowedFrom: from } : { kind: 'expired' };
  return {
    kind: 'changed',
    booking: { ...booking, status: to, ...change, version: booking.version + 1, updatedAt: now.toISOString() },
  };
}

/** The state a booking's unit is in; `undefined` when the unit is to be given back. */
export function unitState({ status, unitForfeited }: Booking): HolderState | undefined {
  switch (status) {
    case 'held':
    case 'offered':
      return 'held';
    case 'booked':
      return 'confirmed';
    case 'in-treatment':
      return 'arrived';
    case 'fulfilled':
      return 'fulfilled';
    case 'cancelled':
    case 'noshow':
      return unitForfeited === true ? 'forfeited' : undefined;
    case 'waitlisted':
    case 'withdrawn':
    case 'released':
    case 'expired':
      return undefined;
  }
}

/** What a request for a booking says. */
type Wanted = Pick<Booking, 'patient' | 'ageBand' | 'diagnosis' | 'holdFor' | 'fingerprint' | 'by'>;

/** How a booking begins: with a unit that was just taken, or in line. */
export type Beginning =
  | { readonly status: 'held'; readonly holder: Holder; readonly segment: number }
  | { readonly status: 'waitlisted'; readonly id: string; readonly waiting: Waiting };

export function newBooking(grant: Grant, wanted: Wanted, beginning: Beginning, now: Date): Booking {
  const { id: grantId, poolId, providerId, beneficiaryId, service } = grant;
  return {
    ...begun(beginning),
    grantId,
    poolId,
    providerId,
    beneficiaryId,
    service,
    ...wanted,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    version: 1,
    requests: {},
  };
}

function begun(beginning: Beginning): Pick<Booking, 'id' | 'status' | 'expiresAt' | 'segment' | 'waiting'> {
  if (beginning.status === 'waitlisted') return beginning;
  const { status, holder, segment } = beginning;
  return { id: holder.id, status, segment, expiresAt: endOf(holder) };
}

/** When a holder's time is up, as a booking says it. */
export function endOf(holder: Holder): string {
  return new Date((expiryOf(holder) ?? 0) * 1000).toISOString();
}

/** Today is not after the last day of the period, in the period's time zone. */
export function isOpen({ end, timeZone }: Period, now: Date): boolean {
  return !isOver(end, timeZone, now);
}

/** The end of its period has reached a grant: nothing is granted, lent or taken any more. */
export function isClosed({ status }: Pick<Grant, 'status'>): boolean {
  return status === 'closing' || status === 'closed';
}

/** Whether everybody may take the courses that are kept for children: from the release date on. */
export function isReserveReleased({ paediatricReserve, period }: Grant, now: Date): boolean {
  if (paediatricReserve === undefined) return true;
  return hasBegun(paediatricReserve.releaseDate, period.timeZone, now);
}

export function showPool({ version: _, by: __, ...pool }: Pool): PoolRepresentation {
  return { ...pool, allocated: pool.capacity - pool.unallocated };
}

export function showGrant(
  { version: _, by: __, reason: ___, cause: ____, usageVersion: _____, ...grant }: Grant,
  account: Account,
): GrantRepresentation {
  const { entitled, committed, available, held, confirmed, arrived, fulfilled, forfeited } = totals(account);
  return {
    ...grant,
    balance: { entitled, committed, available, held, booked: confirmed, inTreatment: arrived, fulfilled, forfeited },
  };
}

/** The status as of now: a hold or an offer is over as soon as its time is up, though nobody has written it yet. */
function statusAt(booking: Booking, now: Date): BookingStatus {
  if (!isExpired(booking, now)) return booking.status;
  return booking.status === 'offered' ? afterOfferNotTaken(booking).status : 'expired';
}

function showWaiting({ ageingAt: _, ...waiting }: Waiting, position: number | undefined): WaitingRepresentation {
  return position === undefined ? waiting : { ...waiting, position };
}

/** @param position in line, where that is known */
export function showBooking(booking: Booking, now: Date, position?: number): BookingRepresentation {
  const {
    version: _,
    by: __,
    segment: ___,
    fingerprint: ____,
    requests: _____,
    expiresAt,
    waiting,
    ...shown
  } = booking;
  const status = statusAt(booking, now);
  const timed = expiresAt !== undefined && ['offered', 'held', 'expired'].includes(status);
  return {
    ...shown,
    status,
    ...(timed ? { expiresAt } : {}),
    ...(waiting === undefined ? {} : { waiting: showWaiting(waiting, position) }),
  };
}
