import { uuidv7 } from 'uuidv7';

import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { AgreementsTable } from './agreements-table.ts';
import type { Ports } from './ports.ts';

/** The ports on a table, with the time and the ids of this process. */
export function portsOn(table: SingleTable): Ports {
  return { agreements: new AgreementsTable(table), now: () => new Date(), newId: uuidv7 };
}
