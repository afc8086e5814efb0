import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of loans, transfers and changes of a grant's terms, each named after the precondition that failed. */

export const LoanStateConflict: ProblemType = {
  code: 'loan-state-conflict',
  status: 409,
  title: 'The loan’s status does not allow this',
  advice:
    '`loanStatus` says where the loan is, `allowedFrom` where it would have to be for you to do this. Read the loan again.',
};

export const LendingLimitExceeded: ProblemType = {
  code: 'lending-limit-exceeded',
  status: 409,
  title: 'More would be lent than the lending grant may lend',
  advice:
    'The lending grant has a `lendingLimit`, and what it has lent out already counts. Lend fewer, wait until something was returned, or ask the provider for a higher limit.',
};

export const BorrowingLimitExceeded: ProblemType = {
  code: 'borrowing-limit-exceeded',
  status: 409,
  title: 'More would be borrowed than the borrowing grant may borrow',
  advice:
    'The borrowing grant has a `borrowingLimit`, and what it has borrowed already counts. Borrow fewer, return something first, or ask the provider for a higher limit.',
};

export const LoanToOneself: ProblemType = {
  code: 'loan-to-oneself',
  status: 422,
  title: 'Lender and borrower are the same institution',
  advice: 'A loan is between two institutions. Between grants of your own use a transfer.',
};

export const TransferToItself: ProblemType = {
  code: 'transfer-to-itself',
  status: 422,
  title: 'Both grants of the transfer are the same',
  advice: 'Name another grant of the same pool in `receivingGrantId`.',
};

export const GrantNotInPool: ProblemType = {
  code: 'grant-not-in-pool',
  status: 422,
  title: 'The pool has no grant with this id',
  advice:
    'Courses move only between grants of one pool. Ask the other institution, or the pool’s provider, for the id of its grant.',
};

export const UnitsNotLendable: ProblemType = {
  code: 'units-not-lendable',
  status: 409,
  title: 'The lending grant has too few courses of its own that nobody uses',
  advice:
    'Only uncommitted courses of one’s own are lent: a grant’s own courses count as used before borrowed ones, and borrowed ones are not lent on. Lend fewer, or release holds first.',
};

export const TransferBelowCommitted: ProblemType = {
  code: 'transfer-below-committed',
  status: 409,
  title: 'The giving grant has too few courses of its own that nobody uses',
  advice:
    '`transferable` courses can be given away: what is committed stays, and what is borrowed is not one’s own. Transfer at most that number.',
};

export const TransferNeedsProvider: ProblemType = {
  code: 'transfer-needs-provider',
  status: 403,
  title: 'Only the provider transfers courses of these grants',
  advice: 'One of the two grants says `loansNeedApproval`. Ask the pool’s provider to make the transfer.',
};

export const UnitsCommitted: ProblemType = {
  code: 'units-committed',
  status: 409,
  title: 'The borrower has committed the courses',
  advice:
    '`uncommitted` courses of the loan can come back now: no patient is ever pre-empted. Ask for at most that number; the rest comes back when bookings are released or cancelled.',
};

export const MoreThanOutstanding: ProblemType = {
  code: 'more-than-outstanding',
  status: 409,
  title: 'The loan has fewer courses outstanding',
  advice: '`outstanding` courses of the loan have not come back yet. Name at most that number, or none for all.',
};

export const DueDatePast: ProblemType = {
  code: 'due-date-past',
  status: 422,
  title: 'The loan’s due date is in the past',
  advice:
    'Propose a loan with a `dueDate` of today or later, in the pool’s time zone. A proposal whose day has come and gone can no longer be approved.',
};

export const DueDateOutsidePeriod: ProblemType = {
  code: 'due-date-outside-period',
  status: 422,
  title: 'The loan’s due date is outside the pool’s period',
  advice: 'Courses come back within the `period` they belong to. Choose a day of it.',
};

export const PartnerNotActive: ProblemType = {
  code: 'partner-not-active',
  status: 409,
  title: 'Who would get the courses is not an active partner',
  advice: 'Courses go to active partners only. Ask an admin of the Hub about the institution’s status.',
};

export const TooManyAtOnce: ProblemType = {
  code: 'too-many-at-once',
  status: 409,
  title: 'So many courses cannot be moved at once',
  advice:
    'The grants’ accounts are too scattered for one step of this size. Move fewer courses at a time; 40 are always possible.',
};

export const NominalBelowLent: ProblemType = {
  code: 'nominal-below-lent',
  status: 409,
  title: 'The grant would have less of its own than it has given to others',
  advice:
    '`minimum` is the smallest `nominal` that covers what the grant has lent and transferred. Choose at least that number, or wait until loans were returned.',
};

export const LimitBelowOutstanding: ProblemType = {
  code: 'limit-below-outstanding',
  status: 409,
  title: 'The limit would be below what is lent or borrowed',
  advice:
    '`lentOut` and `borrowedIn` courses of the grant are outstanding. Choose limits of at least these numbers; no loan is called back by a lower limit.',
};

export const ReasonMissing: ProblemType = {
  code: 'reason-missing',
  status: 422,
  title: 'A grant is raised without a reason',
  advice:
    'Send `reason` together with a higher `nominal`: `emergency`, `agreement-amended`, `demand-shifted` or `correction`. It is kept with the change.',
};

export const LOAN_PROBLEMS: readonly ProblemType[] = [
  LoanStateConflict,
  LendingLimitExceeded,
  BorrowingLimitExceeded,
  LoanToOneself,
  TransferToItself,
  GrantNotInPool,
  UnitsNotLendable,
  TransferBelowCommitted,
  TransferNeedsProvider,
  UnitsCommitted,
  MoreThanOutstanding,
  DueDatePast,
  DueDateOutsidePeriod,
  PartnerNotActive,
  TooManyAtOnce,
  NominalBelowLent,
  LimitBelowOutstanding,
  ReasonMissing,
];
