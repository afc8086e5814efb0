import { setTimeout as sleep } from 'node:timers/promises';

import { type Account, type Holding, holdingsOf, liveHoldersFor, segmentsToTry } from './account.ts';
import type { AccountKey } from './account-table.ts';
import { type Claim, type ClaimStore, expire, isLiveClaim, secondsOf, settle } from './claim.ts';
import type { Holder } from './holder.ts';

/**
 * Making a claim: the hot path. One conditional write takes the unit, one consistent look makes sure that nobody else
 * holds one for the same subject, one write puts the claim. Any of them can be repeated.
 */

export interface ClaimRequest<C> {
  readonly key: AccountKey;
  /** Derived from the request (`deriveId`): every attempt of it has the same. */
  readonly id: string;
  /** See `subjectKey`. */
  readonly subject: string;
  /** How long to hold the unit. */
  readonly minutes: number;
  /** The account as it was read; need not be consistent. */
  readonly account: Account;
  /** Throws what the owner or its account rule out, such as no room. */
  readonly refuse: (account: Account) => void;
  /** Reads the account consistently, and throws what its owner rules out by then. */
  readonly reload: () => Promise<Account>;
  /** The accounts, this one among them, in which a subject may have one live claim. */
  readonly accountsToSearch: () => Promise<readonly AccountKey[]>;
  /** Equal subject keys are a reason to look, not a proof. */
  readonly isSameSubject: (claim: C) => boolean;
  readonly make: (holder: Holder, segment: number) => C;
}

export type ClaimOutcome<C> =
  | { readonly kind: 'claimed'; readonly claim: C }
  /** An earlier attempt of the request made it. */
  | { readonly kind: 'found'; readonly claim: C }
  /** The subject has this live claim. */
  | { readonly kind: 'rival'; readonly claim: C }
  /** The request was begun before, for another subject. */
  | { readonly kind: 'other-subject' }
  /** Others are in the middle of the same thing: to be tried again. */
  | { readonly kind: 'contended' };

const MAX_ATTEMPTS = 12;
/** Milliseconds to wait for a rival that has not decided yet, look by look. */
const PATIENCE_MS = [10, 20, 40, 80, 160, 320];

/** Claims a unit. @throws whatever `refuse` and `reload` throw */
export async function makeClaim<C extends Claim>(
  store: ClaimStore<C>,
  request: ClaimRequest<C>,
): Promise<ClaimOutcome<C>> {
  if (holdingsOf(request.account, request.id).length === 0) {
    request.refuse(request.account);
    const { claim } = await rivalsIn(store, request, [request.account]);
    if (claim !== undefined) return { kind: 'rival', claim };
  }
  const taken = await takeUnit(store, request);
  if ('kind' in taken) return taken;

  const objection = await objectionTo(store, request, taken);
  if (objection !== undefined) return objection;

  const claim = request.make(taken.holder, taken.segment);
  const earlier = await store.putNew(claim);
  if (earlier === undefined) return { kind: 'claimed', claim };
  // The claim that is there says which unit is its; another one that this attempt took goes back.
  if (earlier.segment === taken.segment) await settle(store, earlier);
  else await giveBack(store, request, taken);
  return { kind: 'found', claim: earlier };
}

interface Taken extends Holding {
  /** Another attempt of the request took it first, and may still be under way. */
  readonly shared: boolean;
}

/** Takes one unit, or takes over the one another attempt of this request took. */
async function takeUnit<C extends Claim>(
  store: ClaimStore<C>,
  request: ClaimRequest<C>,
): Promise<Taken | ClaimOutcome<C>> {
  const { key, id, subject, minutes } = request;
  let account = request.account;
  let [held] = holdingsOf(account, id);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const holder: Holder = { id, subject, state: 'held', takenAt: secondsOf(store.now()), minutes };
    if (held !== undefined) {
      const taken = await takeOver(store, request, held, holder);
      if (taken !== undefined) return taken;
    } else {
      const [open] = segmentsToTry(account, id);
      if (open && (await store.accounts.take(key, open.number, holder))) {
        return { holder, segment: open.number, shared: false };
      }
    }
    account = await request.reload();
    [held] = holdingsOf(account, id);
    if (held === undefined) request.refuse(account);
  }
  return { kind: 'contended' };
}

/** @returns `undefined` when the holder has changed since it was seen */
async function takeOver<C extends Claim>(
  { accounts, find }: ClaimStore<C>,
  { key, id, subject }: ClaimRequest<C>,
  held: Holding,
  holder: Holder,
): Promise<Taken | ClaimOutcome<C> | undefined> {
  if (held.holder.subject !== subject) return { kind: 'other-subject' };
  const claim = await find(id, { consistent: true });
  if (claim !== undefined) return { kind: 'found', claim };
  // A later `takenAt` makes the holder this attempt's: neither the sweep, which frees what was left behind, nor the
  // other attempt will free what it does not recognise.
  const renewed = { ...holder, takenAt: Math.max(holder.takenAt ?? 0, (held.holder.takenAt ?? 0) + 1) };
  const mine = await accounts.takeOver(key, held.segment, renewed, held.holder);
  return mine ? { holder: renewed, segment: held.segment, shared: true } : undefined;
}

/**
 * Makes sure, after the unit was taken, that the subject has no other live claim.
 *
 * Whoever takes a unit shows itself in an account before it looks, and looks at what is there now. Of two requests for
 * one subject at least the second therefore sees the first, so that two can never both go on. Of those that have not
 * put their claim yet the one with the smallest id stays, so that one of them goes on.
 * @returns why the claim cannot be made, after giving the unit back; `undefined` when it can
 */
async function objectionTo<C extends Claim>(
  store: ClaimStore<C>,
  request: ClaimRequest<C>,
  taken: Taken,
): Promise<ClaimOutcome<C> | undefined> {
  let staying = true;
  try {
    for (const pause of PATIENCE_MS) {
      const { claim, undecided } = await look(store, request);
      if (claim !== undefined) {
        if (staying) await stepBack(store, request, taken);
        return { kind: 'rival', claim };
      }
      if (undecided.length === 0) return staying ? undefined : { kind: 'contended' };
      if (staying && undecided.some(({ id }) => id < request.id)) {
        await stepBack(store, request, taken);
        staying = false;
      }
      await sleep(pause);
    }
  } catch (error) {
    // As far as the database lets it; what remains is left to the sweep.
    if (staying) await stepBack(store, request, taken).catch(() => false);
    throw error;
  }
  if (staying) await stepBack(store, request, taken);
  return { kind: 'contended' };
}

/** Gives a unit back, unless another attempt of the request may rely on it: that is left to the sweep. */
async function stepBack<C extends Claim>(
  store: ClaimStore<C>,
  request: ClaimRequest<C>,
  taken: Taken,
): Promise<boolean> {
  return !taken.shared && giveBack(store, request, taken);
}

function giveBack<C extends Claim>(
  { accounts, now }: ClaimStore<C>,
  { key, id }: ClaimRequest<C>,
  { segment, holder }: Taken,
): Promise<boolean> {
  return accounts.free(key, segment, id, secondsOf(now()), holder);
}

interface Rivals<C> {
  /** A live claim of the subject. */
  readonly claim?: C;
  /** Holders for the subject that have no claim yet. */
  readonly undecided: readonly Holder[];
}

async function look<C extends Claim>(store: ClaimStore<C>, request: ClaimRequest<C>): Promise<Rivals<C>> {
  const keys = await request.accountsToSearch();
  const loaded = await Promise.all(keys.map((key) => store.accounts.load(key, { consistent: true })));
  return rivalsIn(
    store,
    request,
    loaded.map(({ account }) => account),
  );
}

/** Who else holds a unit for the subject. Claims whose time is up are ended on the way. */
async function rivalsIn<C extends Claim>(
  store: ClaimStore<C>,
  { subject, id, isSameSubject }: ClaimRequest<C>,
  accounts: readonly Account[],
): Promise<Rivals<C>> {
  const undecided: Holder[] = [];
  for (const holder of accounts.flatMap((account) => liveHoldersFor(account, subject, id))) {
    const claim = await store.find(holder.id, { consistent: true });
    if (claim === undefined) undecided.push(holder);
    else if (store.expired(claim, store.now()) !== undefined) await expire(store, claim);
    else if (isSameSubject(claim) && isLiveClaim(store, claim)) return { claim, undecided };
  }
  return { undecided };
}
