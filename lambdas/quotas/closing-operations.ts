import type * as z from 'zod/mini';

import type { Permission } from '../shared/auth/access.ts';
import { inBatches } from '../shared/batches.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { grantsIn, loansOf, nextGrantOf } from './close-grants.ts';
import type { ClosingOfGrant, closingRoutes, PeriodClosing } from './closing-contract.ts';
import {
  NextGrantMissing,
  NextPoolMissing,
  NextPoolUnsuitable,
  PeriodClosed,
  PeriodNotOver,
} from './closing-errors.ts';
import { closingOf, forecast, type GrantAtEnd, mayClose } from './closing-model.ts';
import { PoolCapacityExceeded } from './errors.ts';
import { readGrant } from './grant-operations.ts';
import { ledgerPartition } from './keys.ts';
import type { Pool } from './model.ts';
import { earlierOf, MAX_ATTEMPTS, refusalOf } from './move-requests.ts';
import { getPool } from './pool-operations.ts';
import type { Outcome } from './ports.ts';

/** Closing a period: what stands in its way, what it would do, and that it is begun. What is done then is in `close-grants.ts`. */

const GRANTS_AT_ONCE = 20;

export interface ClosingRequest {
  readonly permission: Permission;
  readonly poolId: string;
  readonly body: z.output<typeof closingRoutes.closePeriod.body>;
  readonly idempotencyKey: string;
}

/**
 * Begins to close a pool's period, or shows what that would do.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `period-closed`, `period-not-over`,
 *   `next-pool-missing`, `next-pool-unsuitable`, `next-grant-missing`, `pool-capacity-exceeded`, `busy`
 */
export async function closePeriod(ports: AccountingPorts, request: ClosingRequest): Promise<Outcome<PeriodClosing>> {
  const { permission, poolId, body } = request;
  const creation = creationOf(ports, request, ['closePeriod', poolId], poolId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const pool = await getPool(ports, permission, poolId);
    const earlier = await earlierOf(ports, creation, () => progress(ports, pool));
    if (earlier !== undefined) return earlier;

    const { nextPoolId = pool.nextPoolId, dryRun } = body;
    refuse(pool, dryRun, ports.now());
    await refuseOtherPool(ports, pool, nextPoolId);
    const next = nextPoolId === undefined ? undefined : await nextPoolOf(ports, pool, nextPoolId);
    const grants = await foresee(ports, pool);
    await refuseCarrying(ports, grants, next);
    const shown = { poolId, ...(nextPoolId === undefined ? {} : { nextPoolId }) };
    if (dryRun) return { value: { ...shown, status: 'dry-run', grants }, replayed: false };

    const closing: Pool = {
      ...pool,
      ...shown,
      status: 'closing',
      version: pool.version + 1,
      by: permission.agent,
      updatedAt: ports.now().toISOString(),
    };
    const outcome = await ports.closings.begin(creation, closing);
    if (outcome.kind === 'created') return { value: await progress(ports, closing), replayed: false };
    if (outcome.kind === 'replayed') return { value: await progress(ports, pool), replayed: true };
    if (outcome.kind === 'key-reused') throw refusalOf(outcome.kind);
  }
  throw new Problem(Busy, 'The pool is being changed by others.', {}, 1);
}

/** How far the end of a period is. @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getClosing(
  ports: AccountingPorts,
  permission: Permission,
  poolId: string,
): Promise<PeriodClosing> {
  const pool = await getPool(ports, permission, poolId);
  return pool.status === 'open' ? { poolId, status: 'open', grants: [] } : progress(ports, pool);
}

/** @throws Problem `period-closed`, `period-not-over` */
function refuse({ status, period }: Pool, dryRun: boolean, now: Date): void {
  if (status === 'closed') throw new Problem(PeriodClosed, 'The period is closed.');
  if (!dryRun && !mayClose(period, now)) {
    throw new Problem(PeriodNotOver, `The period ends with ${period.end} (${period.timeZone}).`, { period });
  }
}

/**
 * Another next pool can be named as long as none was, and when the one that was is being closed itself: nothing could be
 * carried over any more.
 * @throws Problem `period-closed`
 */
async function refuseOtherPool(
  { quotas }: AccountingPorts,
  { status, nextPoolId }: Pool,
  wanted: string | undefined,
): Promise<void> {
  if (status === 'open' || nextPoolId === undefined || wanted === nextPoolId) return;
  const next = await quotas.getPool(nextPoolId);
  if (next?.status !== 'open') return;
  throw new Problem(PeriodClosed, 'The period is being closed with another next pool.', { nextPoolId });
}

/** @throws Problem `next-pool-unsuitable` */
async function nextPoolOf({ quotas }: AccountingPorts, pool: Pool, nextPoolId: string): Promise<Pool> {
  const next = await quotas.getPool(nextPoolId);
  const suits =
    next?.providerId === pool.providerId &&
    next.service === pool.service &&
    next.status === 'open' &&
    next.period.start > pool.period.end;
  // In the same words for a pool of somebody else's as for one that there is not.
  if (!suits) throw new Problem(NextPoolUnsuitable, 'It is no open pool of yours for this service that begins later.');
  return next;
}

/** What is left to do, grant by grant. */
async function foresee(ports: AccountingPorts, pool: Pool): Promise<ClosingOfGrant[]> {
  const ids = await grantsIn(ports, pool);
  const grants = await inBatches(ids, GRANTS_AT_ONCE, async (id): Promise<GrantAtEnd> => {
    const [state, bookings] = await Promise.all([readGrant(ports, id), ports.quotas.allBookings(id)]);
    return { ...state, bookings };
  });
  return forecast(grants, await loansOf(ports, ids), ports.now());
}

/** @throws Problem `next-pool-missing`, `next-grant-missing`, `pool-capacity-exceeded` */
async function refuseCarrying(
  ports: AccountingPorts,
  grants: readonly ClosingOfGrant[],
  next: Pool | undefined,
): Promise<void> {
  const carrying = grants.filter(({ carriedOut }) => carriedOut > 0);
  if (carrying.length === 0) return;
  if (next === undefined) throw new Problem(NextPoolMissing, 'Unused courses of this pool are to be carried over.');
  const missing = await inBatches(carrying, GRANTS_AT_ONCE, async ({ beneficiaryId }) =>
    (await nextGrantOf(ports, { beneficiaryId, service: next.service }, next.id)) === undefined ? [beneficiaryId] : [],
  );
  const beneficiaryIds = [...new Set(missing.flat())];
  if (beneficiaryIds.length > 0) {
    throw new Problem(NextGrantMissing, 'The next pool has no grant for partners whose courses are carried over.', {
      beneficiaryIds,
    });
  }
  const needed = carrying.reduce((sum, { carriedOut }) => sum + carriedOut, 0);
  if (needed > next.unallocated) {
    throw new Problem(PoolCapacityExceeded, 'The next pool has fewer unallocated courses than are carried over.', {
      unallocated: next.unallocated,
      needed,
    });
  }
}

/** What has been done, as the ledgers tell. */
async function progress(ports: AccountingPorts, pool: Pool): Promise<PeriodClosing> {
  const { id: poolId, nextPoolId, status } = pool;
  const ids = await grantsIn(ports, pool);
  const grants = await inBatches(ids, GRANTS_AT_ONCE, async (id) => {
    const { grant } = await readGrant(ports, id);
    return closingOf(grant, await ports.ledger.all(ledgerPartition(id)));
  });
  const shown = nextPoolId === undefined ? { poolId } : { poolId, nextPoolId };
  return { ...shown, status: status === 'closed' ? status : 'closing', grants };
}
