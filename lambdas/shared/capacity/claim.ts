import { holdingsOf } from './account.ts';
import type { AccountKey, AccountTable } from './account-table.ts';
import { type Holder, isLive } from './holder.ts';

/**
 * A claim is what a holder stands for: a booking, a seat, a registration, kept by its context as an item of its own.
 *
 * To make a claim the account is written first, so that no claim is without its unit (see `make-claim.ts`). Every later
 * step writes the claim first, because the claim says who won (a confirmation or the expiry), and then settles the
 * account. If the process dies between the two, the client's repetition, the table's stream or the sweep settles it.
 */
export interface Claim {
  readonly id: string;
  /** The segment of its account its unit was taken in. A holder with its id in any other segment is not its. */
  readonly segment: number;
}

/** What the capacity model needs from a context. */
export interface ClaimStore<C extends Claim> {
  readonly accounts: AccountTable;
  readonly now: () => Date;
  readonly find: (id: string, freshness: { readonly consistent: boolean }) => Promise<C | undefined>;
  /** @returns the claim that has this id already, `undefined` when this one was put */
  readonly putNew: (claim: C) => Promise<C | undefined>;
  /** Puts a claim in place of the version before it. @returns the claim as it is, when that was changed meanwhile */
  readonly putNext: (claim: C) => Promise<C | undefined>;
  readonly accountOf: (claim: C) => AccountKey;
  /** What the account should show; `undefined` when the unit is given back. */
  readonly holderOf: (claim: C) => Holder | undefined;
  /** The claim as it is after its time was up; `undefined` unless it is held and its time is up. */
  readonly expired: (claim: C, now: Date) => C | undefined;
}

export const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/**
 * Makes the account agree with a claim. Does nothing where it already does, or where it shows a later state.
 * @returns false when a claim that needs a unit has none: a fault that only an operator can judge
 */
export async function settle<C extends Claim>(store: ClaimStore<C>, claim: C): Promise<boolean> {
  const key = store.accountOf(claim);
  const holder = store.holderOf(claim);
  if (holder !== undefined) return (await store.accounts.mark(key, claim.segment, holder)) !== 'absent';
  await store.accounts.free(key, claim.segment, claim.id, secondsOf(store.now()));
  return true;
}

/**
 * Settles a claim that has most likely been settled: looks before it writes.
 * @returns as `settle` does
 */
export async function settleLate<C extends Claim>(store: ClaimStore<C>, claim: C): Promise<boolean> {
  const { account } = await store.accounts.load(store.accountOf(claim), { consistent: false });
  const shown = holdingsOf(account, claim.id).find(({ segment }) => segment === claim.segment);
  const due = store.holderOf(claim);
  return shown?.holder.state === due?.state || settle(store, claim);
}

/**
 * Ends a claim whose time is up and gives its unit back.
 * @returns whether it was this call that ended it
 */
export async function expire<C extends Claim>(store: ClaimStore<C>, claim: C): Promise<boolean> {
  const ended = store.expired(claim, store.now());
  if (ended === undefined || (await store.putNext(ended)) !== undefined) return false;
  await settle(store, ended);
  return true;
}

/** Nobody else may hold a unit for the claim's subject. */
export function isLiveClaim<C extends Claim>(store: ClaimStore<C>, claim: C): boolean {
  const holder = store.holderOf(claim);
  return holder !== undefined && isLive(holder);
}
