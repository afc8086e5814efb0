import { GetCommand } from '@aws-sdk/lib-dynamodb';

import type { GrantRepresentation } from '../../lambdas/quotas/grant-contract.ts';
import type { LoanRepresentation } from '../../lambdas/quotas/loan-contract.ts';
import { familyOf } from '../../lambdas/shared/capacity/holder.ts';
import type { Client } from './client.ts';
import { aGrant, anInstitution, aPool, type Scene } from './factories.ts';
import { engine, quotasTable } from './hub.ts';

/** Two partners with grants in one pool. */
export interface Pair {
  readonly lender: Scene;
  readonly borrower: Scene;
}

export const DUE = '2098-06-30';

/** Both may lend and borrow; what else a grant says is up to the test. */
export async function aPair({
  nominal = 5,
  lending = {},
  borrowing = {},
  poolBody = {},
}: {
  readonly nominal?: number;
  readonly lending?: object;
  readonly borrowing?: object;
  readonly poolBody?: object;
} = {}): Promise<Pair> {
  const provider = await anInstitution();
  const pool = await aPool(provider, { capacity: 4 * nominal, ...poolBody });
  const open = { lendingLimit: 100, borrowingLimit: 100 };
  return {
    lender: await aGrant({ provider, pool, nominal, grantBody: { ...open, ...lending } }),
    borrower: await aGrant({ provider, pool, nominal, grantBody: { ...open, ...borrowing } }),
  };
}

export function propose({ lender, borrower }: Pair, units: number, over: object = {}, key?: string) {
  return borrower.beneficiary.coordinator.call('proposeLoan', {
    params: { grantId: borrower.grant.id },
    body: { lendingGrantId: lender.grant.id, units, dueDate: DUE, ...over },
    ...(key === undefined ? {} : { key }),
  });
}

type Act = Extract<
  Parameters<Client['call']>[0],
  `${'approve' | 'decline' | 'withdraw' | 'return' | 'recall' | 'writeOff'}Loan`
>;
type Side = 'lender' | 'borrower' | 'provider';

export function clientOf({ lender, borrower }: Pair, side: Side): Client {
  if (side === 'provider') return lender.provider.coordinator;
  return { lender, borrower }[side].beneficiary.coordinator;
}

/** Does something to a loan as one of its parties. */
export function doTo(pair: Pair, side: Side, operationId: Act, loanId: string, options: object = {}) {
  return clientOf(pair, side).call(operationId, { params: { loanId }, ...options });
}

/** An active loan. */
export async function aLoan(pair: Pair, units: number): Promise<LoanRepresentation> {
  const { id } = (await propose(pair, units)).ok;
  return (await doTo(pair, 'lender', 'approveLoan', id)).ok;
}

export async function grantOf(scene: Scene): Promise<GrantRepresentation> {
  return (await scene.beneficiary.coordinator.call('getGrant', { params: { grantId: scene.grant.id } })).ok;
}

/** What each side may use, has committed, and has outstanding. */
export async function standing({ lender, borrower }: Pair) {
  const show = ({ balance, adjustments }: GrantRepresentation) => ({
    entitled: balance.entitled,
    committed: balance.committed,
    lentOut: adjustments.lentOut,
    borrowedIn: adjustments.borrowedIn,
  });
  return { lender: show(await grantOf(lender)), borrower: show(await grantOf(borrower)) };
}

export function transfer(from: Scene, to: Scene, units: number, over: object = {}, key?: string) {
  return from.beneficiary.coordinator.call('transferUnits', {
    params: { grantId: from.grant.id },
    body: { receivingGrantId: to.grant.id, units, ...over },
    ...(key === undefined ? {} : { key }),
  });
}

/** What is stored of the first segment of a grant's account. */
export async function firstSegment({ grant }: Scene): Promise<Record<string, unknown>> {
  const client = await engine();
  const Key = { pk: `GRANT#${familyOf(grant.id)}`, sk: 'GRANT#SEGMENT#00' };
  return (await client.send(new GetCommand({ TableName: await quotasTable(), Key }))).Item ?? {};
}

/** Suspends a grant that nothing has happened to but loans. */
export async function suspend({ provider, grant }: Scene): Promise<void> {
  const params = { grantId: grant.id };
  const ifMatch = (await provider.coordinator.call('getGrant', { params })).headers.etag ?? '';
  await provider.coordinator.call('updateGrant', { params, body: { status: 'suspended' }, ifMatch });
}
