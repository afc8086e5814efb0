import { uuidv7 } from 'uuidv7';

import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { InstitutionsTable } from './institutions-table.ts';
import { MembersTable } from './members-table.ts';
import type { Ports } from './ports.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  return portsOn(new SingleTable(documentClient(), environment('TABLE_NAME')));
}

/** The ports on a table, with the time and the ids of this process. */
export function portsOn(table: SingleTable): Ports {
  return {
    institutions: new InstitutionsTable(table),
    members: new MembersTable(table),
    now: () => new Date(),
    newId: uuidv7,
  };
}
