import { documentClient } from '../shared/dynamo/client.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { InstitutionsTable } from './institutions-table.ts';
import { MembersTable } from './members-table.ts';
import type { MemberPorts, Ports } from './ports.ts';

/** The ports of a deployed function. */
export function deployedPorts(): Ports & MemberPorts {
  const table = new SingleTable(documentClient(), environment('TABLE_NAME'));
  return {
    institutions: new InstitutionsTable(table),
    members: new MembersTable(table),
    now: () => new Date(),
  };
}
