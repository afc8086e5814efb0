import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import {
  type Account,
  everySegment,
  isQueued,
  planResize,
  type SegmentChange,
  totals,
} from '../shared/capacity/account.ts';
import { promote } from '../shared/capacity/line.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { PeriodClosed } from './closing-errors.ts';
import { NominalBelowCommitted, PoolCapacityExceeded, ReserveExceedsGrant, UnknownBeneficiary } from './errors.ts';
import { NO_AGREEMENT, type Under, underAgreement } from './grant-agreement.ts';
import type { grantRoutes } from './grant-contract.ts';
import { accountKey } from './keys.ts';
import { LimitBelowOutstanding, NominalBelowLent, ReasonMissing } from './loan-errors.ts';
import { entitlementOf, type Grant, isClosed, NO_ADJUSTMENTS, type Pool, relationsTo } from './model.ts';
import { isWhole, nextGrant, smallestNominal } from './moves.ts';
import { getPool } from './pool-operations.ts';
import type { Outcome, Ports } from './ports.ts';

/** Promising courses to partners: grants. */

const MAX_ATTEMPTS = 5;

/** A grant with the account that says what is left of it. */
export interface GrantWithAccount {
  readonly grant: Grant;
  readonly account: Account;
}

const periodClosed = (): Problem => new Problem(PeriodClosed, 'The pool’s period is closed, or being closed.');

/** A grant as it is now, whoever asks. @throws Problem `not-found` */
export async function readGrant({ quotas }: Ports, grantId: string): Promise<GrantWithAccount> {
  const found = await quotas.getGrant(grantId, { consistent: true });
  if (found === undefined) throw notFound();
  return found;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getGrant(ports: Ports, permission: Permission, grantId: string): Promise<GrantWithAccount> {
  const found = await readGrant(ports, grantId);
  permission.require(...relationsTo(found.grant, permission.caller.institutionId));
  return found;
}

export interface GrantCreation {
  readonly permission: Permission;
  readonly poolId: string;
  readonly body: z.output<typeof grantRoutes.createGrant.body>;
  readonly idempotencyKey: string;
}

/**
 * Grants courses of a pool to an active partner.
 * @throws Problem `not-found`, `role-not-permitted`, `period-closed`, `pool-capacity-exceeded`, `unknown-beneficiary`,
 *   `reserve-exceeds-grant`, `agreement-not-in-force`, `idempotency-key-reused`, `busy`
 */
export async function createGrant(ports: Ports, request: GrantCreation): Promise<Outcome<GrantWithAccount>> {
  const { permission, poolId, body } = request;
  const pool = await getPool(ports, permission, poolId);
  if (body.beneficiaryId === pool.providerId) {
    throw new Problem(UnknownBeneficiary, 'The beneficiary is the provider itself.');
  }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const under = await agreementFor(ports, pool, body);
    const id = ports.newId();
    const creation = creationOf(ports, request, ['createGrant', poolId], id);
    if (under instanceof Problem) {
      // What was given while the agreement was in force stays given.
      const earlier = await ports.allocations.findEarlier(creation);
      if (earlier === undefined) throw under;
      if (earlier.kind === 'key-reused') throw keyReused();
      return { value: await readGrant(ports, earlier.resourceId), replayed: true };
    }
    const grant = newGrant(ports, id, pool, request, under);
    const segments = segmentsFor([], grant);
    const outcome = await ports.allocations.createGrant(creation, grant, segments ?? [], under.seen);
    switch (outcome.kind) {
      case 'created':
        return { value: await readGrant(ports, grant.id), replayed: false };
      case 'replayed':
        return { value: await readGrant(ports, outcome.resourceId), replayed: true };
      case 'key-reused':
        throw keyReused();
      case 'pool-exceeded':
        throw await noAllocation(ports, poolId);
      case 'beneficiary-not-active':
        throw new Problem(UnknownBeneficiary, 'The beneficiary is not an active partner.');
      case 'moved-on':
      // Its agreement was changed meanwhile; or there is a grant of the same family of ids, made in the same
      // millisecond, and the next id is another.
    }
  }
  throw new Problem(Busy, 'Too many grants are being made at the same moment.', {}, 1);
}

/** The agreement that the request names, looked at as it is now. @returns the refusal when it does not permit the grant */
async function agreementFor(
  { quotas, now }: Ports,
  pool: Pool,
  { agreementId, beneficiaryId }: GrantCreation['body'],
): Promise<Under | Problem> {
  if (agreementId === undefined) return NO_AGREEMENT;
  return underAgreement(await quotas.getAgreement(agreementId), pool, beneficiaryId, now());
}

function newGrant(
  { now }: Ports,
  id: string,
  pool: Pool,
  { permission, body }: GrantCreation,
  { named }: Under,
): Grant {
  const at = now().toISOString();
  const { id: poolId, providerId, service, period } = pool;
  return {
    id,
    poolId,
    providerId,
    service,
    period,
    ...body,
    ...named,
    adjustments: NO_ADJUSTMENTS,
    status: 'active',
    createdAt: at,
    updatedAt: at,
    version: 1,
    by: permission.agent,
  };
}

/** Why a pool gives no more courses. */
async function noAllocation({ quotas }: Ports, poolId: string): Promise<Problem> {
  const pool = await quotas.getPool(poolId);
  if (pool?.status !== 'open') return periodClosed();
  return new Problem(PoolCapacityExceeded, 'The pool does not have that many unallocated courses.', {
    unallocated: pool.unallocated,
  });
}

export interface GrantUpdate {
  readonly permission: Permission;
  readonly grantId: string;
  readonly body: z.output<typeof grantRoutes.updateGrant.body>;
  readonly expectedVersion: number;
}

/**
 * Changes a grant's number of courses or its status, in one transaction over the grant, its account and the pool.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `period-closed`, `reason-missing`,
 *   `limit-below-outstanding`, `nominal-below-lent`, `reserve-exceeds-grant`, `nominal-below-committed`, `pool-capacity-exceeded`, `busy`
 */
export async function updateGrant(ports: Ports, request: GrantUpdate): Promise<GrantWithAccount> {
  const { permission, grantId, body, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const state = await getGrant(ports, permission, grantId);
    const { grant, account } = state;
    refuseStale('grant', grant, expectedVersion);
    if (isClosed(grant)) throw periodClosed();
    if (!isWhole(state)) continue;
    const next = nextGrant(grant, body, { by: permission.agent, now: ports.now() });
    refuseTerms(state, next);
    const units = next.nominal - grant.nominal;
    const segments = changesOf(account, next, next.status !== grant.status);
    if (segments === undefined) throw belowCommitted(state);
    const outcome = await ports.allocations.changeGrant(next, { units, segments });
    if (outcome === 'changed') {
      if (isQueued(account)) await promote(bookingsAsClaims(ports), accountKey(grantId));
      return readGrant(ports, grantId);
    }
    if (outcome === 'pool-exceeded') throw await noAllocation(ports, grant.poolId);
    // Otherwise the grant or its account moved on meanwhile: look again.
  }
  throw new Problem(Busy, 'The grant is being used by too many at this moment.', {}, 1);
}

/** Refuses terms that would not cover what the grant has lent, borrowed and given away, and a rise nobody accounts for. */
function refuseTerms(state: GrantWithAccount, next: Grant): void {
  const { nominal, adjustments } = state.grant;
  if (next.nominal > nominal && next.reason === undefined) {
    throw new Problem(ReasonMissing, 'A higher number of courses needs a reason.');
  }
  const { lentOut, borrowedIn } = adjustments;
  const wasLowered = (limit: 'lendingLimit' | 'borrowingLimit'): boolean => next[limit] < state.grant[limit];
  if (
    (wasLowered('lendingLimit') && next.lendingLimit < lentOut) ||
    (wasLowered('borrowingLimit') && next.borrowingLimit < borrowedIn)
  ) {
    throw new Problem(LimitBelowOutstanding, 'More is lent or borrowed than the limit would allow.', {
      lentOut,
      borrowedIn,
    });
  }
  const { committed, lent } = smallestNominal(state);
  if (next.nominal < lent && lent >= committed) {
    throw new Problem(NominalBelowLent, 'The grant has lent and transferred more than it would have of its own.', {
      minimum: lent,
    });
  }
}

function belowCommitted(state: GrantWithAccount): Problem {
  return new Problem(NominalBelowCommitted, 'More courses are committed than the grant would have.', {
    committed: totals(state.account).committed,
    minimum: Math.max(...Object.values(smallestNominal(state))),
  });
}

/**
 * The segments a change has to write. A suspension and its end concern all of them, at the same moment.
 * @returns `undefined` when fewer units than are committed would be left
 */
function changesOf(account: Account, next: Grant, all: boolean): SegmentChange[] | undefined {
  const changes = segmentsFor(account, next);
  return changes && all ? everySegment(account, changes) : changes;
}

/** @returns `undefined` when fewer units than are committed would be left @throws Problem `reserve-exceeds-grant` */
function segmentsFor(account: Account, grant: Grant): SegmentChange[] | undefined {
  const entitled = entitlementOf(grant);
  if (entitled < totals(account).committed) return undefined;
  const reserved = grant.paediatricReserve?.units ?? 0;
  if (reserved > entitled) {
    throw new Problem(
      ReserveExceedsGrant,
      `${String(reserved)} courses cannot be reserved out of ${String(entitled)}.`,
      {
        entitled,
      },
    );
  }
  return planResize(account, entitled, reserved);
}
