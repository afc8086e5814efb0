import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { Problem } from '../shared/http/problem.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { GrantSuspended, OutsidePeriod } from './errors.ts';
import { getGrant } from './grant-operations.ts';
import type { loanRoutes } from './loan-contract.ts';
import { TransferBelowCommitted, TransferNeedsProvider, TransferToItself } from './loan-errors.ts';
import type { Transfer } from './loan-model.ts';
import { isOpen } from './model.ts';
import { earlierOf, grantInPool, MAX_ATTEMPTS, offerToLine, refusalOf } from './move-requests.ts';
import { adjusted, type GrantState, givable, isWhole } from './moves.ts';
import type { Outcome } from './ports.ts';

/** Handing courses on for good. */

function relationsToTransfer({ giverId, receiverId, providerId }: Transfer, institutionId: string): Relation[] {
  if (institutionId === giverId || institutionId === receiverId) return ['beneficiary'];
  return institutionId === providerId ? ['provider'] : ['none'];
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getTransfer(
  { loans }: AccountingPorts,
  permission: Permission,
  transferId: string,
): Promise<Transfer> {
  const transfer = await loans.getTransfer(transferId);
  if (transfer === undefined) throw notFound();
  permission.require(...relationsToTransfer(transfer, permission.caller.institutionId));
  return transfer;
}

export interface TransferRequest {
  readonly permission: Permission;
  /** Of the grant that gives. */
  readonly grantId: string;
  readonly body: z.output<typeof loanRoutes.transferUnits.body>;
  readonly idempotencyKey: string;
}

/**
 * Hands courses on to another grant of the pool, in one transaction over both grants and their accounts.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `transfer-to-itself`, `grant-not-in-pool`,
 *   `transfer-needs-provider`, `grant-suspended`, `outside-period`, `transfer-below-committed`, `partner-not-active`,
 *   `too-many-at-once`, `busy`
 */
export async function transferUnits(ports: AccountingPorts, request: TransferRequest): Promise<Outcome<Transfer>> {
  const { permission, grantId, body } = request;
  const id = ports.newId();
  const creation = creationOf(ports, request, ['transferUnits', grantId], id);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const giving = await getGrant(ports, permission, grantId);
    const earlier = await earlierOf(ports, creation, (transferId) => made(ports, transferId));
    if (earlier !== undefined) return earlier;

    if (body.receivingGrantId === grantId) throw new Problem(TransferToItself, 'Both grants are the same.');
    const receiving = await grantInPool(ports, body.receivingGrantId, giving.grant.poolId);
    if (!isWhole(giving) || !isWhole(receiving)) continue;
    refuse(giving, receiving, request, ports.now());
    const transfer = newTransfer(ports, id, giving, receiving, request);
    const stamp = { by: permission.agent, now: ports.now() };
    const why = { cause: id, reason: body.reason };
    const given = adjusted(giving, { transferredOut: body.units }, stamp, why);
    const received = adjusted(receiving, { transferredIn: body.units }, stamp, why);
    if (given === undefined || received === undefined) continue;
    const outcome = await ports.loans.createTransfer(creation, transfer, given, received);
    if (outcome.kind === 'created') {
      await offerToLine(ports, receiving);
      return { value: transfer, replayed: false };
    }
    if (outcome.kind === 'replayed') return { value: await made(ports, outcome.resourceId), replayed: true };
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome.kind);
  }
  throw refusalOf('moved-on');
}

async function made({ loans }: AccountingPorts, transferId: string): Promise<Transfer> {
  const transfer = await loans.getTransfer(transferId);
  if (transfer === undefined) throw new Error('A transfer that was made is not there');
  return transfer;
}

/** Refuses what the two grants rule out. */
function refuse(giving: GrantState, receiving: GrantState, { permission, body }: TransferRequest, now: Date): void {
  const grants = [giving.grant, receiving.grant];
  const isProvider = permission.caller.institutionId === giving.grant.providerId;
  if (!isProvider && grants.some(({ loansNeedApproval }) => loansNeedApproval)) {
    throw new Problem(TransferNeedsProvider, 'One of the two grants leaves transfers to the provider.');
  }
  if (grants.some(({ status }) => status === 'suspended')) {
    throw new Problem(GrantSuspended, 'One of the two grants is suspended.');
  }
  const { period } = giving.grant;
  if (!isOpen(period, now)) {
    throw new Problem(OutsidePeriod, `The period ended on ${period.end} (${period.timeZone}).`, { period });
  }
  const transferable = givable(giving);
  if (body.units > transferable) {
    throw new Problem(TransferBelowCommitted, 'The grant has too few uncommitted courses of its own.', {
      transferable,
    });
  }
}

function newTransfer(
  { now }: AccountingPorts,
  id: string,
  { grant: giving }: GrantState,
  { grant: receiving }: GrantState,
  { permission, body: { units, reason } }: TransferRequest,
): Transfer {
  return {
    id,
    poolId: giving.poolId,
    providerId: giving.providerId,
    service: giving.service,
    givingGrantId: giving.id,
    giverId: giving.beneficiaryId,
    receivingGrantId: receiving.id,
    receiverId: receiving.beneficiaryId,
    units,
    ...(reason === undefined ? {} : { reason }),
    createdAt: now().toISOString(),
    version: 1,
    by: permission.agent,
  };
}
