import { uuidv7 } from 'uuidv7';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { InstitutionsTable } from './institutions-table.ts';
import { MembersTable } from './members-table.ts';
import type { Ports } from './ports.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports {
  return portsOn(deployedTable());
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
