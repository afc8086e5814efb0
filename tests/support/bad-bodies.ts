import { DUE } from './loans.ts';
import type { OperationId } from './routes.ts';

/** Bodies of loans, transfers and ends of periods that no request may have. */

export interface Subject {
  readonly side: 'provider' | 'beneficiary' | 'lender';
  readonly body: Readonly<Record<string, unknown>>;
  /** A body with one thing wrong, and the pointer to it. */
  readonly wrong: readonly (readonly [pointer: string, body: unknown])[];
}

export const NOT_UNITS = [-1, 1.5, 2001, '5', null, true, [5], 1e300];
const OTHER = '019a8f3e-7c00-7a11-8000-00000000abcd';
const loan = (over: object) => ({ lendingGrantId: OTHER, units: 1, dueDate: DUE, ...over });
const moved = (over: object) => ({ receivingGrantId: OTHER, units: 1, ...over });

export const closingSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  closePeriod: {
    side: 'provider',
    body: { dryRun: true },
    wrong: [
      ['/nextPoolId', { dryRun: true, nextPoolId: 'next year' }],
      ['/nextPoolId', { dryRun: true, nextPoolId: null }],
      ['/dryRun', { dryRun: 'yes' }],
      ['/dryRun', { dryRun: 1 }],
      ['/force', { dryRun: true, force: true }],
    ],
  },
  restateUsage: {
    side: 'provider',
    body: { reason: 'correction' },
    wrong: [
      ['/reason', {}],
      ['/reason', { reason: 'for Ivanov' }],
      ['/version', { reason: 'correction', version: 2 }],
    ],
  },
};

export const loanSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  proposeLoan: {
    side: 'beneficiary',
    body: loan({}),
    wrong: [
      ...[0, ...NOT_UNITS].map((units) => ['/units', loan({ units })] as const),
      ['/units', loan({ units: undefined })],
      ['/lendingGrantId', loan({ lendingGrantId: 'dimitrovgrad' })],
      ['/lendingGrantId', loan({ lendingGrantId: undefined })],
      ['/dueDate', loan({ dueDate: '2026-02-30' })],
      ['/dueDate', loan({ dueDate: '2098-01-01T00:00:00Z' })],
      ['/dueDate', loan({ dueDate: 'soon' })],
      ['/reason', loan({ reason: 'for Ivanov' })],
      ['/lenderId', loan({ lenderId: OTHER })],
    ],
  },
  transferUnits: {
    side: 'beneficiary',
    body: moved({}),
    wrong: [
      ...[0, ...NOT_UNITS].map((units) => ['/units', moved({ units })] as const),
      ['/receivingGrantId', moved({ receivingGrantId: 'all' })],
      ['/reason', moved({ reason: 'for Ivanov' })],
      ['/dueDate', moved({ dueDate: DUE })],
    ],
  },
  ...Object.fromEntries(
    (
      [
        ['approveLoan', 'lender'],
        ['declineLoan', 'lender'],
        ['withdrawLoan', 'beneficiary'],
        ['writeOffLoan', 'lender'],
      ] as const
    ).map(([name, side]) => [
      name,
      {
        side,
        body: {},
        wrong: [
          ['/units', { units: 1 }],
          ['/reason', { reason: 'x' }],
        ],
      } satisfies Subject,
    ]),
  ),
};
