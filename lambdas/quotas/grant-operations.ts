import type * as z from 'zod/mini';

import { authorize } from '../shared/auth/access.ts';
import type { Caller } from '../shared/auth/caller.ts';
import { type Account, planResize, totals } from '../shared/capacity/account.ts';
import { createOnce } from '../shared/dynamo/create-once.ts';
import { fingerprintOf, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, NotFound, StaleVersion } from '../shared/http/problems.ts';
import type { Route } from '../shared/http/route.ts';
import { quotaRoutes } from './contract.ts';
import { NominalBelowCommitted, PoolCapacityExceeded, UnknownBeneficiary } from './errors.ts';
import { type Grant, type Pool, relationsTo } from './model.ts';
import { getPool } from './pool-operations.ts';
import type { Outcome, Ports } from './ports.ts';
import { accountKey } from './quotas-table.ts';

/** Promising courses to partners: grants. */

const MAX_ATTEMPTS = 5;

/** A grant with the account that says what is left of it. */
export interface GrantWithAccount {
  readonly grant: Grant;
  readonly account: Account;
}

/** @throws Problem `not-found`, also for what the caller may not see */
export async function getGrant(
  { quotas }: Ports,
  caller: Caller,
  route: Route,
  grantId: string,
): Promise<GrantWithAccount> {
  const found = await quotas.getGrant(grantId, { consistent: true });
  if (found === undefined) throw new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
  authorize(route.access, caller, relationsTo(found.grant, caller.institutionId));
  return found;
}

export interface GrantCreation {
  readonly caller: Caller;
  readonly poolId: string;
  readonly body: z.output<typeof quotaRoutes.createGrant.body>;
  readonly idempotencyKey: string;
}

/**
 * Grants courses of a pool to an active partner.
 * @throws Problem `not-found`, `role-not-permitted`, `pool-capacity-exceeded`, `unknown-beneficiary`,
 *   `idempotency-key-reused`, `busy`
 */
export async function createGrant(ports: Ports, creation: GrantCreation): Promise<Outcome<GrantWithAccount>> {
  const { caller, poolId, body, idempotencyKey } = creation;
  const route = quotaRoutes.createGrant;
  const pool = await getPool(ports, caller, route, poolId);
  const { quotas, now } = ports;
  if (body.beneficiaryId === pool.providerId) {
    throw new Problem(UnknownBeneficiary, 'The beneficiary is the provider itself.');
  }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const grant = newGrant(ports, pool, body);
    const segments = planResize([], body.nominal) ?? [];
    const outcome = await createOnce(
      quotas.single,
      {
        request: requestId({ caller, target: [route.operationId, poolId], idempotencyKey }),
        fingerprint: fingerprintOf(body),
        resourceId: grant.id,
        now: now(),
      },
      [
        quotas.allocation(poolId, body.nominal),
        quotas.activePartner(body.beneficiaryId),
        ...quotas.grantCreation(grant),
        ...segments.map((segment) => quotas.accounts.resizeWrite(accountKey(grant.id), segment, false)),
      ],
    );
    if (outcome.kind === 'created') {
      return { value: await getGrant(ports, caller, quotaRoutes.getGrant, grant.id), replayed: false };
    }
    if (outcome.kind === 'replayed') {
      return { value: await getGrant(ports, caller, quotaRoutes.getGrant, outcome.resourceId), replayed: true };
    }
    if (outcome.positions.includes(0)) throw await poolExceeded(ports, poolId);
    if (outcome.positions.includes(1)) {
      throw new Problem(UnknownBeneficiary, 'The beneficiary is not an active partner.');
    }
    // What is left is a grant of the same family of ids, made in the same millisecond: the next id is another.
  }
  throw new Problem(Busy, 'Too many grants are being made at the same moment.', {}, 1);
}

function newGrant({ now, newId }: Ports, pool: Pool, body: GrantCreation['body']): Grant {
  const at = now().toISOString();
  const { id: poolId, providerId, service, period } = pool;
  return {
    id: newId(),
    poolId,
    providerId,
    service,
    period,
    ...body,
    status: 'active',
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

async function poolExceeded({ quotas }: Ports, poolId: string): Promise<Problem> {
  const pool = await quotas.getPool(poolId);
  return new Problem(PoolCapacityExceeded, 'The pool does not have that many unallocated courses.', {
    unallocated: pool?.unallocated ?? 0,
  });
}

export interface GrantUpdate {
  readonly caller: Caller;
  readonly grantId: string;
  readonly body: z.output<typeof quotaRoutes.updateGrant.body>;
  readonly expectedVersion: number;
}

/**
 * Changes a grant's number of courses or its status, in one transaction over the grant, its account and the pool.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `pool-capacity-exceeded`,
 *   `nominal-below-committed`, `busy`
 */
export async function updateGrant(ports: Ports, update: GrantUpdate): Promise<GrantWithAccount> {
  const { caller, grantId, body, expectedVersion } = update;
  const { quotas } = ports;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { grant, account } = await getGrant(ports, caller, quotaRoutes.updateGrant, grantId);
    if (grant.version !== expectedVersion) {
      throw new Problem(StaleVersion, `The grant is at version ${String(grant.version)}.`);
    }
    const next: Grant = {
      ...grant,
      ...body,
      version: grant.version + 1,
      updatedAt: ports.now().toISOString(),
    };
    const difference = next.nominal - grant.nominal;
    const { entitled, committed } = totals(account);
    const changes = planResize(account, entitled + difference);
    if (changes === undefined) {
      throw new Problem(NominalBelowCommitted, 'More courses are committed than the grant would have.', { committed });
    }
    // Every segment is written, so that a suspension shuts all of them at the same moment.
    const untouched = account.filter(({ number }) => !changes.some((change) => change.number === number));
    const key = accountKey(grantId);
    const refused = await quotas.single.transact([
      quotas.grantUpdate(next),
      ...(difference === 0 ? [] : [quotas.allocation(grant.poolId, difference)]),
      ...[...changes, ...untouched.map(({ number, entitled: same }) => ({ number, from: same, to: same }))].map(
        (change) => quotas.accounts.resizeWrite(key, change, next.status === 'suspended'),
      ),
    ]);
    if (refused.length === 0) return getGrant(ports, caller, quotaRoutes.getGrant, grantId);
    if (difference > 0 && refused.includes(1)) throw await poolExceeded(ports, grant.poolId);
    // Otherwise the grant or its account moved on meanwhile: look again.
  }
  throw new Problem(Busy, 'The grant is being used by too many at this moment.', {}, 1);
}
