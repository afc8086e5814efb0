import { type Account, type Holding, holdingsOf, type Reserve, segmentsToTry } from './account.ts';
import type { AccountKey } from './account-table.ts';
import { type Claim, type ClaimStore, type SubjectSearch, secondsOf } from './claim.ts';
import type { Holder } from './holder.ts';
import { type Objection, objectionTo, rivalsIn, untake } from './rivals.ts';
import { expire, settle } from './settle.ts';

/**
 * Making a claim: the hot path. One conditional write takes the unit, one consistent look makes sure that nobody else
 * holds one for the same subject, one write puts the claim. Any of them can be repeated.
 */

export interface ClaimRequest<C> extends SubjectSearch<C> {
  readonly key: AccountKey;
  /** Derived from the request (`deriveId`): every attempt of it has the same. */
  readonly id: string;
  readonly reserve: Reserve;
  /** How long to hold the unit. */
  readonly minutes: number;
  /** The account as it was read; need not be consistent. */
  readonly account: Account;
  /** Throws what the owner or its account rule out, such as no room. */
  readonly refuse: (account: Account) => void;
  /** Reads the account consistently, and throws what its owner rules out by then. */
  readonly reload: () => Promise<Account>;
  readonly make: (holder: Holder, segment: number) => C;
}

interface Taken extends Holding {
  /** Another attempt of the request took it first, and may still be under way. */
  readonly shared: boolean;
}

export type ClaimOutcome<C> =
  | { readonly kind: 'claimed'; readonly claim: C }
  /** An earlier attempt of the request made it. */
  | { readonly kind: 'found'; readonly claim: C }
  | Objection<C>
  /** The request was begun before, for another subject. */
  | { readonly kind: 'other-subject' };

const MAX_ATTEMPTS = 12;

/** Claims a unit. @throws whatever `refuse` and `reload` throw */
export async function makeClaim<C extends Claim>(
  store: ClaimStore<C>,
  request: ClaimRequest<C>,
): Promise<ClaimOutcome<C>> {
  const contender = { ...request, end: (dead: C) => expire(store, dead) };
  if (holdingsOf(request.account, request.id).length === 0) {
    request.refuse(request.account);
    const { claim } = await rivalsIn(store, contender, [request.account]);
    if (claim !== undefined) return { kind: 'rival', claim };
  }
  const taken = await takeUnit(store, request);
  if ('kind' in taken) return taken;

  // Another attempt of the request may rely on a unit that is shared: that is left to the sweep.
  const stepBack = async (): Promise<unknown> => !taken.shared && untake(store, request, taken);
  const objection = await objectionTo(store, contender, stepBack).catch(async (error: unknown) => {
    // As far as the database lets it; what remains is left to the sweep.
    await stepBack().catch(() => undefined);
    throw error;
  });
  if (objection !== undefined) {
    await stepBack();
    return objection;
  }

  const claim = request.make(taken.holder, taken.segment);
  const earlier = await store.putNew(claim);
  if (earlier === undefined) return { kind: 'claimed', claim };
  // The claim that is there says which unit is its; another one that this attempt took goes back.
  const isItsUnit = earlier.segment === taken.segment && store.accountOf(earlier).pk === request.key.pk;
  if (isItsUnit) await settle(store, earlier);
  else await untake(store, request, taken);
  return { kind: 'found', claim: earlier };
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
      const [open] = segmentsToTry(account, id, request.reserve);
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
