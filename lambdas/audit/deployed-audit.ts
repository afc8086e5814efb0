import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { AuditTable } from './audit-table.ts';

/** The audit table of a deployed function. */
export function deployedAudit(): AuditTable {
  return new AuditTable(new SingleTable(documentClient(), environment('TABLE_NAME')));
}
