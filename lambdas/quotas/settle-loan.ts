import type { Agent } from '../shared/auth/agent.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { type Doing, type Loan, takeStep, uncommitted } from './loan-model.ts';
import { changeOf, getLoanAsIs, offerMoved, sidesOf } from './loan-operations.ts';
import { MAX_ATTEMPTS } from './move-requests.ts';

/** The end of a loan at the end of its period. */

/** Courses that go back in one step: so few always fit into one transaction. */
const PART = 40;

/**
 * Settles a loan at the end of its period: what the borrower has not committed goes back to the lender, and what it has
 * becomes its own. A loan of which nothing is outstanding stays as it is, so that repeating this changes nothing.
 * @param by who closes the period
 * @throws Problem `busy` when others keep changing the grants
 */
export async function settleLoan(ports: AccountingPorts, loanId: string, by: Agent): Promise<Loan> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; ) {
    await takeTurns(attempt);
    const loan = await getLoanAsIs(ports, loanId);
    if (loan.outstanding === 0) return loan;
    const sides = await sidesOf(ports, loan);
    const free = sides === undefined ? 0 : Math.min(PART, uncommitted(loan, sides));
    const doing: Doing =
      free > 0 ? { action: 'recall', party: 'hub', units: free } : { action: 'settle', party: 'hub' };
    const stamp = { by, now: ports.now() };
    const change = sides && changeOf(loan, takeStep(loan, doing, sides, stamp.now), sides, stamp);
    const request = `settle-${loanId}-${String(loan.version)}`;
    const creation: Creation = { request, fingerprint: '', resourceId: loanId, now: stamp.now };
    const outcome = change && (await ports.loans.changeLoan(creation, change));
    if (change === undefined || sides === undefined || outcome?.kind !== 'created') attempt += 1;
    else await offerMoved(ports, change, sides);
  }
  throw new Problem(Busy, 'The loan or its grants are being changed by others.', {}, 1);
}
