import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { CalendarDate, Id, Instant, institutionFilter, PageQuery, pageOf, Service } from '../shared/values.ts';
import { GrantSuspended, OutsidePeriod } from './errors.ts';
import {
  BorrowingLimitExceeded,
  DueDateOutsidePeriod,
  DueDatePast,
  GrantNotInPool,
  LendingLimitExceeded,
  LoanStateConflict,
  LoanToOneself,
  MoreThanOutstanding,
  PartnerNotActive,
  TooManyAtOnce,
  TransferBelowCommitted,
  TransferNeedsProvider,
  TransferToItself,
  UnitsCommitted,
  UnitsNotLendable,
} from './loan-errors.ts';
import { ChangeReason, SomeUnits } from './units.ts';

/** Courses that move between the grants of a pool: lent until a day, or transferred for good. */

const LOAN_STATUSES = [
  'proposed',
  'approved',
  'active',
  'partly-returned',
  'returned',
  'settled',
  'written-off',
  'declined',
  'withdrawn',
] as const;
export type LoanStatus = (typeof LOAN_STATUSES)[number];

export const Loan = z
  .strictObject({
    id: Id,
    poolId: Id,
    providerId: Id,
    service: Service,
    lendingGrantId: Id,
    lenderId: Id,
    borrowingGrantId: Id,
    borrowerId: Id,
    units: z.int(),
    outstanding: z.int(),
    returned: z.int(),
    kept: z.int(),
    dueDate: CalendarDate,
    status: z.enum(LOAN_STATUSES),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, {
    id: 'Loan',
    description:
      'Courses one beneficiary lends another of the same pool. Once it is active `units` = `outstanding` + `returned` + `kept`; `kept` became the borrower’s when the loan was settled or written off.',
  });
export type LoanRepresentation = z.infer<typeof Loan>;

export const Transfer = z
  .strictObject({
    id: Id,
    poolId: Id,
    providerId: Id,
    service: Service,
    givingGrantId: Id,
    giverId: Id,
    receivingGrantId: Id,
    receiverId: Id,
    units: z.int(),
    reason: z.optional(ChangeReason),
    createdAt: Instant,
  })
  .register(z.globalRegistry, {
    id: 'Transfer',
    description: 'Courses handed on to another grant of the pool, for good.',
  });
export type TransferRepresentation = z.infer<typeof Transfer>;

export const LoanBalance = z
  .strictObject({
    institutionId: Id,
    service: Service,
    lent: z.int(),
    borrowed: z.int(),
    settledLent: z.int(),
    settledBorrowed: z.int(),
    balance: z.int(),
  })
  .register(z.globalRegistry, {
    id: 'LoanBalance',
    description:
      'How you stand with another institution for one service, in courses. `lent` and `borrowed` are outstanding; `settledLent` and `settledBorrowed` were not returned by the year’s end. `balance` = `lent` + `settledLent` − `borrowed` − `settledBorrowed`: what they owe you, negative for what you owe them.',
  });
export type LoanBalanceRepresentation = z.infer<typeof LoanBalance>;

const grantParams = z.strictObject({ grantId: Id });

/** What the actions on a loan share. */
const loanAction = {
  method: 'POST',
  scopes: ['hub/quotas.write'],
  params: z.strictObject({ loanId: Id }),
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The loan as it is then.', schema: Loan, etag: true },
  problems: [NotFound, StaleVersion, LoanStateConflict],
} as const;

/** Part of a loan can come back, again and again: without a key a repetition could not be told from a second part. */
const givingBack = {
  ...loanAction,
  body: z.strictObject({ units: z.exactOptional(SomeUnits) }),
  idempotencyKey: 'required',
  problems: [...loanAction.problems, UnitsCommitted, MoreThanOutstanding, TooManyAtOnce],
} as const;

export const loanRoutes = defineRoutes({
  proposeLoan: {
    operationId: 'proposeLoan',
    method: 'POST',
    path: '/v1/grants/{grantId}/loans',
    summary: 'Propose to borrow courses of another grant of the pool',
    description:
      'The grant in the path is the borrower’s own. `lendingGrantId` is told to you by the lender or the provider. Nothing moves before the lender has approved, and the provider where one of the grants says `loansNeedApproval`.',
    scopes: ['hub/quotas.write'],
    access: doneBy(COORDINATORS, 'beneficiary'),
    params: grantParams,
    body: z.strictObject({ lendingGrantId: Id, units: SomeUnits, dueDate: CalendarDate }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The proposal.', schema: Loan, etag: true },
    problems: [
      NotFound,
      GrantNotInPool,
      LoanToOneself,
      DueDatePast,
      DueDateOutsidePeriod,
      GrantSuspended,
      LendingLimitExceeded,
      BorrowingLimitExceeded,
    ],
  },
  listLoans: {
    operationId: 'listLoans',
    method: 'GET',
    path: '/v1/grants/{grantId}/loans',
    summary: 'Loans from and to a grant',
    scopes: ['hub/quotas.read'],
    access: readBy('provider', 'beneficiary'),
    params: grantParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of loans, oldest first.',
      schema: pageOf(Loan, 'LoanPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getLoan: {
    operationId: 'getLoan',
    method: 'GET',
    path: '/v1/loans/{loanId}',
    summary: 'One loan',
    scopes: ['hub/quotas.read'],
    access: readBy('provider', 'lender', 'borrower'),
    params: z.strictObject({ loanId: Id }),
    response: { status: 200, description: 'The loan.', schema: Loan, etag: true },
    problems: [NotFound],
  },
  approveLoan: {
    ...loanAction,
    operationId: 'approveLoan',
    path: '/v1/loans/{loanId}/approve',
    summary: 'proposed → approved → active: agree, as the lender and then, where asked for, as the provider',
    access: doneBy(COORDINATORS, 'lender', 'provider'),
    problems: [
      ...loanAction.problems,
      DueDatePast,
      DueDateOutsidePeriod,
      GrantSuspended,
      LendingLimitExceeded,
      BorrowingLimitExceeded,
      UnitsNotLendable,
      PartnerNotActive,
      TooManyAtOnce,
    ],
  },
  declineLoan: {
    ...loanAction,
    operationId: 'declineLoan',
    path: '/v1/loans/{loanId}/decline',
    summary: 'proposed, approved → declined: the lender or the provider does not agree',
    access: doneBy(COORDINATORS, 'lender', 'provider'),
  },
  withdrawLoan: {
    ...loanAction,
    operationId: 'withdrawLoan',
    path: '/v1/loans/{loanId}/withdraw',
    summary: 'proposed, approved → withdrawn: the borrower no longer asks',
    access: doneBy(COORDINATORS, 'borrower'),
  },
  returnLoan: {
    ...givingBack,
    operationId: 'returnLoan',
    path: '/v1/loans/{loanId}/return',
    summary: 'active → partly-returned → returned: give uncommitted courses back',
    description: 'Without `units` all that is outstanding.',
    access: doneBy(COORDINATORS, 'borrower'),
  },
  recallLoan: {
    ...givingBack,
    operationId: 'recallLoan',
    path: '/v1/loans/{loanId}/recall',
    summary: 'active → partly-returned → returned: take uncommitted courses back',
    description: 'Without `units` as many as the borrower has not committed.',
    access: doneBy(COORDINATORS, 'lender'),
  },
  writeOffLoan: {
    ...loanAction,
    operationId: 'writeOffLoan',
    path: '/v1/loans/{loanId}/write-off',
    summary: 'active, partly-returned → written-off: leave what is outstanding to the borrower',
    access: doneBy(COORDINATORS, 'lender'),
  },
  listLoanBalances: {
    operationId: 'listLoanBalances',
    method: 'GET',
    path: '/v1/loan-balances',
    summary: 'How you stand with each institution you have lent to or borrowed from',
    scopes: ['hub/quotas.read'],
    access: readBy('self'),
    query: z.strictObject({
      ...PageQuery,
      ...institutionFilter,
    }),
    response: {
      status: 200,
      description: 'A page of balances, by institution and service.',
      schema: pageOf(LoanBalance, 'LoanBalancePage'),
    },
    problems: [InvalidCursor, NotFound],
  },
  transferUnits: {
    operationId: 'transferUnits',
    method: 'POST',
    path: '/v1/grants/{grantId}/transfers',
    summary: 'Hand uncommitted courses on to another grant of the pool, for good',
    description:
      'The grant in the path gives. Its beneficiary may do this, or the provider; only the provider where one of the grants says `loansNeedApproval`.',
    scopes: ['hub/quotas.write'],
    access: doneBy(COORDINATORS, 'beneficiary', 'provider'),
    params: grantParams,
    body: z.strictObject({ receivingGrantId: Id, units: SomeUnits, reason: z.exactOptional(ChangeReason) }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The transfer.', schema: Transfer, etag: true },
    problems: [
      NotFound,
      GrantNotInPool,
      TransferToItself,
      TransferNeedsProvider,
      GrantSuspended,
      OutsidePeriod,
      TransferBelowCommitted,
      PartnerNotActive,
      TooManyAtOnce,
    ],
  },
  getTransfer: {
    operationId: 'getTransfer',
    method: 'GET',
    path: '/v1/transfers/{transferId}',
    summary: 'One transfer',
    scopes: ['hub/quotas.read'],
    access: readBy('provider', 'beneficiary'),
    params: z.strictObject({ transferId: Id }),
    response: { status: 200, description: 'The transfer.', schema: Transfer, etag: true },
    problems: [NotFound],
  },
});
