import type { Agent } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { type Account, totals } from '../shared/capacity/account.ts';
import { expiryOf, type Holder, type HolderState } from '../shared/capacity/holder.ts';
import type {
  Adjustments,
  BookingRepresentation,
  BookingStatus,
  GrantRepresentation,
  HoldFor,
  Period,
  PoolRepresentation,
} from './contract.ts';

/** Pools, grants and bookings as the Hub keeps them, and every decision about them. Pure. */

interface Versioned {
  /** Counts the changes; what an ETag says. */
  readonly version: number;
  /** Who made this version. */
  readonly by: Agent;
}

export type Pool = Omit<PoolRepresentation, 'allocated'> & Versioned;
export type Grant = Omit<GrantRepresentation, 'balance'> & Versioned;

export interface Booking extends Omit<BookingRepresentation, 'status' | 'expiresAt'>, Versioned {
  readonly status: BookingStatus;
  /** When the hold ends or ended; kept after it was confirmed. */
  readonly expiresAt: string;
  /** The segment of the grant's account its unit is in. */
  readonly segment: number;
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

/** A hold is dead from its `expiresAt` on, whoever looks. */
export function isExpired(booking: Booking, now: Date): boolean {
  return booking.status === 'held' && booking.expiresAt <= now.toISOString();
}

export type Decision =
  | { readonly kind: 'changed'; readonly booking: Booking }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not-allowed'; readonly allowedFrom: readonly BookingStatus[] };

/**
 * Carries an action out on a booking, or says why not. `expire` is for holds that are over, the others for all else.
 * @param change what the action changes beside the status, and by whom
 */
export function decide(
  booking: Booking,
  action: Action,
  now: Date,
  change: Partial<Booking> & { readonly by: Agent },
): Decision {
  const { from, to }: Transition = TRANSITIONS[action];
  if (!from.includes(booking.status)) return { kind: 'not-allowed', allowedFrom: from };
  if (isExpired(booking, now) !== (action === 'expire')) {
    return action === 'expire' ? { kind: 'not-allowed', allowedFrom: from } : { kind: 'expired' };
  }
  return {
    kind: 'changed',
    booking: { ...booking, ...change, status: to, version: booking.version + 1, updatedAt: now.toISOString() },
  };
}

/** The state a booking's unit is in; `undefined` when the unit is to be given back. */
export function unitState({ status, unitForfeited }: Booking): HolderState | undefined {
  switch (status) {
    case 'held':
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
    case 'released':
    case 'expired':
      return undefined;
  }
}

/** What a request for a booking says. */
type Wanted = Pick<Booking, 'patient' | 'ageBand' | 'diagnosis' | 'holdFor' | 'fingerprint' | 'by'>;

/** The booking behind a holder that was just taken. */
export function newBooking(grant: Grant, wanted: Wanted, holder: Holder, segment: number, now: Date): Booking {
  const { id: grantId, poolId, providerId, beneficiaryId, service } = grant;
  return {
    id: holder.id,
    grantId,
    poolId,
    providerId,
    beneficiaryId,
    service,
    status: 'held',
    ...wanted,
    expiresAt: new Date((expiryOf(holder) ?? 0) * 1000).toISOString(),
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    version: 1,
    segment,
    requests: {},
  };
}

/** Today is not after the last day of the period, in the period's time zone. */
export function isOpen(period: Period, now: Date): boolean {
  // Far from the last day the zone does not matter, and looking it up takes ten milliseconds.
  const dateAt = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString().slice(0, 10);
  if (dateAt(14) <= period.end) return true;
  if (dateAt(-12) > period.end) return false;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: period.timeZone }).format(now);
  return today <= period.end;
}

export function showPool({ version: _, by: __, ...pool }: Pool): PoolRepresentation {
  return { ...pool, allocated: pool.capacity - pool.unallocated };
}

export function showGrant({ version: _, by: __, ...grant }: Grant, account: Account): GrantRepresentation {
  const { entitled, committed, available, held, confirmed, arrived, fulfilled, forfeited } = totals(account);
  return {
    ...grant,
    balance: { entitled, committed, available, held, booked: confirmed, inTreatment: arrived, fulfilled, forfeited },
  };
}

export function showBooking(booking: Booking, now: Date): BookingRepresentation {
  const { version: _, by: __, segment: ___, fingerprint: ____, requests: _____, expiresAt, ...shown } = booking;
  const status = isExpired(booking, now) ? 'expired' : booking.status;
  return { ...shown, status, ...(status === 'held' || status === 'expired' ? { expiresAt } : {}) };
}
