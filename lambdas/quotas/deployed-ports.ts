import { uuidv7 } from 'uuidv7';

import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import type { Ports } from './ports.ts';
import { QuotasTable } from './quotas-table.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  return {
    quotas: new QuotasTable(new SingleTable(documentClient(), environment('TABLE_NAME'))),
    now: () => new Date(),
    newId: uuidv7,
  };
}
