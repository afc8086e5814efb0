import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { type Ports, portsOn } from './ports.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  return portsOn(new SingleTable(documentClient(), environment('TABLE_NAME')));
}
