import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals that are about money. */

export const CurrenciesMixed: ProblemType = {
  code: 'currencies-mixed',
  status: 422,
  title: 'The amounts are not all in one currency',
  advice:
    'The Hub converts nothing: the items of a travel grant, what is offered and paid for it, and the budget it is paid from are all in one currency. `currency` says in which, where it is settled.',
};

export const BudgetExceeded: ProblemType = {
  code: 'budget-exceeded',
  status: 409,
  uncounted: true,
  title: 'The budget has less than that left',
  advice:
    '`available` says how much is neither promised nor paid. Offer less, raise the limit, or choose another budget.',
};

export const BudgetInUse: ProblemType = {
  code: 'budget-in-use',
  status: 409,
  uncounted: true,
  title: 'More of the budget is promised or paid than this change allows',
  advice:
    'The limit is never below `committed` and `disbursed` together; who pays is changed only while nothing is promised or paid.',
};

export const BudgetUnknown: ProblemType = {
  code: 'budget-unknown',
  status: 422,
  title: 'The cohort has no such budget',
  advice: 'Grants are paid from the budgets of their own cohort, which `/v1/cohorts/{cohortId}/budgets` lists.',
};

export const MoreThanAgreed: ProblemType = {
  code: 'more-than-agreed',
  status: 422,
  title: 'That is more than was asked for, or offered',
  advice:
    '`most` says how much it can be: no more is offered than was asked for, and no more is paid than was offered.',
};

export const TravelGrantExists: ProblemType = {
  code: 'travel-grant-exists',
  status: 409,
  uncounted: true,
  title: 'There is a travel grant for this application already',
  advice: '`travelGrantId` is that grant. Another one can be asked for after it was declined or withdrawn.',
};

export const TravelGrantStateConflict: ProblemType = {
  code: 'travel-grant-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The travel grant’s status does not allow this',
  advice: '`travelGrantStatus` says where it is, `allowedFrom` where it would have to be. Read it again.',
};

export const FUNDING_PROBLEMS: readonly ProblemType[] = [
  CurrenciesMixed,
  BudgetExceeded,
  BudgetInUse,
  BudgetUnknown,
  MoreThanAgreed,
  TravelGrantExists,
  TravelGrantStateConflict,
];
