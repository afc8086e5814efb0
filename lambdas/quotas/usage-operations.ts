import type * as z from 'zod/mini';

import type { Permission } from '../shared/auth/access.ts';
import { inBatches } from '../shared/batches.ts';
import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { grantsIn } from './close-grants.ts';
import { PeriodNotClosed } from './closing-errors.ts';
import { readGrant } from './grant-operations.ts';
import type { GrantListing } from './keys.ts';
import { ledgerPartition } from './keys.ts';
import type { AccountingListPorts } from './lists.ts';
import type { Grant } from './model.ts';
import { nextGrant } from './moves.ts';
import { getPool } from './pool-operations.ts';
import type { QuotaUsage, usageRoutes } from './usage-contract.ts';
import { rowsOfVersion, usageOf } from './usage-model.ts';

/** The report of how courses were used. It is read from the ledgers, and so are its versions: nothing of it is stored. */

const GRANTS_AT_ONCE = 10;

export interface UsageRequest extends PageRequest {
  readonly institutionId?: string | undefined;
  readonly poolId?: string | undefined;
  readonly version?: number | undefined;
}

/** @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function reportQuotaUsage(ports: AccountingListPorts, request: UsageRequest): Promise<Page<QuotaUsage>> {
  const { version } = request;
  const listing = await listingOf(ports, request);
  return pageOfIds(
    ports,
    `usage:${listing.institutionId}:${listing.poolId ?? ''}:${String(version ?? '')}`,
    request,
    (limit, after) => ports.quotas.listGrants(listing, limit, after),
    async (id) => {
      const found = await ports.quotas.getGrant(id, { consistent: false });
      return found && usage(ports, found.grant, version);
    },
  );
}

async function listingOf(ports: AccountingListPorts, request: UsageRequest): Promise<GrantListing> {
  const { permission, poolId, institutionId } = request;
  if (poolId === undefined) return { institutionId: institutionOf(request, institutionId) };
  const { providerId } = await getPool(ports, permission, poolId);
  return { institutionId: providerId, poolId };
}

async function usage(
  { ledger }: AccountingPorts,
  grant: Grant,
  version: number | undefined,
): Promise<QuotaUsage | undefined> {
  const rows = await ledger.all(ledgerPartition(grant.id));
  const frozen = rowsOfVersion(rows, version);
  if (frozen === undefined && version !== undefined) return undefined;
  return usageOf(grant, frozen?.rows ?? rows, frozen?.version);
}

export interface RestatementRequest {
  readonly permission: Permission;
  readonly poolId: string;
  readonly body: z.output<typeof usageRoutes.restateUsage.body>;
}

type Restatement = z.output<typeof usageRoutes.restateUsage.response.schema>;

/**
 * Makes a new version of the usage of a closed pool's grants to which something has happened since the last one. Asking
 * again makes none.
 * @throws Problem `not-found`, `role-not-permitted`, `period-not-closed`
 */
export async function restateUsage(ports: AccountingPorts, request: RestatementRequest): Promise<Restatement> {
  const { permission, poolId } = request;
  const pool = await getPool(ports, permission, poolId);
  if (pool.status !== 'closed') throw new Problem(PeriodNotClosed, `The pool is ${pool.status}.`);
  const ids = await grantsIn(ports, pool);
  const restated = await inBatches(ids, GRANTS_AT_ONCE, (id) => restate(ports, id, request));
  return { poolId, restated: restated.filter((each) => each !== undefined) };
}

/** @returns `undefined` when nothing has happened, or is not written down yet */
async function restate(ports: AccountingPorts, grantId: string, { permission, body }: RestatementRequest) {
  const { grant } = await readGrant(ports, grantId);
  const rows = await ports.ledger.all(ledgerPartition(grantId));
  const written = rows.findLast(({ bookingId }) => bookingId === undefined);
  if (written?.version !== grant.version || written === rows.at(-1)) return undefined;
  const usageVersion = (grant.usageVersion ?? 1) + 1;
  const stamp = { by: permission.agent, now: ports.now() };
  const next = nextGrant(grant, { usageVersion, reason: body.reason }, stamp);
  const outcome = await ports.allocations.changeGrant(next, { units: 0, segments: [] });
  return outcome === 'changed' ? { grantId, version: usageVersion } : undefined;
}
