import { setTimeout as sleep } from 'node:timers/promises';

import { type Account, type Holding, liveHoldersFor } from './account.ts';
import type { AccountKey } from './account-table.ts';
import { type Claim, type ClaimStore, isLiveClaim, type SubjectSearch, secondsOf } from './claim.ts';
import type { Holder } from './holder.ts';

/** One subject, one live claim: who else holds a unit for it. */

/** Somebody who has taken a unit, or is about to. */
export interface Contender<C> extends SubjectSearch<C> {
  readonly key: AccountKey;
  readonly id: string;
  /** Is told of claims for the subject whose time is up, so that their units need not wait for the sweep. */
  readonly end?: (claim: C) => Promise<unknown>;
}

/** Why a claim cannot be made. */
export type Objection<C> =
  /** The subject has this live claim. */
  | { readonly kind: 'rival'; readonly claim: C }
  /** Others are in the middle of the same thing: to be tried again. */
  | { readonly kind: 'contended' };

/** Milliseconds to wait for a rival that has not decided yet, look by look. */
const PATIENCE_MS = [10, 20, 40, 80, 160, 320];

/**
 * Makes sure, after the unit was taken, that the subject has no other live claim.
 *
 * Whoever takes a unit shows itself in an account before it looks, and looks at what is there now. Of two contenders for
 * one subject at least the second therefore sees the first, so that two can never both go on. Of those that have not
 * put their claim yet the one with the smallest id stays, so that one of them goes on.
 * @param stepBack gives the unit back, so that the other one can go on
 * @returns why the claim cannot be made, and the unit is to be given back; `undefined` when it can
 */
export async function objectionTo<C extends Claim>(
  store: ClaimStore<C>,
  contender: Contender<C>,
  stepBack: () => Promise<unknown>,
): Promise<Objection<C> | undefined> {
  let staying = true;
  for (const pause of PATIENCE_MS) {
    const { claim, undecided } = await look(store, contender);
    if (claim !== undefined) return { kind: 'rival', claim };
    if (undecided.length === 0) return staying ? undefined : { kind: 'contended' };
    if (staying && undecided.some(({ id }) => id < contender.id)) {
      await stepBack();
      staying = false;
    }
    await sleep(pause);
  }
  return { kind: 'contended' };
}

/** Gives back what was taken a moment ago, if it is still exactly that. */
export function untake<C extends Claim>(
  { accounts, now }: ClaimStore<C>,
  { key, id }: Pick<Contender<C>, 'key' | 'id'>,
  { segment, holder }: Holding,
): Promise<boolean> {
  return accounts.free(key, segment, id, secondsOf(now()), holder);
}

interface Rivals<C> {
  /** A live claim of the subject. */
  readonly claim?: C;
  /** Holders for the subject that have no claim yet, or one that is about to be offered the unit. */
  readonly undecided: readonly Holder[];
}

async function look<C extends Claim>(store: ClaimStore<C>, contender: Contender<C>): Promise<Rivals<C>> {
  const keys = await contender.accountsToSearch();
  const loaded = await Promise.all(keys.map((key) => store.accounts.load(key, { consistent: true })));
  return rivalsIn(
    store,
    contender,
    loaded.map(({ account }) => account),
  );
}

/** Who else holds a unit for the subject. A claim whose time is up is dead. */
export async function rivalsIn<C extends Claim>(
  store: ClaimStore<C>,
  { subject, id, isSameSubject, end }: Omit<Contender<C>, 'key' | 'accountsToSearch'>,
  accounts: readonly Account[],
): Promise<Rivals<C>> {
  const undecided: Holder[] = [];
  for (const holder of accounts.flatMap((account) => liveHoldersFor(account, subject, id))) {
    const claim = await store.find(holder.id, { consistent: true });
    if (claim === undefined || (store.line.placeOf(claim) !== undefined && isSameSubject(claim))) {
      undecided.push(holder);
    } else if (store.expired(claim, store.now()) !== undefined) {
      await end?.(claim);
    } else if (isSameSubject(claim) && isLiveClaim(store, claim)) {
      return { claim, undecided };
    }
  }
  return { undecided };
}
