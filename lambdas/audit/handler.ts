import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { AuditTable } from './audit-table.ts';
import { auditRoutes as routes } from './contract.ts';
import { listAudit } from './operations.ts';

const table = deployedTable();
const ports = { audit: new AuditTable(table), cursors: new Cursors(environment('CURSOR_SECRET')) };

export const handler = serve(routes, guardsOn(table), [
  on(routes.listAudit, async ({ permission, query }) => {
    const { items, next } = await listAudit(ports, { permission, ...query });
    return page(items, next);
  }),
]);
