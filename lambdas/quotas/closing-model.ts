import { type Account, planResize, reservedUnits, totals } from '../shared/capacity/account.ts';
import { isOver } from '../shared/days.ts';
import type { ClosingOfGrant } from './closing-contract.ts';
import type { Period } from './contract-parts.ts';
import type { Adjustments, CarryOver } from './grant-contract.ts';
import type { LedgerRow } from './ledger-contract.ts';
import type { Loan } from './loan-model.ts';
import { type Booking, entitlementOf, type Grant, showBooking } from './model.ts';
import { freeUnits, type GrantState, type Moved, nextGrant, type Stamp } from './moves.ts';

/** The end of a period: when it may be closed, what it takes and leaves, and what it has done. Pure. */

/** Milliseconds. A request that began on the period's last day is over by then. */
const REQUESTS_END_WITHIN = 60_000;

/** Whether a period can be closed: nobody can still be taking a course in it. */
export function mayClose({ end, timeZone }: Period, now: Date): boolean {
  return isOver(end, timeZone, new Date(now.getTime() - REQUESTS_END_WITHIN));
}

/** How many of so many unused courses are carried over. */
export function carryOf(policy: CarryOver | undefined, unused: number): number {
  return policy === undefined ? 0 : Math.min(policy.max, Math.floor((policy.percent * unused) / 100));
}

/**
 * How many courses of a grant are still to be carried over. What was carried already counts, so that carrying can be done
 * in parts and begun again.
 */
export function carryDue({ grant, account }: GrantState): number {
  const { carriedOut } = grant.adjustments;
  const { available } = totals(account);
  return Math.max(0, Math.min(available, carryOf(grant.carryOver, available + carriedOut) - carriedOut));
}

/**
 * How many carried courses are left on the day they expire: they were used before all others. What has expired before,
 * were carried courses, too.
 */
export function carriedLeft({ grant: { adjustments }, account }: GrantState): number {
  const { carriedIn, expired } = adjustments;
  return Math.max(0, Math.min(freeUnits(account), carriedIn - expired - totals(account).committed));
}

/** Last day of courses that are carried into a period; `undefined` when they are good to its end. */
export function lastDayOfCarried({ days }: CarryOver, { start, end }: Period): string | undefined {
  if (days === undefined) return undefined;
  const last = new Date(Date.parse(start) + (days - 1) * 86_400_000).toISOString().slice(0, 10);
  return last < end ? last : undefined;
}

/**
 * A grant that units leave for good. Those that are not reserved go first.
 * @returns `undefined` when fewer than so many are free
 */
export function unitsLeave(
  { grant, account }: GrantState,
  units: number,
  as: 'carriedOut' | 'expired',
  stamp: Stamp,
  change: Partial<Grant> = {},
): Moved | undefined {
  const adjustments: Adjustments = { ...grant.adjustments, [as]: grant.adjustments[as] + units };
  const fromReserve = Math.max(0, units - freeUnits(account));
  const reserved = reservedUnits(account) - fromReserve;
  const { paediatricReserve } = grant;
  const reserve =
    fromReserve > 0 && paediatricReserve ? { paediatricReserve: { ...paediatricReserve, units: reserved } } : {};
  const next = nextGrant(grant, { adjustments, ...reserve, ...change }, stamp);
  const segments = planResize(account, entitlementOf(next), reserved);
  return segments && { grant: next, segments };
}

/** A grant as the end of its period finds it. */
export interface GrantAtEnd extends GrantState {
  readonly bookings: readonly Booking[];
}

/** What closing a period would do to its grants now. @param loans of these grants, in the order they are settled in */
export function forecast(grants: readonly GrantAtEnd[], loans: readonly Loan[], now: Date): ClosingOfGrant[] {
  const counts = new Map(
    grants.map((each) => [each.grant.id, { ...NOTHING_DONE, free: freeAtEnd(each), ...ended(each, now) }]),
  );
  for (const { lendingGrantId, borrowingGrantId, outstanding } of loans) {
    const lending = counts.get(lendingGrantId);
    const borrowing = counts.get(borrowingGrantId);
    if (lending === undefined || borrowing === undefined) continue;
    const returned = Math.min(outstanding, borrowing.free.open);
    lending.free.open += returned;
    borrowing.free.open -= returned;
    lending.lentReturned += returned;
    borrowing.borrowedReturned += returned;
    lending.lentKept += outstanding - returned;
    borrowing.borrowedKept += outstanding - returned;
  }
  return grants.map(({ grant, account }) => {
    const { free, ...done } = counts.get(grant.id) ?? { ...NOTHING_DONE, free: freeAtEnd({ grant, account }) };
    const unused = free.open + free.reserved;
    const { carriedOut } = grant.adjustments;
    const carried = Math.max(0, Math.min(unused, carryOf(grant.carryOver, unused + carriedOut) - carriedOut));
    const { id: grantId, beneficiaryId, status } = grant;
    const committed = keptIn(account);
    return { grantId, beneficiaryId, status, ...done, committed, carriedOut: carried, expired: unused - carried };
  });
}

const NOTHING_DONE = {
  holdsReleased: 0,
  waitingWithdrawn: 0,
  lentReturned: 0,
  lentKept: 0,
  borrowedReturned: 0,
  borrowedKept: 0,
};

/** Units that stay with their patients: all but those that are only held. */
function keptIn(account: Account): number {
  const { committed, held } = totals(account);
  return committed - held;
}

/** Units that nobody has once the holds are released. What comes back to a grant that is closed stays there. */
function freeAtEnd({ grant, account }: GrantState): { open: number; readonly reserved: number } {
  if (grant.status === 'closed') return { open: 0, reserved: 0 };
  const reserved = account.filter((segment) => segment.reserved === true);
  const all = totals(account).entitled - keptIn(account);
  const ofReserve = totals(reserved).entitled - keptIn(reserved);
  return { open: all - ofReserve, reserved: ofReserve };
}

function ended({ bookings }: GrantAtEnd, now: Date): Pick<ClosingOfGrant, 'holdsReleased' | 'waitingWithdrawn'> {
  const statuses = bookings.map((booking) => showBooking(booking, now).status);
  return {
    holdsReleased: statuses.filter((status) => status === 'held').length,
    waitingWithdrawn: statuses.filter((status) => status === 'waitlisted' || status === 'offered').length,
  };
}

/** What closing a period has done to a grant, as its ledger tells. */
export function closingOf({ id: grantId, beneficiaryId, status }: Grant, rows: readonly LedgerRow[]): ClosingOfGrant {
  const begun = rows.findIndex(({ type }) => type === 'cut-off');
  const since = begun === -1 ? [] : rows.slice(begun);
  const end = since.findIndex(({ type }) => type === 'close');
  const during = end === -1 ? since : since.slice(0, end);
  const ofGrant = during.filter(({ bookingId }) => bookingId === undefined);
  const number = (type: LedgerRow['type']): number => during.filter((row) => row.type === type).length;
  const sum = (part: keyof Adjustments): number =>
    ofGrant.reduce((total, { deltas }) => total + (deltas[part] ?? 0), 0);
  // What a borrower keeps is transferred to it as it stops being lent.
  const [lentKept, borrowedKept] = [sum('transferredOut'), sum('transferredIn')];
  return {
    grantId,
    beneficiaryId,
    status,
    holdsReleased: number('release'),
    waitingWithdrawn: number('withdraw'),
    lentReturned: 0 - sum('lentOut') - lentKept,
    lentKept,
    borrowedReturned: 0 - sum('borrowedIn') - borrowedKept,
    borrowedKept,
    committed: begun === -1 ? 0 : (during.at(-1)?.balance.committed ?? 0),
    carriedOut: sum('carriedOut'),
    expired: sum('expired'),
  };
}
