import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { InstitutionNotActive } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { PeriodClosed } from './closing-errors.ts';
import { CapacityBelowAllocated } from './errors.ts';
import { type Pool, relationsTo } from './model.ts';
import type { poolRoutes } from './pool-contract.ts';
import type { Outcome, Ports } from './ports.ts';

/** Offering capacity: pools. */

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getPool({ quotas }: Ports, permission: Permission, poolId: string): Promise<Pool> {
  const pool = await quotas.getPool(poolId);
  if (pool === undefined) throw notFound();
  permission.require(...relationsTo(pool, permission.caller.institutionId));
  return pool;
}

export interface PoolCreation {
  readonly permission: Permission;
  readonly body: z.output<typeof poolRoutes.createPool.body>;
  readonly idempotencyKey: string;
}

/**
 * Creates a pool of the caller's institution.
 * @throws Problem `role-not-permitted`, `institution-not-active`, `idempotency-key-reused`
 */
export async function createPool(ports: Ports, request: PoolCreation): Promise<Outcome<Pool>> {
  const { permission, body } = request;
  permission.require('self');
  const now = ports.now();
  const pool: Pool = {
    id: ports.newId(),
    providerId: permission.caller.institutionId,
    ...body,
    unallocated: body.capacity,
    status: 'open',
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    version: 1,
    by: permission.agent,
  };
  const creation = creationOf(ports, request, ['createPool'], pool.id);
  const outcome = await ports.allocations.createPool(creation, pool);
  switch (outcome.kind) {
    case 'created':
      return { value: pool, replayed: false };
    case 'replayed': {
      const earlier = await ports.quotas.getPool(outcome.resourceId);
      if (earlier === undefined) throw notFound();
      return { value: earlier, replayed: true };
    }
    case 'key-reused':
      throw keyReused();
    case 'provider-not-active':
      throw new Problem(InstitutionNotActive, 'Your institution is not an active partner.');
  }
}

export interface PoolUpdate {
  readonly permission: Permission;
  readonly poolId: string;
  readonly body: z.output<typeof poolRoutes.updatePool.body>;
  readonly expectedVersion: number;
}

/**
 * Changes a pool.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `period-closed`, `capacity-below-allocated`
 */
export async function updatePool(
  ports: Ports,
  { permission, poolId, body, expectedVersion }: PoolUpdate,
): Promise<Pool> {
  const pool = await getPool(ports, permission, poolId);
  refuseStale('pool', pool, expectedVersion);
  if (pool.status !== 'open') throw new Problem(PeriodClosed, 'The pool’s period is closed, or being closed.');
  const change = (body.capacity ?? pool.capacity) - pool.capacity;
  const next: Pool = {
    ...pool,
    ...body,
    version: pool.version + 1,
    by: permission.agent,
    updatedAt: ports.now().toISOString(),
  };
  const outcome = await ports.allocations.changePool(next, change);
  const there = await getPool(ports, permission, poolId);
  if (outcome === 'changed') return there;
  refuseStale('pool', there, expectedVersion);
  throw new Problem(CapacityBelowAllocated, 'More courses are granted than the new capacity would have.', {
    capacity: there.capacity,
    allocated: there.capacity - there.unallocated,
  });
}
