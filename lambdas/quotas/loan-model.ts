import type { Versioned } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { isOver } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import type { Period } from './contract-parts.ts';
import { GrantSuspended } from './errors.ts';
import type { Adjustments } from './grant-contract.ts';
import type {
  LoanBalanceRepresentation,
  LoanRepresentation,
  LoanStatus,
  TransferRepresentation,
} from './loan-contract.ts';
import {
  BorrowingLimitExceeded,
  DueDateOutsidePeriod,
  DueDatePast,
  LendingLimitExceeded,
  LoanStateConflict,
  MoreThanOutstanding,
  UnitsCommitted,
  UnitsNotLendable,
} from './loan-errors.ts';
import type { Grant } from './model.ts';
import { freeUnits, type GrantState, givable } from './moves.ts';

/** Loans and transfers as the Hub keeps them, and every decision about a loan. Pure. */

export type Loan = LoanRepresentation & Versioned;
export type Transfer = TransferRepresentation & Versioned;
export type LoanBalance = Omit<LoanBalanceRepresentation, 'balance'>;

export type LoanAction = 'approve' | 'decline' | 'withdraw' | 'return' | 'recall' | 'settle' | 'write-off';
/** Who acts on a loan; the Hub itself at the year's end. */
export type Party = 'lender' | 'borrower' | 'provider' | 'hub';

const OPEN = ['proposed', 'approved'] as const;
const OUT = ['active', 'partly-returned'] as const;

/** From which statuses each party may do what. */
const TRANSITIONS: Readonly<Record<LoanAction, Partial<Record<Party, readonly LoanStatus[]>>>> = {
  approve: { lender: ['proposed'], provider: ['approved'] },
  decline: { lender: OPEN, provider: ['approved'] },
  withdraw: { borrower: OPEN },
  return: { borrower: OUT },
  recall: { lender: OUT, hub: OUT },
  settle: { hub: OUT },
  'write-off': { lender: OUT },
};

/** How many units change sides, and in which way. */
export interface Movement {
  readonly kind: 'lend' | 'give-back' | 'settle' | 'write-off';
  readonly units: number;
}

interface Deltas {
  readonly lending: Partial<Adjustments>;
  readonly borrowing: Partial<Adjustments>;
  /** Of the balance between the two institutions. */
  readonly outstanding: number;
  readonly settled: number;
}

/** What a movement adds to the two grants and to the balance of their institutions. Both sides always sum to nothing. */
export function deltasOf({ kind, units }: Movement): Deltas {
  const lent = { lending: { lentOut: units }, borrowing: { borrowedIn: units }, outstanding: units, settled: 0 };
  const back = { lending: { lentOut: -units }, borrowing: { borrowedIn: -units }, outstanding: -units, settled: 0 };
  // What is kept was lent until now, and is transferred from now on: nobody's entitlement changes by it.
  const kept = {
    ...back,
    lending: { ...back.lending, transferredOut: units },
    borrowing: { ...back.borrowing, transferredIn: units },
  };
  return { lend: lent, 'give-back': back, settle: { ...kept, settled: units }, 'write-off': kept }[kind];
}

/** How an institution stands to a loan. */
export function relationsToLoan({ lenderId, borrowerId, providerId }: Loan, institutionId: string): Relation[] {
  if (institutionId === lenderId) return ['lender'];
  if (institutionId === borrowerId) return ['borrower'];
  return institutionId === providerId ? ['provider'] : ['none'];
}

/** Both grants of a loan with their accounts. */
export interface Sides {
  readonly lending: GrantState;
  readonly borrowing: GrantState;
}

/** @throws Problem `due-date-past`, `due-date-outside-period` */
export function refuseDueDate(dueDate: string, period: Period, now: Date): void {
  if (isOver(dueDate, period.timeZone, now)) {
    throw new Problem(DueDatePast, `The due date ${dueDate} is over (${period.timeZone}).`);
  }
  if (dueDate < period.start || dueDate > period.end) {
    throw new Problem(DueDateOutsidePeriod, `The period is ${period.start} to ${period.end}.`, { period });
  }
}

/** @throws Problem `borrowing-limit-exceeded` */
export function refuseBorrowing({ borrowingLimit, adjustments: { borrowedIn } }: Grant, units: number): void {
  if (borrowedIn + units > borrowingLimit) {
    throw new Problem(BorrowingLimitExceeded, 'The borrowing grant would borrow more than its limit.');
  }
}

/** Whether the units can be lent now. @throws Problem named after what stands against it */
function refuseLending({ lending, borrowing }: Sides, { units, dueDate }: Loan, now: Date): void {
  const { status, period, lendingLimit, adjustments } = lending.grant;
  if (status === 'suspended' || borrowing.grant.status === 'suspended') {
    throw new Problem(GrantSuspended, 'One of the two grants is suspended.');
  }
  refuseDueDate(dueDate, period, now);
  if (adjustments.lentOut + units > lendingLimit) {
    throw new Problem(LendingLimitExceeded, 'The lending grant would lend more than its limit.', {
      lendingLimit,
      lentOut: adjustments.lentOut,
    });
  }
  refuseBorrowing(borrowing.grant, units);
  const lendable = givable(lending);
  if (units > lendable) {
    throw new Problem(UnitsNotLendable, 'The lending grant has too few uncommitted courses of its own.', { lendable });
  }
}

/** What a step makes of a loan, and what moves by it. */
export interface Step {
  readonly loan: Pick<Loan, 'status' | 'outstanding' | 'returned' | 'kept'>;
  readonly movement?: Movement;
}

export interface Doing {
  readonly action: LoanAction;
  readonly party: Party;
  /** How many courses to give or take back; not said: as many as possible. */
  readonly units?: number | undefined;
}

/**
 * Carries an action out on a loan.
 * @throws Problem `loan-state-conflict`, or what stands against lending or giving back
 */
export function takeStep(loan: Loan, { action, party, units }: Doing, sides: Sides, now: Date): Step {
  const allowedFrom = TRANSITIONS[action][party] ?? [];
  if (!allowedFrom.includes(loan.status)) {
    throw new Problem(LoanStateConflict, `The loan is ${loan.status}.`, { loanStatus: loan.status, allowedFrom });
  }
  const { outstanding, returned, kept } = loan;
  const counts = { outstanding, returned, kept };
  switch (action) {
    case 'approve': {
      refuseLending(sides, loan, now);
      const asked = sides.lending.grant.loansNeedApproval || sides.borrowing.grant.loansNeedApproval;
      if (party === 'lender' && asked) return { loan: { ...counts, status: 'approved' } };
      return {
        loan: { ...counts, status: 'active', outstanding: loan.units },
        movement: { kind: 'lend', units: loan.units },
      };
    }
    case 'decline':
      return { loan: { ...counts, status: 'declined' } };
    case 'withdraw':
      return { loan: { ...counts, status: 'withdrawn' } };
    case 'return':
      return giveBack(loan, units ?? outstanding, sides);
    case 'recall':
      return giveBack(loan, units ?? Math.max(1, uncommitted(loan, sides)), sides);
    case 'settle':
      return keep(loan, { status: 'settled', kind: 'settle' });
    case 'write-off':
      return keep(loan, { status: 'written-off', kind: 'write-off' });
  }
}

/** How many of a loan's courses its borrower can do without now. */
export function uncommitted({ outstanding }: Loan, { borrowing }: Sides): number {
  return Math.min(outstanding, freeUnits(borrowing.account));
}

function giveBack(loan: Loan, units: number, sides: Sides): Step {
  const { outstanding, returned, kept } = loan;
  if (units > outstanding) {
    throw new Problem(MoreThanOutstanding, 'The loan has fewer courses outstanding.', { outstanding });
  }
  const free = uncommitted(loan, sides);
  if (units > free) {
    throw new Problem(UnitsCommitted, 'The borrower has committed these courses.', { uncommitted: free, outstanding });
  }
  const left = outstanding - units;
  return {
    loan: { status: left === 0 ? 'returned' : 'partly-returned', outstanding: left, returned: returned + units, kept },
    movement: { kind: 'give-back', units },
  };
}

function keep({ outstanding, returned }: Loan, { status, kind }: { status: LoanStatus; kind: Movement['kind'] }): Step {
  return { loan: { status, outstanding: 0, returned, kept: outstanding }, movement: { kind, units: outstanding } };
}
