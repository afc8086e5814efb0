import { isQueued } from './account.ts';
import type { AccountKey, OwnedAccount } from './account-table.ts';
import { type Claim, type ClaimStore, secondsOf } from './claim.ts';
import { expiryOf, type Holder } from './holder.ts';
import { handOn, promote, review } from './line.ts';
import { expire, settle } from './settle.ts';

/**
 * The sweep of an account: gives back what nobody will use. A hold whose time is up counts until the sweep has come by,
 * so that the error is always towards offering too little.
 */

/** Seconds. No request lives longer: what it took and did not write down by then, it never will. */
const ABANDONED_AFTER = 60;

export type Finding = 'nothing' | 'expired' | 'abandoned' | 'settled' | 'offered' | 'moved';

/** The account and its owner as they were read, and what was found and put right: units given back, offers made, new places. */
export interface Swept extends OwnedAccount {
  readonly findings: readonly Finding[];
}

/**
 * Looks at every unit of an account that is only held, and at its line if it has one.
 * @param patience seconds for which a request may still be under way
 */
export async function sweepAccount<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  patience = ABANDONED_AFTER,
): Promise<Swept> {
  const owned = await store.accounts.load(key, { consistent: false });
  const findings: Finding[] = [];
  for (const segment of owned.account) {
    for (const holder of segment.holders) {
      if (isDue(holder, store.now(), patience)) findings.push(await sweepHolder(store, key, segment.number, holder));
    }
  }
  if (isQueued(owned.account)) {
    const moved = await review(store, key);
    const offered = await promote(store, key);
    findings.push(...Array<Finding>(moved).fill('moved'), ...Array<Finding>(offered).fill('offered'));
  }
  return { ...owned, findings };
}

function isDue(holder: Holder, now: Date, patience: number): boolean {
  if (holder.state !== 'held') return false;
  const seconds = secondsOf(now);
  return seconds - (holder.takenAt ?? 0) > patience || (expiryOf(holder) ?? 0) <= seconds;
}

async function sweepHolder<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  segment: number,
  holder: Holder,
): Promise<Finding> {
  const claim = await store.find(holder.id, { consistent: true });
  // Nobody put a claim for this unit: either none at all, or one whose unit is in another segment, or another account.
  if (claim?.segment !== segment || store.accountOf(claim).pk !== key.pk) {
    // Only if it is unchanged: a repetition of the request renews its holder before it goes on.
    const freed = await handOn(store, key, { segment, id: holder.id, seen: holder });
    return freed ? 'abandoned' : 'nothing';
  }
  if (store.expired(claim, store.now()) !== undefined) return (await expire(store, claim)) ? 'expired' : 'nothing';
  if (store.holderOf(claim)?.state === 'held') return 'nothing';
  await settle(store, claim);
  return 'settled';
}
