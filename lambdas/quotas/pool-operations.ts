import type * as z from 'zod/mini';

import { authorize } from '../shared/auth/access.ts';
import type { Caller } from '../shared/auth/caller.ts';
import { createOnce } from '../shared/dynamo/create-once.ts';
import { fingerprintOf, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { NotFound, StaleVersion } from '../shared/http/problems.ts';
import type { Route } from '../shared/http/route.ts';
import { quotaRoutes } from './contract.ts';
import { CapacityBelowAllocated } from './errors.ts';
import { type Pool, relationsTo } from './model.ts';
import type { Outcome, Ports } from './ports.ts';

/** Offering capacity: pools. */

/** @throws Problem `not-found`, also for what the caller may not see */
export async function getPool({ quotas }: Ports, caller: Caller, route: Route, poolId: string): Promise<Pool> {
  const pool = await quotas.getPool(poolId);
  if (pool === undefined) throw new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
  authorize(route.access, caller, relationsTo(pool, caller.institutionId));
  return pool;
}

export interface PoolCreation {
  readonly caller: Caller;
  readonly body: z.output<typeof quotaRoutes.createPool.body>;
  readonly idempotencyKey: string;
}

/** Creates a pool of the caller's institution. @throws Problem `role-not-permitted`, `idempotency-key-reused` */
export async function createPool(ports: Ports, { caller, body, idempotencyKey }: PoolCreation): Promise<Outcome<Pool>> {
  const { quotas, now, newId } = ports;
  const route = quotaRoutes.createPool;
  authorize(route.access, caller, ['self']);
  const at = now().toISOString();
  const pool: Pool = {
    id: newId(),
    providerId: caller.institutionId,
    ...body,
    unallocated: body.capacity,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  const outcome = await createOnce(
    quotas.single,
    {
      request: requestId({ caller, target: [route.operationId], idempotencyKey }),
      fingerprint: fingerprintOf(body),
      resourceId: pool.id,
      now: now(),
    },
    quotas.poolCreation(pool),
  );
  if (outcome.kind === 'replayed') {
    return { value: await getPool(ports, caller, quotaRoutes.getPool, outcome.resourceId), replayed: true };
  }
  if (outcome.kind === 'refused') throw new Error('A new id was in use');
  return { value: pool, replayed: false };
}

export interface PoolUpdate {
  readonly caller: Caller;
  readonly poolId: string;
  readonly body: z.output<typeof quotaRoutes.updatePool.body>;
  readonly expectedVersion: number;
}

/**
 * Changes a pool.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `capacity-below-allocated`
 */
export async function updatePool(ports: Ports, { caller, poolId, body, expectedVersion }: PoolUpdate): Promise<Pool> {
  const pool = await getPool(ports, caller, quotaRoutes.updatePool, poolId);
  const stale = new Problem(StaleVersion, `The pool is at version ${String(pool.version)}.`);
  if (pool.version !== expectedVersion) throw stale;
  const change = (body.capacity ?? pool.capacity) - pool.capacity;
  const next: Pool = {
    ...pool,
    ...body,
    unallocated: pool.unallocated + change,
    version: pool.version + 1,
    updatedAt: ports.now().toISOString(),
  };
  const refused = await ports.quotas.single.transact([ports.quotas.poolUpdate(next, change, Math.max(0, -change))]);
  if (refused.length === 0) return getPool(ports, caller, quotaRoutes.updatePool, poolId);

  const there = await getPool(ports, caller, quotaRoutes.updatePool, poolId);
  if (there.version !== expectedVersion) throw stale;
  throw new Problem(CapacityBelowAllocated, 'More courses are granted than the new capacity would have.', {
    capacity: there.capacity,
    allocated: there.capacity - there.unallocated,
  });
}
