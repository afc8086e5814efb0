import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of the end of a period, each named after the precondition that failed. */

export const PeriodNotOver: ProblemType = {
  code: 'period-not-over',
  status: 409,
  title: 'The pool’s period is not over',
  advice:
    'A period is closed after its last day, in its time zone: see `period`. With `dryRun` you see at any time what closing it would do.',
};

export const PeriodClosed: ProblemType = {
  code: 'period-closed',
  status: 409,
  title: 'The pool’s period is closed, or being closed',
  advice:
    'What was granted in it is settled and does not change any more. Bookings with a date go on; everything else belongs into a pool of the next period.',
};

export const PeriodNotClosed: ProblemType = {
  code: 'period-not-closed',
  status: 409,
  title: 'The pool’s period is not closed',
  advice:
    'The report of a period that is not closed counts everything that happens in it: read it, there is nothing to restate.',
};

export const NextPoolMissing: ProblemType = {
  code: 'next-pool-missing',
  status: 422,
  title: 'Courses are to be carried over, and no pool is named for them',
  advice:
    'Grants of this pool have a `carryOver` policy and unused courses. Name the pool of the next period in `nextPoolId`.',
};

export const NextPoolUnsuitable: ProblemType = {
  code: 'next-pool-unsuitable',
  status: 422,
  title: 'Courses cannot be carried into that pool',
  advice:
    '`nextPoolId` has to be an open pool of your institution, for the same service, whose period begins after this one ends.',
};

export const NextGrantMissing: ProblemType = {
  code: 'next-grant-missing',
  status: 409,
  title: 'A partner whose courses are carried over has no grant in the next pool',
  advice:
    'Make a grant in the next pool for each of `beneficiaryIds` first; it may have a `nominal` of 0. Nothing has been closed.',
};

export const CLOSING_PROBLEMS: readonly ProblemType[] = [
  PeriodNotOver,
  PeriodClosed,
  PeriodNotClosed,
  NextPoolMissing,
  NextPoolUnsuitable,
  NextGrantMissing,
];
