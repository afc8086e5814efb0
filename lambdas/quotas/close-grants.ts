import type { Agent } from '../shared/auth/agent.ts';
import { inBatches } from '../shared/batches.ts';
import { totals } from '../shared/capacity/account.ts';
import { promote } from '../shared/capacity/line.ts';
import { expire } from '../shared/capacity/settle.ts';
import { sweepAccount } from '../shared/capacity/sweep.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { follow } from './booking-operations.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { carryDue, lastDayOfCarried, unitsLeave } from './closing-model.ts';
import { readGrant } from './grant-operations.ts';
import { accountKey } from './keys.ts';
import type { Loan } from './loan-model.ts';
import { type Booking, decide, type Grant, isClosed, type Pool } from './model.ts';
import { MAX_ATTEMPTS, offerToLine, takeTurns } from './move-requests.ts';
import { adjusted, everySegment, type GrantState, isWhole, nextGrant } from './moves.ts';
import type { Ports } from './ports.ts';
import { settleLoan } from './settle-loan.ts';

/**
 * The end of a period, step by step. Each step looks first whether it is still to be done, so that all of it can break off
 * anywhere and be begun again.
 */

const GRANTS_AT_ONCE = 10;
/** Units that are carried in one transaction; fewer where they lie in too many segments. */
const PART = 100;

/** What became of a run. */
export type Closing =
  | 'closed'
  /** There is nothing to do. */
  | 'not-closing'
  /** Courses are left that the next pool has no room or no grant for. They stay where they are. */
  | 'held-up';

/**
 * Does what is left to do of the end of a pool's period: first all grants are cut off, then cleared, so that what loans
 * give back is known, then the loans are settled, and then each grant carries over and closes.
 * @throws Problem `busy` when others keep changing a grant
 */
export async function closeGrants(ports: Ports, poolId: string): Promise<Closing> {
  const pool = await ports.quotas.getPool(poolId);
  if (pool?.status !== 'closing') return 'not-closing';
  const { by } = pool;
  const ids = await grantsIn(ports, pool);
  await inBatches(ids, GRANTS_AT_ONCE, (id) => cutOff(ports, id, by));
  await inBatches(ids, GRANTS_AT_ONCE, (id) => clear(ports, id, by));
  for (const { id } of await loansOf(ports, ids)) await settleLoan(ports, id, by);
  const closed = await inBatches(ids, GRANTS_AT_ONCE, (id) => close(ports, id, pool));
  if (closed.includes(false)) return 'held-up';
  const { version } = pool;
  await ports.closings.finish({
    ...pool,
    status: 'closed',
    version: version + 1,
    updatedAt: ports.now().toISOString(),
  });
  return 'closed';
}

export function grantsIn({ quotas }: Ports, { id, providerId }: Pool): Promise<string[]> {
  return quotas.allGrants({ institutionId: providerId, poolId: id });
}

/** The loans of grants of which something is outstanding, in the order in which they were proposed. */
export async function loansOf({ loans }: Ports, grantIds: readonly string[]): Promise<Loan[]> {
  const listed = await inBatches(grantIds, GRANTS_AT_ONCE, (id) => loans.allLoans(id));
  const ids = [...new Set(listed.flat())].toSorted();
  const found = await inBatches(ids, GRANTS_AT_ONCE, (id) => loans.getLoan(id));
  return found.filter((loan) => loan !== undefined).filter(({ outstanding }) => outstanding > 0);
}

/** Tries a step of one grant until it neither meets a change of another's nor is told to go on. */
async function attempt<T>(step: () => Promise<T | 'again'>): Promise<T> {
  for (let round = 0; round < MAX_ATTEMPTS; round++) {
    await takeTurns(round);
    const result = await step();
    if (result !== 'again') return result;
  }
  throw new Problem(Busy, 'A grant of the pool is being changed by others.', {}, 1);
}

/** Has nobody take a course any more. */
function cutOff(ports: Ports, grantId: string, by: Agent): Promise<true> {
  return attempt(async () => {
    const state = await readGrant(ports, grantId);
    const { grant, account } = state;
    if (isClosed(grant)) return true;
    if (!isWhole(state)) return 'again';
    const next = nextGrant(grant, { status: 'closing' }, { by, now: ports.now() });
    const outcome = await ports.allocations.changeGrant(next, { units: 0, segments: everySegment(account, []) });
    return outcome === 'changed' ? true : 'again';
  });
}

/** Ends what has no date: holds are released, offers and waits withdrawn. Units nobody wrote down are given back. */
async function clear(ports: Ports, grantId: string, by: Agent): Promise<void> {
  const claims = bookingsAsClaims(ports);
  const key = accountKey(grantId);
  await sweepAccount(claims, key);
  await attempt(async () => {
    const bookings = await ports.quotas.allBookings(grantId);
    const open = bookings.filter(({ status }) => status === 'held' || status === 'offered' || status === 'waitlisted');
    const ended = await inBatches(open, GRANTS_AT_ONCE, (booking) => end(ports, booking, by));
    return ended.includes(false) ? 'again' : true;
  });
  // Nobody waits any more: the account is told.
  await promote(claims, key);
}

/** @returns whether that was its end: a lapsed offer puts a booking back into the line first */
async function end(ports: Ports, booking: Booking, by: Agent): Promise<boolean> {
  const action = booking.status === 'held' ? 'release' : 'withdraw';
  const decision = decide(booking, action, ports.now(), { by });
  if (decision.kind === 'changed') return follow(ports, booking, decision.booking);
  await expire(bookingsAsClaims(ports), booking);
  return action === 'release';
}

/** Carries over what is to be carried, has the rest expire, and closes. @returns false when the next pool cannot take it */
function close(ports: Ports, grantId: string, pool: Pool): Promise<boolean> {
  return attempt(async () => {
    const state = await readGrant(ports, grantId);
    if (state.grant.status === 'closed') return true;
    if (!isWhole(state)) return 'again';
    const due = carryDue(state);
    if (due > 0) return carry(ports, state, due, pool);
    const stamp = { by: pool.by, now: ports.now() };
    const unused = totals(state.account).available;
    if (unused > 0) {
      const left = unitsLeave(state, unused, 'expired', stamp);
      if (left !== undefined) await ports.closings.expire(unused, left);
      return 'again';
    }
    const closed = nextGrant(state.grant, { status: 'closed' }, stamp);
    const outcome = await ports.allocations.changeGrant(closed, { units: 0, segments: [] });
    return outcome === 'changed' ? true : 'again';
  });
}

async function carry(ports: Ports, from: GrantState, due: number, { by, nextPoolId }: Pool): Promise<'again' | false> {
  const to = nextPoolId === undefined ? undefined : await nextGrantOf(ports, from.grant, nextPoolId);
  if (to === undefined) return false;
  if (!isWhole(to)) return 'again';
  const stamp = { by, now: ports.now() };
  const lastDay = from.grant.carryOver && lastDayOfCarried(from.grant.carryOver, to.grant.period);
  for (let units = Math.min(due, PART); ; units = Math.ceil(units / 2)) {
    const leaving = unitsLeave(from, units, 'carriedOut', stamp, { cause: to.grant.id });
    const coming = adjusted(to, { carriedIn: units }, stamp, { cause: from.grant.id, ...until(to.grant, lastDay) });
    if (leaving === undefined || coming === undefined) return 'again';
    const outcome = await ports.closings.carry(units, leaving, coming);
    if (outcome === 'too-many') continue;
    if (outcome === 'carried') await offerToLine(ports, to);
    return outcome === 'pool-exceeded' ? false : 'again';
  }
}

/** The last day of carried courses, where several lots of them are carried in: the first one's. */
function until({ carriedUntil }: Grant, lastDay: string | undefined): Pick<Grant, 'carriedUntil'> {
  const [first] = [carriedUntil, lastDay].filter((day) => day !== undefined).toSorted();
  return first === undefined ? {} : { carriedUntil: first };
}

/** The grant a partner's courses are carried into: its first one in the next pool. */
export async function nextGrantOf(
  { quotas }: Ports,
  { beneficiaryId, service }: Pick<Grant, 'beneficiaryId' | 'service'>,
  nextPoolId: string,
): Promise<GrantState | undefined> {
  const ids = await quotas.allGrants({ institutionId: beneficiaryId, service });
  for (const id of ids.toSorted()) {
    const found = await quotas.getGrant(id, { consistent: true });
    if (found?.grant.poolId === nextPoolId) return found;
  }
  return undefined;
}
