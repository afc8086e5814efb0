import type { Agent } from '../shared/auth/agent.ts';
import { type Account, planResize, type SegmentChange, totals } from '../shared/capacity/account.ts';
import type { Adjustments } from './grant-contract.ts';
import { entitlementOf, type Grant } from './model.ts';

/** What happens to a grant and its account when courses come to it or leave it. Pure. */

export interface GrantState {
  readonly grant: Grant;
  readonly account: Account;
}

/** Who changes a grant, and when. */
export interface Stamp {
  readonly by: Agent;
  readonly now: Date;
}

/** The next version of a grant. Why an earlier version was made is not said of the next. */
export function nextGrant(grant: Grant, change: Partial<Grant>, { by, now }: Stamp): Grant {
  const { reason: _, cause: __, ...kept } = grant;
  return { ...kept, ...change, version: grant.version + 1, by, updatedAt: now.toISOString() };
}

/** What a grant is entitled to without what it has borrowed. */
export function ownEntitlementOf(grant: Pick<Grant, 'nominal' | 'adjustments'>): number {
  return entitlementOf(grant) - grant.adjustments.borrowedIn;
}

/**
 * Courses a grant can lend or transfer: its own that nobody uses and that are not reserved. Its own count as used first,
 * so that nothing borrowed is handed on, not even by way of a booking.
 */
export function givable({ grant, account }: GrantState): number {
  return Math.max(0, Math.min(ownEntitlementOf(grant) - totals(account).committed, freeUnits(account)));
}

/** Units that nobody uses and that are not reserved: what is kept for children does not go to another institution. */
export function freeUnits(account: Account): number {
  return totals(account.filter(({ reserved }) => reserved !== true)).available;
}

/** The smallest `nominal` with which a grant covers its bookings, and with its own courses what it has given away. */
export function smallestNominal({ grant, account }: GrantState): { readonly committed: number; readonly lent: number } {
  return {
    committed: Math.max(0, grant.nominal - freeUnits(account)),
    lent: Math.max(0, grant.nominal - ownEntitlementOf(grant)),
  };
}

/**
 * Whether a grant and its account were read as of one moment. A query is no snapshot: it can show a grant after a change
 * and a segment before it, and what is planned from both would make or lose units.
 */
export function isWhole({ grant, account }: GrantState): boolean {
  return totals(account).entitled === entitlementOf(grant);
}

/** A grant's next version, and how its account follows. */
export interface Moved {
  readonly grant: Grant;
  readonly segments: readonly SegmentChange[];
}

/**
 * @param delta what comes to each kind of adjustment; negative for what goes
 * @param why what else the next version says
 * @returns `undefined` when fewer units than are committed would be left
 */
export function adjusted(
  { grant, account }: GrantState,
  delta: Partial<Adjustments>,
  stamp: Stamp,
  why: Partial<Pick<Grant, 'cause' | 'reason' | 'carriedUntil'>>,
): Moved | undefined {
  const adjustments: Adjustments = { ...grant.adjustments };
  for (const kind of KINDS) adjustments[kind] += delta[kind] ?? 0;
  const next = nextGrant(grant, { adjustments, ...why }, stamp);
  const segments = planResize(account, entitlementOf(next));
  return segments === undefined ? undefined : { grant: next, segments };
}

const KINDS = [
  'carriedIn',
  'carriedOut',
  'transferredIn',
  'transferredOut',
  'borrowedIn',
  'lentOut',
  'expired',
] as const satisfies readonly (keyof Adjustments)[];
