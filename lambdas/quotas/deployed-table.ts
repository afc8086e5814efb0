import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';

/** The table of a deployed function. */
export function deployedTable(): SingleTable {
  return new SingleTable(documentClient(), environment('TABLE_NAME'));
}
