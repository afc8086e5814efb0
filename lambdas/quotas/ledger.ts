import type { Totals } from '../shared/capacity/account.ts';
import { HOLDER_STATES, type HolderState } from '../shared/capacity/holder.ts';
import type { Link } from '../shared/chain/chain.ts';
import type { BookingStatus } from './booking-contract.ts';
import {
  COMMITTED_STATES,
  type CommittedState,
  ENTITLEMENT_PARTS,
  type EntitlementPart,
  LEDGER_TYPES,
  type LedgerBalance,
  type LedgerDeltas,
  type LedgerRow,
  type LedgerType,
} from './ledger-contract.ts';
import { type Booking, type Grant, TRANSITIONS, unitState } from './model.ts';

/** What the ledger says of a change: functions of what there was before it and what there is after it. Pure. */

/** A row without its place in the chain and what follows from that. */
export type LedgerEntry = Omit<LedgerRow, keyof Link | 'balance'>;

/** A change: the version before it, `undefined` where there was nothing, and the one after it. */
export interface Change<T> {
  readonly before: T | undefined;
  readonly after: T;
}

const STATES: Readonly<Record<HolderState, CommittedState>> = {
  held: 'held',
  confirmed: 'booked',
  arrived: 'inTreatment',
  fulfilled: 'fulfilled',
  forfeited: 'forfeited',
};

/** As what a booking counts; `undefined` when it has no unit. */
export function committedState(booking: Booking): CommittedState | undefined {
  const state = unitState(booking);
  return state && STATES[state];
}

/** The row of a booking's version. */
export function bookingEntry({ before, after }: Change<Booking>): LedgerEntry {
  const was = before && committedState(before);
  const is = committedState(after);
  const type = stepBetween(before, after);
  const reason = reasonFor(type, after);
  return {
    ...entryOf(after, after.grantId, type),
    bookingId: after.id,
    ...(after.segment === undefined ? {} : { segment: after.segment }),
    deltas: was === is ? {} : { ...(was && { [was]: -1 }), ...(is && { [is]: 1 }) },
    ...(reason === undefined ? {} : { reason }),
    ...(after.waiting === undefined ? {} : { ruleVersion: after.waiting.ruleVersion }),
  };
}

/** What the Hub does by itself, where somebody else doing it is called something else. */
const BY_ITSELF: Readonly<Partial<Record<LedgerType, LedgerType>>> = {
  'decline-offer': 'lapse',
  'set-priority': 'age',
};

/** What of a booking says which step it made. */
export interface Stepped extends Pick<Booking, 'status' | 'by'> {
  readonly cancellationReason?: string | undefined;
  readonly waiting?: { readonly offersNotTaken: number; readonly overrideReason?: string | undefined } | undefined;
}

/** What is done to a booking to bring it from one version to the next. */
export function stepBetween(before: Stepped | undefined, after: Stepped): LedgerType {
  if (before === undefined) return after.status === 'waitlisted' ? 'join-waitlist' : 'hold';
  // The last offer that is not taken ends the wait: that looks like a withdrawal.
  const notTaken = before.status === 'offered' && isAfterAnotherOffer(before, after);
  const [name] = notTaken
    ? ['decline-offer']
    : (steps().find(([, { from, to }]) => to === after.status && from.includes(before.status)) ?? []);
  const type = LEDGER_TYPES.find((known) => known === name) ?? 'amend';
  return (after.by.role === 'system' ? BY_ITSELF[type] : undefined) ?? type;
}

function isAfterAnotherOffer(before: Stepped, after: Stepped): boolean {
  return (after.waiting?.offersNotTaken ?? 0) > (before.waiting?.offersNotTaken ?? 0);
}

interface Step {
  readonly from: readonly BookingStatus[];
  readonly to: BookingStatus;
}
const steps = (): [string, Step][] => Object.entries(TRANSITIONS);

/** Whether this can be what brought a booking to where it is. */
export function leadsTo({ type, reason }: LedgerRow, booking: Booking): boolean {
  if (reason !== reasonFor(type, booking)) return false;
  if (booking.version === 1) return type === stepBetween(undefined, booking);
  if (type === 'amend') return true;
  const { status } = booking;
  if (type === 'age') return status === 'waitlisted';
  if (type === 'decline-offer' || type === 'lapse') return status === 'waitlisted' || status === 'withdrawn';
  return steps().some(([name, { to }]) => name === type && to === status);
}

/** Why a step was made, where somebody had to say. */
export function reasonFor(type: LedgerType, { cancellationReason, waiting }: Stepped): string | undefined {
  if (type === 'cancel') return cancellationReason;
  return type === 'set-priority' ? waiting?.overrideReason : undefined;
}

/** The row of a grant's version. */
export function grantEntry({ before, after }: Change<Grant>): LedgerEntry {
  const deltas = differences(entitlementParts(before), entitlementParts(after));
  return {
    ...entryOf(after, after.id, grantStep(before, after)),
    deltas,
    ...(after.reason === undefined ? {} : { reason: after.reason }),
    ...(after.cause === undefined ? {} : { cause: after.cause }),
    ...agreementOf(after),
  };
}

/** The agreement a grant was given under, on every row about the grant; nothing on those of grants without one. */
function agreementOf({ agreementId, agreementVersion, agreementHash }: Grant) {
  return agreementId === undefined ? {} : { agreementId, agreementVersion, agreementHash };
}

/** What of a grant says what was done to it. */
export type Entitled = Pick<Grant, 'nominal' | 'adjustments' | 'status' | 'usageVersion'>;

/** What is done to a grant to bring it from one version to the next. */
export function grantStep(before: Entitled | undefined, after: Entitled): LedgerType {
  if (before === undefined) return 'grant';
  return changeBetween(before, after, differences(entitlementParts(before), entitlementParts(after)));
}

/** What a grant's entitlement is made of. */
export function entitlementParts(
  grant: Pick<Grant, 'nominal' | 'adjustments'> | undefined,
): Partial<Record<EntitlementPart, number>> {
  return grant === undefined ? {} : { nominal: grant.nominal, ...grant.adjustments };
}

function differences(
  before: Partial<Record<EntitlementPart, number>>,
  after: Partial<Record<EntitlementPart, number>>,
): LedgerDeltas {
  const parts = partNames().map((part) => [part, (after[part] ?? 0) - (before[part] ?? 0)] as const);
  return Object.fromEntries(parts.filter(([, difference]) => difference !== 0));
}

/** What a change of a part of the entitlement is called. */
const KINDS: Readonly<Record<EntitlementPart, LedgerType>> = {
  nominal: 'resize',
  carriedIn: 'carry-over',
  carriedOut: 'carry-over',
  transferredIn: 'transfer',
  transferredOut: 'transfer',
  borrowedIn: 'loan',
  lentOut: 'loan',
  expired: 'expire-units',
};

/** What it is called when a grant comes to a status. */
const STATUS_CHANGES: Readonly<Record<Grant['status'], LedgerType>> = {
  active: 'resume',
  suspended: 'suspend',
  closing: 'cut-off',
  closed: 'close',
};

function changeBetween(before: Entitled, after: Entitled, deltas: LedgerDeltas): LedgerType {
  // What a borrower keeps is transferred to it, by the loan.
  const changed = (['lentOut', 'borrowedIn', ...partNames()] as const).find((part) => deltas[part] !== undefined);
  if (changed !== undefined) return KINDS[changed];
  if (before.usageVersion !== after.usageVersion) return 'restate';
  return before.status === after.status ? 'amend' : STATUS_CHANGES[after.status];
}

const partNames = (): EntitlementPart[] => keysOf(ENTITLEMENT_PARTS);

function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  const keys: K[] = [];
  for (const key in record) keys.push(key);
  return keys;
}

function entryOf({ version, updatedAt, by }: Booking | Grant, grantId: string, type: LedgerType) {
  return { grantId, type, version, at: updatedAt, ...by };
}

export const NO_BALANCE: LedgerBalance = {
  entitled: 0,
  committed: 0,
  held: 0,
  booked: 0,
  inTreatment: 0,
  fulfilled: 0,
  forfeited: 0,
};

/** The sums after a row whose deltas these are. */
export function balanceAfter(balance: LedgerBalance, deltas: LedgerDeltas): LedgerBalance {
  const after = { ...balance };
  for (const part of partNames()) after.entitled += ENTITLEMENT_PARTS[part] * (deltas[part] ?? 0);
  for (const state of COMMITTED_STATES) {
    after[state] += deltas[state] ?? 0;
    after.committed += deltas[state] ?? 0;
  }
  return after;
}

/** Whether the ledger's sums are what an account counts. */
export function isBalanceOf({ entitled, ...states }: LedgerBalance, account: Totals): boolean {
  const same = HOLDER_STATES.every((state) => states[STATES[state]] === account[state]);
  return same && entitled === account.entitled && states.committed === account.committed;
}

/** Which version of what a row is about. */
export function sourceOf({ bookingId, version }: Pick<LedgerEntry, 'bookingId' | 'version'>): string {
  return `${bookingId ?? 'grant'} ${String(version)}`;
}
