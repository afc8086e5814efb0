import { type Account, type Holding, holdingsOf, isQueued, segmentsToTry } from './account.ts';
import type { AccountKey } from './account-table.ts';
import { type Claim, type ClaimStore, secondsOf } from './claim.ts';
import { encodeHolder, type Holder, subjectKey } from './holder.ts';
import type { Place } from './place.ts';
import { objectionTo, untake } from './rivals.ts';

/**
 * The line of those who wait for a unit of an account, and the one routine by which units reach them.
 *
 * While anybody waits, every segment says so, and the write that takes a unit is refused to whoever does not come from
 * the line: no new request gets ahead. The mark is set after the place was taken and removed only if it is still the one
 * that was there when the line was found empty, so that it is never missing while somebody waits.
 */

/** Offers made in one go; the rest is left to the next occasion. */
const MAX_OFFERS = 25;
/** Places looked at for one unit: those of claims that wait no more are removed on the way. */
const MAX_PLACES = 100;

/** Has a claim wait that was put as one that does. Can be repeated. */
export async function enterLine<C extends Claim>({ accounts, line }: ClaimStore<C>, key: AccountKey, place: Place) {
  await line.table.enter(key, place);
  const mark = subjectKey(place.id, place.rank);
  const marked = new Set<number>();
  // A segment that is being made meanwhile either has the mark already or is seen in the second round.
  for (let round = 0; round < 2; round++) {
    const { account } = await accounts.load(key, { consistent: true });
    const unmarked = account.filter(({ number }) => !marked.has(number));
    await Promise.all(unmarked.map(({ number }) => accounts.setQueue(key, number, { to: mark })));
    for (const { number } of unmarked) marked.add(number);
  }
}

/**
 * Gives a unit that a claim needs no more to the first in line, in the same write; back to the account if nobody waits.
 * @param unit the holder that gives it; with `seen` only if it is still exactly that
 * @returns whether it was this call that took the unit from the holder
 */
export async function handOn<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  unit: { readonly segment: number; readonly id: string; readonly seen?: Holder },
): Promise<boolean> {
  const { accounts, line, now } = store;
  const { segment, id, seen } = unit;
  const next = await firstWaiting(store, key, false);
  if (next !== undefined && next.claim.id !== id) {
    const reserve = await line.mayHave(next.claim);
    const holder = line.offerTo(next.claim);
    if (reserve !== 'nothing' && (await accounts.pass(key, segment, id, { holder, reserve }, secondsOf(now()), seen))) {
      if ((await offer(store, key, next, { holder, segment })) === 'passed-over') await promote(store, key);
      return true;
    }
  }
  const freed = await accounts.free(key, segment, id, secondsOf(now()), seen);
  if (next !== undefined) await promote(store, key);
  return freed;
}

/**
 * Offers free units to those who wait, first come first: whatever the units have become free by, be it a larger
 * entitlement, a release that found nobody, or a reserve whose day has come.
 * @returns how many offers were made
 */
export async function promote<C extends Claim>(store: ClaimStore<C>, key: AccountKey): Promise<number> {
  let offers = 0;
  for (let round = 0; round < MAX_OFFERS; round++) {
    const { account } = await store.accounts.load(key, { consistent: true });
    if (!isQueued(account)) break;
    const first = await firstWaiting(store, key, false);
    if (first === undefined) {
      await unmark(store, key, account);
      break;
    }
    const begun = offerBegun(store, account, first.claim);
    const match = begun ? { waiting: first, segment: begun.segment } : await matchFor(store, key, account, first);
    if (match === undefined) break;
    const unit = begun ?? { holder: store.line.offerTo(match.waiting.claim), segment: match.segment };
    if (begun === undefined && !(await store.accounts.take(key, unit.segment, unit.holder, true))) break;
    const outcome = await offer(store, key, match.waiting, unit);
    if (outcome === 'contended') break;
    if (outcome === 'offered') offers += 1;
  }
  return offers;
}

/** The unit that another routine has taken for a claim and not yet offered: perhaps it died in between. */
function offerBegun<C extends Claim>(store: ClaimStore<C>, account: Account, claim: C): Holding | undefined {
  const spent = store.spentOfferOf(claim);
  return holdingsOf(account, claim.id).find(
    ({ holder }) => holder.state === 'held' && (spent === undefined || encodeHolder(spent) !== encodeHolder(holder)),
  );
}

/** Nobody waits: takes the marks away that were there before the line was looked at, and no later ones. */
async function unmark<C extends Claim>({ accounts }: ClaimStore<C>, key: AccountKey, account: Account): Promise<void> {
  const marked = account.flatMap(({ number, queue }) => (queue === undefined ? [] : [{ number, queue }]));
  await Promise.all(marked.map(({ number, queue }) => accounts.setQueue(key, number, { seen: queue })));
}

/** The next unit, and whose it is: the first's, unless only units are free that are reserved for others. */
async function matchFor<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  account: Account,
  first: Waiting<C>,
): Promise<{ readonly waiting: Waiting<C>; readonly segment: number } | undefined> {
  const reserve = await store.line.mayHave(first.claim);
  if (reserve === 'nothing') return undefined;
  const [open] = segmentsToTry(account, first.claim.id, reserve);
  if (open !== undefined) return { waiting: first, segment: open.number };
  const [reserved] = segmentsToTry(account, first.claim.id, 'first');
  const meant = reserved && (await firstWaiting(store, key, true));
  return meant && { waiting: meant, segment: reserved.number };
}

/** Gives new places to those whose place has to be looked at again. @returns how many moved */
export async function review<C extends Claim>(store: ClaimStore<C>, key: AccountKey): Promise<number> {
  const { line, find, putNext, now } = store;
  let moved = 0;
  for (const entry of await line.table.due(key, now(), MAX_PLACES)) {
    const claim = await find(entry.id, { consistent: true });
    const old = claim && line.placeOf(claim);
    const next = claim && line.reviewed(claim);
    const place = next && line.placeOf(next);
    if (next !== undefined && old !== undefined && place !== undefined && (await putNext(next)) === undefined) {
      await enterLine(store, key, place);
      await line.table.leave(key, old);
      moved += 1;
    }
    await line.table.reviewed(key, entry);
  }
  return moved;
}

interface Waiting<C> {
  readonly claim: C;
  readonly place: Place;
}

/** The first claim in line. Places whose claim does not wait there any more are removed on the way. */
async function firstWaiting<C extends Claim>(
  { line, find }: ClaimStore<C>,
  key: AccountKey,
  reserveOnly: boolean,
): Promise<Waiting<C> | undefined> {
  for (let looked = 0; looked < MAX_PLACES; looked++) {
    const place = await line.table.first(key, reserveOnly);
    if (place === undefined) return undefined;
    const claim = await find(place.id, { consistent: true });
    if (claim !== undefined && line.placeOf(claim)?.rank === place.rank) return { claim, place };
    await line.table.leave(key, place);
  }
  return undefined;
}

/** Makes the offer of a unit that was taken for it. What cannot be offered is given back. */
async function offer<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  { claim, place }: Waiting<C>,
  unit: { readonly holder: Holder; readonly segment: number },
): Promise<'offered' | 'passed-over' | 'contended'> {
  const { line } = store;
  const contender = { key, id: claim.id, ...line.searchFor(claim) };
  const objection = await objectionTo(store, contender, { ...unit, shared: false });
  if (objection?.kind === 'contended') return 'contended';
  if (objection?.kind === 'rival') {
    // If it was changed meanwhile its place is looked at again.
    if ((await store.putNext(line.dropped(claim))) === undefined) await line.table.leave(key, place);
    return 'passed-over';
  }
  const there = await store.putNext(line.offered(claim, unit.holder, unit.segment));
  if (there !== undefined && !hasOffer(store, there, unit)) {
    await untake(store, contender, unit);
    return 'passed-over';
  }
  await line.table.leave(key, place);
  return 'offered';
}

/** Whether a claim that was found changed has this very offer: then the reply to it was lost. */
function hasOffer<C extends Claim>(
  store: ClaimStore<C>,
  claim: C,
  { holder, segment }: { readonly holder: Holder; readonly segment: number },
): boolean {
  const shown = store.holderOf(claim);
  return shown !== undefined && claim.segment === segment && encodeHolder(shown) === encodeHolder(holder);
}
