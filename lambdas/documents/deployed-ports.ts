import { uuidv7 } from 'uuidv7';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { DocumentStore } from './document-store.ts';
import { DocumentsTable } from './documents-table.ts';
import type { CheckPorts, Ports } from './ports.ts';

/** The ports on a table, with the time and the ids of this process. */
export function portsOn(table: SingleTable): Ports {
  return {
    documents: new DocumentsTable(table),
    store: new DocumentStore(environment('BUCKET_NAME')),
    now: () => new Date(),
    newId: uuidv7,
  };
}

/** The ports of the jobs that check files. */
export function checkPorts(): CheckPorts {
  return { ...portsOn(deployedTable()), keptDays: Number(environment('KEPT_DAYS')) };
}
