import { uuidv7 } from 'uuidv7';

import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { AgreementsTable } from './agreements-table.ts';
import type { Ports } from './ports.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  const table = new SingleTable(documentClient(), environment('TABLE_NAME'));
  return { agreements: new AgreementsTable(table), now: () => new Date(), newId: uuidv7 };
}
