import { uuidv7 } from 'uuidv7';

import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { AllocationTable } from './allocation-table.ts';
import { LoanTable } from './loan-table.ts';
import type { Ports } from './ports.ts';
import { QuotasTable } from './quotas-table.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  const table = new SingleTable(documentClient(), environment('TABLE_NAME'));
  return {
    quotas: new QuotasTable(table),
    allocations: new AllocationTable(table),
    loans: new LoanTable(table),
    now: () => new Date(),
    newId: uuidv7,
  };
}
