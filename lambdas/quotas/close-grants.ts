import type { Agent } from '../shared/auth/agent.ts';
import { inBatches } from '../shared/batches.ts';
import { everySegment, totals } from '../shared/capacity/account.ts';
import { promote } from '../shared/capacity/line.ts';
import { expire } from '../shared/capacity/settle.ts';
import { sweepAccount } from '../shared/capacity/sweep.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { follow } from './booking-operations.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { carryDue, lastDayOfCarried, unitsLeave } from './closing-model.ts';
import { readGrant } from './grant-operations.ts';
import { MAX_WRITES } from './grant-writes.ts';
import { accountKey } from './keys.ts';
import type { Loan } from './loan-model.ts';
import { type Booking, decide, type Grant, isClosed, type Pool } from './model.ts';
import { MAX_ATTEMPTS, offerToLine } from './move-requests.ts';
import { adjusted, type GrantState, isWhole, nextGrant, type Stamp } from './moves.ts';
import { settleLoan } from './settle-loan.ts';

/**
 * The end of a period, step by step. Each step looks first whether it is still to be done, so that all of it can break off
 * anywhere and be begun again.
 */

const GRANTS_AT_ONCE = 10;
/** Seconds. A period is closed when no request of it can be under way: a unit that nobody has written down is nobody's. */
const NO_PATIENCE = -1;

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
export async function closeGrants(ports: AccountingPorts, poolId: string): Promise<Closing> {
  const pool = await ports.quotas.getPool(poolId);
  if (pool?.status !== 'closing') return 'not-closing';
  const { by } = pool;
  const ids = await grantsIn(ports, pool);
  await inBatches(ids, GRANTS_AT_ONCE, (id) => cutOff(ports, id, by));
  await inBatches(ids, GRANTS_AT_ONCE, (id) => clear(ports, id, by));
  for (const { id } of await loansOf(ports, ids)) await settleLoan(ports, id, by);
  // One after another: each writes the pool, and they would only be in each other's way.
  const closed = await inBatches(ids, 1, (id) => close(ports, id, pool));
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

export function grantsIn({ quotas }: AccountingPorts, { id, providerId }: Pool): Promise<string[]> {
  return quotas.allGrants({ institutionId: providerId, poolId: id });
}

/** The loans of grants of which something is outstanding, in the order in which they were proposed. */
export async function loansOf({ loans }: AccountingPorts, grantIds: readonly string[]): Promise<Loan[]> {
  const listed = await inBatches(grantIds, GRANTS_AT_ONCE, (id) => loans.allLoans(id));
  const ids = [...new Set(listed.flat())].toSorted();
  const found = await inBatches(ids, GRANTS_AT_ONCE, (id) => loans.getLoan(id));
  return found.filter((loan) => loan !== undefined).filter(({ outstanding }) => outstanding > 0);
}

/** Takes steps with one grant to their end, however many there are: only meeting others' changes is tried so many times. */
async function attempt<T>(step: () => Promise<T | 'again' | 'go-on'>): Promise<T> {
  for (let round = 0; round < MAX_ATTEMPTS; ) {
    await takeTurns(round);
    const result = await step();
    if (result !== 'again' && result !== 'go-on') return result;
    if (result === 'again') round += 1;
  }
  throw new Problem(Busy, 'A grant of the pool is being changed by others.', {}, 1);
}

/** Has nobody take a course any more: all at once, unless the account has more segments than one transaction can write. */
function cutOff(ports: AccountingPorts, grantId: string, by: Agent): Promise<true> {
  return attempt(async () => {
    const state = await readGrant(ports, grantId);
    const { grant, account } = state;
    const open = account.filter(({ closed }) => !closed);
    if (isClosed(grant) && open.length === 0) return true;
    if (!isWhole(state)) return 'again';
    const next = nextGrant(grant, { status: 'closing' }, { by, now: ports.now() });
    const segments = everySegment(open, []).slice(0, MAX_WRITES - 1);
    const outcome = await ports.allocations.changeGrant(next, { units: 0, segments });
    if (outcome !== 'changed') return 'again';
    return segments.length === open.length ? true : 'go-on';
  });
}

/**
 * Ends what has no date: holds are released, offers and waits withdrawn. Then no unit is only held: those that are, nobody
 * wrote down, or whoever ended their booking died before the account followed.
 */
async function clear(ports: AccountingPorts, grantId: string, by: Agent): Promise<void> {
  const claims = bookingsAsClaims(ports);
  const key = accountKey(grantId);
  await attempt(async () => {
    const bookings = await ports.quotas.allBookings(grantId);
    const open = bookings.filter(({ status }) => status === 'held' || status === 'offered' || status === 'waitlisted');
    const ended = await inBatches(open, GRANTS_AT_ONCE, (booking) => end(ports, booking, by));
    if (ended.includes(false)) return 'again';
    const { account } = await readGrant(ports, grantId);
    if (totals(account).held === 0) return true;
    await sweepAccount(claims, key, NO_PATIENCE);
    return 'again';
  });
  // Nobody waits any more: the account is told.
  await promote(claims, key);
}

/** @returns whether that was its end: a lapsed offer puts a booking back into the line first */
async function end(ports: AccountingPorts, booking: Booking, by: Agent): Promise<boolean> {
  const action = booking.status === 'held' ? 'release' : 'withdraw';
  const decision = decide(booking, action, ports.now(), { by });
  if (decision.kind === 'changed') return follow(ports, booking, decision.booking);
  await expire(bookingsAsClaims(ports), booking);
  return action === 'release';
}

/** Carries over what is to be carried, has the rest expire, and closes. @returns false when the next pool cannot take it */
function close(ports: AccountingPorts, grantId: string, pool: Pool): Promise<boolean> {
  return attempt(async () => {
    const state = await readGrant(ports, grantId);
    if (state.grant.status === 'closed') return true;
    if (!isWhole(state)) return 'again';
    const due = carryDue(state);
    if (due > 0) return carry(ports, state, due, pool);
    const stamp = { by: pool.by, now: ports.now() };
    const unused = totals(state.account).available;
    if (unused > 0) return asManyAs(unused, (units) => expireUnits(ports, state, units, stamp));
    const closed = nextGrant(state.grant, { status: 'closed' }, stamp);
    const outcome = await ports.allocations.changeGrant(closed, { units: 0, segments: [] });
    return outcome === 'changed' ? true : 'again';
  });
}

/** Has so many units change their place in one transaction, or as many of them as it can write. */
async function asManyAs<T>(units: number, move: (units: number) => Promise<T | 'too-many'>): Promise<T> {
  for (let part = units; ; part = Math.ceil(part / 2)) {
    const outcome = await move(part);
    if (outcome !== 'too-many') return outcome;
  }
}

type Moving = Promise<'go-on' | 'again' | 'too-many'>;

async function expireUnits(ports: AccountingPorts, from: GrantState, units: number, stamp: Stamp): Moving {
  const left = unitsLeave(from, units, 'expired', stamp);
  const outcome = left && (await ports.closings.expire(units, left));
  if (outcome === 'too-many') return outcome;
  return outcome === 'expired' ? 'go-on' : 'again';
}

async function carry(
  ports: AccountingPorts,
  from: GrantState,
  due: number,
  { by, nextPoolId }: Pool,
): Promise<'go-on' | 'again' | false> {
  const to = nextPoolId === undefined ? undefined : await nextGrantOf(ports, from.grant, nextPoolId);
  if (to === undefined) return false;
  if (!isWhole(to)) return 'again';
  const stamp = { by, now: ports.now() };
  const lastDay = from.grant.carryOver && lastDayOfCarried(from.grant.carryOver, to.grant.period);
  return asManyAs(due, async (units) => {
    const leaving = unitsLeave(from, units, 'carriedOut', stamp, { cause: to.grant.id });
    const coming = adjusted(to, { carriedIn: units }, stamp, { cause: from.grant.id, ...until(to.grant, lastDay) });
    if (leaving === undefined || coming === undefined) return 'again';
    const outcome = await ports.closings.carry(units, leaving, coming);
    if (outcome === 'too-many') return outcome;
    if (outcome === 'carried') await offerToLine(ports, to);
    if (outcome === 'pool-exceeded') return false;
    return outcome === 'carried' ? 'go-on' : 'again';
  });
}

/** The last day of carried courses, where several lots of them are carried in: the first one's. */
function until({ carriedUntil }: Grant, lastDay: string | undefined): Pick<Grant, 'carriedUntil'> {
  const [first] = [carriedUntil, lastDay].filter((day) => day !== undefined).toSorted();
  return first === undefined ? {} : { carriedUntil: first };
}

/** The grant a partner's courses are carried into: its first one in the next pool. */
export async function nextGrantOf(
  { quotas }: AccountingPorts,
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
