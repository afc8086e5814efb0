import { environment } from '../environment.ts';
import { documentClient } from './client.ts';
import { SingleTable } from './single-table.ts';

/** The table of a deployed function. */
export function deployedTable(): SingleTable {
  return new SingleTable(documentClient(), environment('TABLE_NAME'));
}
