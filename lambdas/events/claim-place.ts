import { type Agent, HUB } from '../shared/auth/agent.ts';
import { type Account, hasRoom, isQueued, type ReserveByName, segmentsFor } from '../shared/capacity/account.ts';
import { enterLine, promote } from '../shared/capacity/line.ts';
import { makeClaim } from '../shared/capacity/make-claim.ts';
import { settle } from '../shared/capacity/settle.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { busy } from '../shared/http/once.ts';
import { Problem } from '../shared/http/problem.ts';
import { type Event, eventConflict, reserveFor } from './event-model.ts';
import { accountKey } from './keys.ts';
import type { Ports } from './ports.ts';
import { PlacesExhausted } from './registration-errors.ts';
import { HOLD_MINUTES, newRegistration, placeOf, type Registration, step } from './registration-model.ts';
import { registrationsAsClaims, searchFor } from './registrations-as-claims.ts';

/** Claiming a place, or a place in line. How that is done is the capacity model's. */

/** Who is to be registered. */
export type Wanting = Pick<
  Registration,
  'id' | 'institutionId' | 'attendee' | 'mode' | 'group' | 'together' | 'fingerprint'
>;

/** How they are to be. */
interface Manner {
  readonly hold: boolean;
  readonly joinWaitlist: boolean;
  readonly by: Agent;
}

/** Of looking for places that are offered. */
const MOST_ROUNDS = 4;
/** Milliseconds for which a request may be repeated by a client that waits for its answer. */
const UNDER_WAY = 60_000;
/** How far those who wait are counted. */
const MOST_COUNTED = 100;

/**
 * The hot path: one conditional write takes the place, another puts the registration. If no place is free, it waits for one.
 * @throws Problem `places-exhausted`, `event-state-conflict`, `idempotency-key-reused`, `busy`
 */
export async function claimPlace(ports: Ports, event: Event, wanted: Wanting, manner: Manner): Promise<Registration> {
  const key = accountKey(event.id, wanted.mode);
  const reserve = reserveFor(event, wanted.mode, wanted.institutionId, ports.now());
  const { account } = await ports.events.accounts.load(key, { consistent: false });
  try {
    return await takePlace(ports, event, wanted, manner, account);
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== PlacesExhausted) throw error;
    if (!manner.joinWaitlist) throw await exhausted(ports, event, wanted, reserve);
    return joinLine(ports, event, [wanted], manner);
  }
}

async function takePlace(
  ports: Ports,
  event: Event,
  wanted: Wanting,
  { hold, by }: Manner,
  account: Account,
): Promise<Registration> {
  const key = accountKey(event.id, wanted.mode);
  const reserve = reserveFor(event, wanted.mode, wanted.institutionId, ports.now());
  const outcome = await makeClaim(registrationsAsClaims(ports), {
    ...{ key, id: wanted.id, reserve, account, minutes: HOLD_MINUTES },
    ...searchFor(wanted),
    refuse: (seen) => {
      if (isQueued(seen) || !seen.some((segment) => hasRoom(segment, reserve))) throw noPlace(0);
    },
    reload: async () => {
      const now = await ports.events.get(event.id);
      if (now?.status === 'cancelled') throw eventConflict('cancelled');
      return (await ports.events.accounts.load(key, { consistent: true })).account;
    },
    make: (holder, segment) => {
      const status = hold ? 'held' : 'confirmed';
      return newRegistration(event, wanted, { status, holder, segment }, by, ports.now());
    },
  });
  switch (outcome.kind) {
    case 'claimed':
    case 'found':
      return outcome.claim;
    case 'other-subject':
      throw keyReused();
    case 'rival':
    case 'contended':
      throw busy('event');
  }
}

const noPlace = (length: number): Problem =>
  new Problem(PlacesExhausted, 'No place is free.', { available: 0, waitlist: { length, joinable: true } });

/** The refusal with the length of the line, counted to a hundred. Where nobody waits nothing is read. */
async function exhausted({ events }: Ports, event: Event, { mode }: Wanting, reserve: ReserveByName): Promise<Problem> {
  const key = accountKey(event.id, mode);
  const { account } = await events.accounts.load(key, { consistent: false });
  if (!isQueued(account)) {
    const kept = account.some(({ committed, entitled }) => committed < entitled);
    return kept && !account.some((segment) => hasRoom(segment, reserve))
      ? new Problem(PlacesExhausted, 'The places that are left are kept for other institutions.', {
          available: 0,
          waitlist: { length: 0, joinable: true },
        })
      : noPlace(0);
  }
  return noPlace((await events.line.list(key, MOST_COUNTED)).ids.length);
}

/**
 * Has registrations wait, together if they are: each is put, and then enters the line. Where places are free for them, and
 * nobody is before them, they have them at once.
 * @returns the first, as it is then @throws Problem `places-exhausted`, `idempotency-key-reused`
 */
export async function joinLine(
  ports: Ports,
  event: Event,
  wanting: readonly Wanting[],
  { hold, joinWaitlist, by }: Manner,
): Promise<Registration> {
  const [first] = wanting;
  if (first === undefined) throw new Error('Nobody is to wait');
  const { mode, institutionId } = first;
  const key = accountKey(event.id, mode);
  const reserve = reserveFor(event, mode, institutionId, ports.now());
  if (!joinWaitlist) {
    const { account } = await ports.events.accounts.load(key, { consistent: true });
    const isFree = !isQueued(account) && segmentsFor(account, first.id, wanting.length, reserve) !== undefined;
    if (!isFree) throw await exhausted(ports, event, first, reserve);
  }
  const now = ports.now();
  const waiting = wanting.map((wanted) => newRegistration(event, wanted, { status: 'waitlisted' }, by, now));
  const all = await putWaiting(ports, waiting);
  await enter(ports, all, reserve);
  return hold ? readNow(ports, first.id) : takeOffers(ports, all);
}

/** @returns them as they are: another attempt of the request may have put them */
async function putWaiting({ registrations }: Ports, waiting: readonly Registration[]): Promise<Registration[]> {
  const [only, ...others] = waiting;
  if (only !== undefined && others.length === 0) return [(await registrations.putNew(only)) ?? only];
  if (await registrations.putAllNew(waiting)) return [...waiting];
  const found = await Promise.all(waiting.map(({ id }) => registrations.get(id)));
  return found.filter((registration) => registration !== undefined);
}

/** Has them enter the line. What is free is given on only if there is something: most who enter a line find nothing. */
export async function enter(ports: Ports, waiting: readonly Registration[], reserve: ReserveByName): Promise<void> {
  const store = registrationsAsClaims(ports);
  for (const registration of waiting) {
    const place = placeOf(registration);
    if (place === undefined) continue;
    const key = store.accountOf(registration);
    const account = await enterLine(store, key, place);
    if (account.some((segment) => hasRoom(segment, reserve))) await promote(store, key);
  }
}

/**
 * Whoever asks for a place and is given one at once need not accept it: that is for who has waited.
 * @returns the first, as it is then
 */
export async function takeOffers(ports: Ports, waiting: readonly Registration[]): Promise<Registration> {
  const [first] = waiting;
  if (first === undefined) throw new Error('Nobody waits');
  // The jobs give places on, too: what they offer meanwhile is seen in the next round.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let seen = 0;
    for (const { id } of waiting) if (await takeOffer(ports, await readNow(ports, id))) seen += 1;
    if (seen === 0) break;
  }
  return readNow(ports, first.id);
}

/** @returns whether a place was offered */
async function takeOffer(ports: Ports, registration: Registration): Promise<boolean> {
  const next = registration.status === 'offered' ? step(registration, 'take', ports.now(), { by: HUB }) : undefined;
  if (next === undefined) return false;
  if ((await ports.registrations.putNext(next)) === undefined) await settle(registrationsAsClaims(ports), next);
  return true;
}

/**
 * What an attempt of the request that broke off has left: who waits is put before their place in line is. Later it is the jobs' to
 * finish, and what they give on is offered.
 * @returns the registration, as it is then
 */
export async function finishWaiting(
  ports: Ports,
  event: Event,
  made: Registration,
  { hold }: Pick<Manner, 'hold'>,
): Promise<Registration> {
  const { id, mode, institutionId, status, group = [id], together, createdAt } = made;
  const age = ports.now().getTime() - Date.parse(createdAt);
  // Of those who are together the first may have taken its place, and the others not yet.
  const isOpen = status === 'waitlisted' || status === 'offered' || (status === 'confirmed' && together === true);
  if (!isOpen || age > UNDER_WAY) return made;
  const ids = [id, ...(together === true ? group.filter((each) => each !== id) : [])];
  const all = await Promise.all(ids.map((each) => readNow(ports, each)));
  await enter(ports, all, reserveFor(event, mode, institutionId, ports.now()));
  // Places may be taken for them, and not given to them yet.
  await promote(registrationsAsClaims(ports), accountKey(event.id, mode));
  return hold ? readNow(ports, id) : takeOffers(ports, all);
}

async function readNow({ registrations }: Ports, id: string): Promise<Registration> {
  const registration = await registrations.get(id);
  if (registration === undefined) throw new Error('A registration is gone');
  return registration;
}
