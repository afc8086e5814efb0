import { PartnersTable } from '../institutions/published-partners.ts';
import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { serve } from '../shared/http/serve.ts';
import { abstractEndpoints } from './abstract-endpoints.ts';
import { portsOn } from './ports.ts';
import { programmeRoutes } from './programme-contract.ts';
import { reportEndpoints } from './report-endpoints.ts';
import { sessionEndpoints } from './session-endpoints.ts';

const table = deployedTable();
const ports = {
  ...portsOn(table),
  cursors: new Cursors(environment('CURSOR_SECRET')),
  partners: new PartnersTable(table),
};

export const handler = serve(programmeRoutes, guardsOn(table), [
  ...sessionEndpoints(ports),
  ...abstractEndpoints(ports),
  ...reportEndpoints(ports),
]);
