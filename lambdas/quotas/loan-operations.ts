import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { GrantSuspended } from './errors.ts';
import { getGrant, readGrant } from './grant-operations.ts';
import type { loanRoutes } from './loan-contract.ts';
import { LendingLimitExceeded, LoanToOneself } from './loan-errors.ts';
import {
  deltasOf,
  type Loan,
  type LoanAction,
  type Party,
  refuseBorrowing,
  refuseDueDate,
  relationsToLoan,
  type Sides,
  type Step,
  takeStep,
} from './loan-model.ts';
import type { LoanChange } from './loan-table.ts';
import { earlierOf, grantInPool, MAX_ATTEMPTS, offerToLine, refusalOf } from './move-requests.ts';
import { adjusted, isWhole, type Stamp } from './moves.ts';
import type { Outcome } from './ports.ts';

/** Lending courses until a day. What may be lent and given back is the model's; who may ask, and what is written, is here. */

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getLoan({ loans }: AccountingPorts, permission: Permission, loanId: string): Promise<Loan> {
  const loan = await loans.getLoan(loanId);
  if (loan === undefined) throw notFound();
  permission.require(...relationsToLoan(loan, permission.caller.institutionId));
  return loan;
}

export interface LoanProposal {
  readonly permission: Permission;
  /** The borrower's. */
  readonly grantId: string;
  readonly body: z.output<typeof loanRoutes.proposeLoan.body>;
  readonly idempotencyKey: string;
}

/**
 * Proposes a loan to the caller's grant. Nothing moves by it. What it says of the lending grant is only what its holder
 * would have to tell anyway: that it is in the pool, and whether it may ever lend so many.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `grant-not-in-pool`, `loan-to-oneself`,
 *   `due-date-past`, `due-date-outside-period`, `grant-suspended`, `lending-limit-exceeded`, `borrowing-limit-exceeded`
 */
export async function proposeLoan(ports: AccountingPorts, request: LoanProposal): Promise<Outcome<Loan>> {
  const { permission, grantId, body } = request;
  const { grant: borrowing } = await getGrant(ports, permission, grantId);
  const { units, dueDate } = body;
  const now = ports.now();
  const id = ports.newId();
  const creation = creationOf(ports, request, ['proposeLoan', grantId], id);
  const earlier = await earlierOf(ports, creation, (loanId) => getLoanAsIs(ports, loanId));
  if (earlier !== undefined) return earlier;

  if (body.lendingGrantId === grantId) throw new Problem(LoanToOneself, 'Both grants are the same.');
  const { grant: lending } = await grantInPool(ports, body.lendingGrantId, borrowing.poolId);
  if (lending.beneficiaryId === borrowing.beneficiaryId) {
    throw new Problem(LoanToOneself, 'Your institution holds both grants.');
  }
  refuseDueDate(dueDate, borrowing.period, now);
  if (borrowing.status === 'suspended') throw new Problem(GrantSuspended, 'The provider has suspended this grant.');
  refuseBorrowing(borrowing, units);
  if (units > lending.lendingLimit) {
    throw new Problem(LendingLimitExceeded, 'The lending grant never lends so many courses.');
  }
  const at = now.toISOString();
  const loan: Loan = {
    id,
    poolId: borrowing.poolId,
    providerId: borrowing.providerId,
    service: borrowing.service,
    lendingGrantId: lending.id,
    lenderId: lending.beneficiaryId,
    borrowingGrantId: borrowing.id,
    borrowerId: borrowing.beneficiaryId,
    units,
    outstanding: 0,
    returned: 0,
    kept: 0,
    dueDate,
    status: 'proposed',
    createdAt: at,
    updatedAt: at,
    version: 1,
    by: permission.agent,
  };
  const outcome = await ports.loans.createLoan(creation, loan);
  if (outcome.kind === 'created') return { value: loan, replayed: false };
  if (outcome.kind === 'replayed') return { value: await getLoanAsIs(ports, outcome.resourceId), replayed: true };
  throw refusalOf(outcome.kind);
}

/** A loan that is known to be there. */
export async function getLoanAsIs({ loans }: AccountingPorts, loanId: string): Promise<Loan> {
  const loan = await loans.getLoan(loanId);
  if (loan === undefined) throw new Error('A loan that was made is not there');
  return loan;
}

export interface LoanRequest {
  readonly permission: Permission;
  readonly loanId: string;
  readonly action: Exclude<LoanAction, 'settle'>;
  readonly body: { readonly units?: number };
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/**
 * Carries an action out on a loan: in one transaction with both grants, their accounts, the balance between the two
 * institutions and the memory of the request.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `stale-version`, what `takeStep` throws,
 *   `partner-not-active`, `too-many-at-once`, `busy`
 */
export async function actOnLoan(ports: AccountingPorts, request: LoanRequest): Promise<Outcome<Loan>> {
  const { permission, loanId, action, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const creation = creationOf(ports, { permission, body, idempotencyKey }, [action, loanId], loanId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const loan = await getLoan(ports, permission, loanId);
    const earlier = await earlierOf(ports, creation, () => Promise.resolve(loan));
    if (earlier !== undefined) return earlier;
    refuseStale('loan', loan, expectedVersion);
    const sides = await sidesOf(ports, loan);
    if (sides === undefined) continue;
    const party = partyOf(loan, permission.caller.institutionId);
    const stamp = { by: permission.agent, now: ports.now() };
    const change = changeOf(loan, takeStep(loan, { action, party, units: body.units }, sides, stamp.now), sides, stamp);
    if (change === undefined) continue;
    const outcome = await ports.loans.changeLoan(creation, change);
    if (outcome.kind === 'created') {
      await offerMoved(ports, change, sides);
      return { value: change.loan, replayed: false };
    }
    if (outcome.kind === 'replayed') return { value: await getLoanAsIs(ports, loanId), replayed: true };
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome.kind);
  }
  throw new Problem(Busy, 'The loan or its grants are being changed by others.', {}, 1);
}

/** Both sides of a loan, each read as of one moment; `undefined` when that has to be tried again. */
export async function sidesOf(
  ports: AccountingPorts,
  { lendingGrantId, borrowingGrantId }: Loan,
): Promise<Sides | undefined> {
  const [lending, borrowing] = await Promise.all([
    readGrant(ports, lendingGrantId),
    readGrant(ports, borrowingGrantId),
  ]);
  return isWhole(lending) && isWhole(borrowing) ? { lending, borrowing } : undefined;
}

function partyOf(loan: Loan, institutionId: string): Party {
  const [relation] = relationsToLoan(loan, institutionId);
  if (relation === 'lender' || relation === 'borrower' || relation === 'provider') return relation;
  throw new Error('Somebody may act on a loan and is no party of it');
}

/** Offers what has come to one of the sides to those who wait there. */
export async function offerMoved(ports: AccountingPorts, { movement }: LoanChange, sides: Sides): Promise<void> {
  if (movement?.of.kind === 'lend') await offerToLine(ports, sides.borrowing);
  if (movement?.of.kind === 'give-back') await offerToLine(ports, sides.lending);
}

/** What a step changes; `undefined` when an account has moved on since it was judged. */
export function changeOf(loan: Loan, step: Step, sides: Sides, stamp: Stamp): LoanChange | undefined {
  const next: Loan = {
    ...loan,
    ...step.loan,
    version: loan.version + 1,
    by: stamp.by,
    updatedAt: stamp.now.toISOString(),
  };
  if (step.movement === undefined) return { loan: next };
  const deltas = deltasOf(step.movement);
  const lending = adjusted(sides.lending, deltas.lending, stamp, { cause: loan.id });
  const borrowing = adjusted(sides.borrowing, deltas.borrowing, stamp, { cause: loan.id });
  if (lending === undefined || borrowing === undefined) return undefined;
  return { loan: next, movement: { of: step.movement, lending, borrowing } };
}
