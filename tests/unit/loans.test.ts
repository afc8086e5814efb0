import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { LoanStatus } from '../../lambdas/quotas/loan-contract.ts';
import {
  deltasOf,
  type Loan,
  type LoanAction,
  type Party,
  type Sides,
  takeStep,
} from '../../lambdas/quotas/loan-model.ts';
import { entitlementOf, type Grant, NO_ADJUSTMENTS } from '../../lambdas/quotas/model.ts';
import { adjusted, type GrantState, givable, isWhole, smallestNominal } from '../../lambdas/quotas/moves.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { planResize } from '../../lambdas/shared/capacity/account.ts';
import { Problem } from '../../lambdas/shared/http/problem.ts';

const NOW = new Date('2026-06-01T09:00:00Z');
const ID = '019a8f3e-7c00-7a11-8000-000000000001';

function stateOf(nominal: number, committed = 0, over: Partial<Grant> = {}): GrantState {
  const at = NOW.toISOString();
  const grant: Grant = {
    id: ID,
    poolId: ID,
    providerId: ID,
    beneficiaryId: ID,
    service: 'proton-therapy',
    period: { start: '2026-01-01', end: '2026-12-31', timeZone: 'Asia/Almaty' },
    nominal,
    lendingLimit: 100,
    borrowingLimit: 100,
    loansNeedApproval: false,
    adjustments: NO_ADJUSTMENTS,
    status: 'active',
    createdAt: at,
    updatedAt: at,
    version: 1,
    by: HUB,
    ...over,
  };
  let left = committed;
  const account = (planResize([], entitlementOf(grant)) ?? []).map(({ number, to }) => {
    const here = Math.min(left, to);
    left -= here;
    return { number, entitled: to, committed: here, closed: false, holders: [] };
  });
  return { grant, account };
}

function aLoan(over: Partial<Loan> = {}): Loan {
  return {
    id: ID,
    poolId: ID,
    providerId: 'provider',
    service: 'proton-therapy',
    lendingGrantId: ID,
    lenderId: 'lender',
    borrowingGrantId: ID,
    borrowerId: 'borrower',
    units: 2,
    outstanding: 0,
    returned: 0,
    kept: 0,
    dueDate: '2026-12-01',
    status: 'proposed',
    createdAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
    version: 1,
    by: HUB,
    ...over,
  };
}

const sides: Sides = { lending: stateOf(5), borrowing: stateOf(5) };
const STATUSES: LoanStatus[] = [
  ...(['proposed', 'approved', 'active', 'partly-returned', 'returned'] as const),
  ...(['settled', 'written-off', 'declined', 'withdrawn'] as const),
];
const OUT: LoanStatus[] = ['active', 'partly-returned'];

/** From where each party may do what: anything else is refused. */
const ALLOWED: Record<LoanAction, Partial<Record<Party, LoanStatus[]>>> = {
  approve: { lender: ['proposed'], provider: ['approved'] },
  decline: { lender: ['proposed', 'approved'], provider: ['approved'] },
  withdraw: { borrower: ['proposed', 'approved'] },
  return: { borrower: OUT },
  recall: { lender: OUT, hub: OUT },
  settle: { hub: OUT },
  'write-off': { lender: OUT },
};
const steps = (Object.keys(ALLOWED) as LoanAction[]).flatMap((action) =>
  (['lender', 'borrower', 'provider', 'hub'] as const).map((party) => ({ action, party })),
);

test.each(steps)('$action by the $party is possible where it should be, and nowhere else', ({ action, party }) => {
  const possible = STATUSES.filter((status) => {
    try {
      takeStep(aLoan({ status, outstanding: OUT.includes(status) ? 2 : 0 }), { action, party }, sides, NOW);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      return false;
    }
  });
  expect(possible).toEqual(ALLOWED[action][party] ?? []);
});

describe('a due date', () => {
  const approve = (dueDate: string, at: string) => () =>
    takeStep(aLoan({ dueDate }), { action: 'approve', party: 'lender' }, sides, new Date(at));

  test('is over at midnight in the pool’s time zone', () => {
    expect(approve('2026-06-01', '2026-06-01T18:59:59Z')).not.toThrow();
    expect(approve('2026-06-01', '2026-06-01T19:00:00Z')).toThrow('is over');
  });
});

test('no movement makes or loses a unit', () => {
  const kinds = fc.constantFrom(...(['lend', 'give-back', 'settle', 'write-off'] as const));
  fc.assert(
    fc.property(kinds, fc.integer({ min: 1, max: 2000 }), (kind, units) => {
      const { lending, borrowing, outstanding } = deltasOf({ kind, units });
      const change = (delta: object) => entitlementOf({ nominal: 0, adjustments: { ...NO_ADJUSTMENTS, ...delta } });
      expect(change(lending) + change(borrowing)).toBe(0);
      expect([lending.lentOut, borrowing.borrowedIn]).toEqual([outstanding, outstanding]);
    }),
  );
});

describe('what a grant can give away', () => {
  const borrowed = { ...NO_ADJUSTMENTS, borrowedIn: 3 };

  test.each([
    [5, 0, NO_ADJUSTMENTS, 5],
    [5, 2, NO_ADJUSTMENTS, 3],
    [5, 2, borrowed, 3],
    [5, 7, borrowed, 0],
    [0, 0, borrowed, 0],
  ])('%i of its own with %i committed', (nominal, committed, adjustments, expected) => {
    expect(givable(stateOf(nominal, committed, { adjustments }))).toBe(expected);
  });

  test('leaves at least what it has lent and committed', () => {
    const adjustments = { ...NO_ADJUSTMENTS, lentOut: 3 };
    expect(smallestNominal(stateOf(8, 2, { adjustments }))).toEqual({ committed: 5, lent: 3 });
  });
});

test('a grant and an account of different moments are noticed', () => {
  const { grant, account } = stateOf(5);
  expect(isWhole({ grant, account })).toBe(true);
  expect(isWhole({ grant: { ...grant, nominal: 6 }, account })).toBe(false);
});

test('a grant is never left with less than is committed', () => {
  const stamp = { by: HUB, now: NOW };
  expect(adjusted(stateOf(5, 4), { lentOut: 2 }, stamp, {})).toBeUndefined();
  expect(adjusted(stateOf(5, 4), { lentOut: 1 }, stamp, { cause: ID })).toMatchObject({
    grant: { version: 2, cause: ID, adjustments: { lentOut: 1 } },
    segments: [{ number: 0, from: 5, to: 4 }],
  });
});
