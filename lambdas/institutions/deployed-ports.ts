import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { InstitutionsTable } from './institutions-table.ts';
import type { Ports } from './ports.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  return {
    institutions: new InstitutionsTable(new SingleTable(documentClient(), environment('TABLE_NAME'))),
    now: () => new Date(),
  };
}
