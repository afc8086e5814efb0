import { holdingsOf } from './account.ts';
import type { Claim, ClaimStore } from './claim.ts';
import { enterLine, handOn } from './line.ts';

/** Making the account, and the line, agree with what a claim says. */

/**
 * Makes the account agree with a claim. Does nothing where it already does, or where it shows a later state.
 * @returns false when a claim that needs a unit has none: a fault that only an operator can judge
 */
export async function settle<C extends Claim>(store: ClaimStore<C>, claim: C): Promise<boolean> {
  const key = store.accountOf(claim);
  const { id, segment } = claim;
  const holder = store.holderOf(claim);
  if (holder !== undefined) {
    return segment !== undefined && (await store.accounts.mark(key, segment, holder)) !== 'absent';
  }
  const place = store.line.placeOf(claim);
  if (place === undefined) {
    if (segment !== undefined) await handOn(store, key, { segment, id });
    return true;
  }
  // In line first: whoever gives a unit back finds it there.
  await enterLine(store, key, place);
  const seen = store.spentOfferOf(claim);
  if (segment !== undefined && seen !== undefined) await handOn(store, key, { segment, id, seen });
  return true;
}

/**
 * Settles a claim that has most likely been settled: looks before it writes.
 * @returns as `settle` does
 */
export async function settleLate<C extends Claim>(store: ClaimStore<C>, claim: C): Promise<boolean> {
  if (store.line.placeOf(claim) !== undefined) return settle(store, claim);
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
