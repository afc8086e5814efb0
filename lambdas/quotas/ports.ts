import { uuidv7 } from 'uuidv7';

import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { AllocationTable } from './allocation-table.ts';
import { QuotasTable } from './quotas-table.ts';

/** What the operations on pools, grants and bookings need from the world. */
export interface Ports {
  readonly quotas: QuotasTable;
  readonly allocations: AllocationTable;
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

/** The ports on a table, with the time and the ids of this process. */
export function portsOn(table: SingleTable): Ports {
  return {
    quotas: new QuotasTable(table),
    allocations: new AllocationTable(table),
    now: () => new Date(),
    newId: uuidv7,
  };
}
