import type { AllocationTable } from './allocation-table.ts';
import type { LoanTable } from './loan-table.ts';
import type { QuotasTable } from './quotas-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly quotas: QuotasTable;
  readonly allocations: AllocationTable;
  readonly loans: LoanTable;
  readonly now: () => Date;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

/** What an operation that can be repeated did. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier attempt of the same request had done it. */
  readonly replayed: boolean;
}
