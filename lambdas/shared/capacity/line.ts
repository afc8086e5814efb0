import { type Account, type Holding, holdingsOf, isQueued, type Kept, segmentsFor } from './account.ts';
import type { AccountKey } from './account-table.ts';
import { type Claim, type ClaimStore, secondsOf } from './claim.ts';
import { encodeHolder, type Holder } from './holder.ts';
import type { TooMany } from './line-table.ts';
import { markLine, unmarkLine } from './marks.ts';
import type { Place } from './place.ts';
import { objectionTo } from './rivals.ts';

/**
 * The line of those who wait for a unit of an account, and the one routine by which units reach them.
 *
 * While anybody waits, every segment says so, and the write that takes a unit is refused to whoever does not come from
 * the line: no new request gets ahead (see `marks.ts`).
 */

/** Offers made in one go; the rest is left to the next occasion. */
const MAX_OFFERS = 25;
/** Places looked at for one unit: those of claims that wait no more are removed on the way. */
const MAX_PLACES = 100;

/** Has a claim wait that was put as one that does. Can be repeated. @returns the account as it was read then */
export async function enterLine<C extends Claim>(
  { accounts, line }: ClaimStore<C>,
  key: AccountKey,
  place: Place,
): Promise<Account> {
  await line.table.enter(key, place);
  return markLine(accounts, key, place);
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
  const next = await firstWaiting(store, key, new Map());
  // Who waits for several gets them all at once, or this one is somebody else's.
  if (next !== undefined && next.claim.id !== id && (next.place.units ?? 1) === 1) {
    const reserve = await line.mayHave(next.claim);
    const holder = await line.offerTo(next.claim);
    if (reserve !== 'nothing' && (await accounts.pass(key, segment, id, { holder, reserve }, secondsOf(now()), seen))) {
      const given = [{ claim: next.claim, holder, segment }];
      if ((await offer(store, key, next.place, given)) === 'passed-over') await promote(store, key);
      return true;
    }
  }
  const freed = await accounts.free(key, segment, id, secondsOf(now()), seen);
  if (next !== undefined) await promote(store, key);
  return freed;
}

/**
 * Offers free units to those who wait, first come first: whatever the units have become free by, be it a larger
 * entitlement, a release that found nobody, or a reserve whose day has come. Whoever cannot be helped by what is free
 * keeps their place, and keeps nobody else waiting.
 * @returns how many offers were made
 */
export async function promote<C extends Claim>(store: ClaimStore<C>, key: AccountKey): Promise<number> {
  let offers = 0;
  for (let round = 0; round < MAX_OFFERS; round++) {
    const { account } = await store.accounts.load(key, { consistent: true });
    if (!isQueued(account)) break;
    const next = await nextMatch(store, key, account);
    if (next === 'nobody') {
      const isEmpty = async () => (await firstWaiting(store, key, new Map())) === undefined;
      if (await unmarkLine(store.accounts, key, account, isEmpty)) break;
      continue;
    }
    if (next === undefined || !(next.begun || (await take(store, key, account, next.units)))) break;
    const outcome = await offer(store, key, next.place, next.units);
    if (outcome === 'contended') break;
    if (outcome === 'offered') offers += 1;
  }
  return offers;
}

/** A unit for a claim. */
interface Given<C> {
  readonly claim: C;
  readonly holder: Holder;
  readonly segment: number;
}

function take<C extends Claim>(
  { accounts }: ClaimStore<C>,
  key: AccountKey,
  account: Account,
  units: readonly Given<C>[],
): Promise<boolean> {
  const [first, ...others] = units;
  return first === undefined || others.length > 0
    ? accounts.takeAll(key, account, units)
    : accounts.take(key, first.segment, first.holder, true);
}

/** Who is next, and the units: the first's, unless what is free is not for it, or too little. */
interface Match<C> {
  readonly place: Place;
  readonly units: readonly Given<C>[];
  /** They are taken for it already, by a routine that perhaps has died. */
  readonly begun: boolean;
}

/** @returns `nobody` when nobody waits, `undefined` when nobody who waits can be helped */
async function nextMatch<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  account: Account,
): Promise<Match<C> | 'nobody' | undefined> {
  // Those of one part of the line may have the same: where one cannot be helped, nobody behind who needs as much can.
  const tooMany = new Map<Kept, number>();
  for (let looked = 0; looked < MAX_PLACES; looked++) {
    const first = await firstWaiting(store, key, tooMany);
    if (first === undefined) return tooMany.size === 0 ? 'nobody' : undefined;
    const { place, claim } = first;
    const claims = [claim, ...((await store.line.together?.companionsOf(claim)) ?? [])];
    const match = unitsBegun(store, account, claims) ?? (await unitsFor(store, account, claims));
    if (match !== undefined) return { place, ...match };
    tooMany.set(place.reserve, place.units ?? 1);
  }
  return undefined;
}

type Units<C> = Omit<Match<C>, 'place'>;

/** The units that another routine has taken for claims and not yet offered: perhaps it died in between. */
function unitsBegun<C extends Claim>(
  store: ClaimStore<C>,
  account: Account,
  claims: readonly C[],
): Units<C> | undefined {
  const units = claims.flatMap((claim) => {
    const begun = offerBegun(store, account, claim);
    return begun === undefined ? [] : [{ claim, ...begun }];
  });
  return units.length === claims.length ? { units, begun: true } : undefined;
}

function offerBegun<C extends Claim>(store: ClaimStore<C>, account: Account, claim: C): Holding | undefined {
  const spent = store.spentOfferOf(claim);
  return holdingsOf(account, claim.id).find(
    ({ holder }) => holder.state === 'held' && (spent === undefined || encodeHolder(spent) !== encodeHolder(holder)),
  );
}

/** Free units for claims, if there are enough. What was taken for some of them and not for all is left to the sweep. */
async function unitsFor<C extends Claim>(
  store: ClaimStore<C>,
  account: Account,
  claims: readonly C[],
): Promise<Units<C> | undefined> {
  const [first] = claims;
  if (first === undefined) return undefined;
  if (claims.length > 1 && claims.some((claim) => offerBegun(store, account, claim) !== undefined)) return undefined;
  const reserve = await store.line.mayHave(first);
  const segments = reserve === 'nothing' ? undefined : segmentsFor(account, first.id, claims.length, reserve);
  if (segments === undefined) return undefined;
  const holders = await Promise.all(claims.map(async (claim) => ({ claim, holder: await store.line.offerTo(claim) })));
  const units = holders.flatMap((each, index) => {
    const segment = segments[index];
    return segment === undefined ? [] : [{ ...each, segment }];
  });
  return { units, begun: false };
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
  tooMany: TooMany,
): Promise<Waiting<C> | undefined> {
  for (let looked = 0; looked < MAX_PLACES; looked++) {
    const place = await line.table.first(key, tooMany);
    if (place === undefined) return undefined;
    const claim = await find(place.id, { consistent: true });
    if (claim !== undefined && line.placeOf(claim)?.rank === place.rank) return { claim, place };
    await line.table.leave(key, place);
  }
  return undefined;
}

/**
 * Makes the offer of units that were taken for it. What cannot be offered is given back, all of it together. What is left
 * when the database fails stays taken: the next to come by goes on with it, and perhaps already does.
 */
async function offer<C extends Claim>(
  store: ClaimStore<C>,
  key: AccountKey,
  place: Place,
  units: readonly Given<C>[],
): Promise<'offered' | 'passed-over' | 'contended'> {
  const { line, now } = store;
  const giveBack = (): Promise<boolean> => store.accounts.freeAll(key, units, secondsOf(now()));
  for (const { claim } of units) {
    const objection = await objectionTo(store, { key, id: claim.id, ...line.searchFor(claim) }, giveBack);
    if (objection === undefined) continue;
    if (objection.kind === 'contended') {
      await giveBack();
      return 'contended';
    }
    const dropped = units.map((unit) => line.dropped(unit.claim));
    // If it was changed meanwhile its place is looked at again: perhaps it was offered these very units.
    if ((await putAll(store, dropped)) === undefined) {
      await giveBack();
      await line.table.leave(key, place);
    }
    return 'passed-over';
  }
  const there = await putAll(
    store,
    units.map(({ claim, holder, segment }) => line.offered(claim, holder, segment)),
  );
  if (there !== undefined && units.some((unit) => !hasOffer(store, there, unit))) {
    await giveBack();
    return 'passed-over';
  }
  await line.table.leave(key, place);
  return 'offered';
}

/** @returns the claims as they are, when one was changed meanwhile; `undefined` when all were put */
async function putAll<C extends Claim>(store: ClaimStore<C>, claims: readonly C[]): Promise<C[] | undefined> {
  const [first, ...others] = claims;
  if (first === undefined) return undefined;
  if (others.length === 0) {
    const there = await store.putNext(first);
    return there && [there];
  }
  if (await store.line.together?.putAll(claims)) return undefined;
  const found = await Promise.all(claims.map(({ id }) => store.find(id, { consistent: true })));
  return found.filter((claim) => claim !== undefined);
}

/** Whether one of the claims that were found changed has this very offer: then the reply to it was lost. */
function hasOffer<C extends Claim>(
  store: ClaimStore<C>,
  there: readonly C[],
  { claim, holder, segment }: Given<C>,
): boolean {
  return there.some((each) => {
    const shown = store.holderOf(each);
    if (each.id !== claim.id || each.segment !== segment || shown === undefined) return false;
    return encodeHolder(shown) === encodeHolder(holder);
  });
}
