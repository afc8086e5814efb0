import { Doors } from '../shared/auth/doors.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { auditRoutes as routes } from './contract.ts';
import { deployedAudit } from './deployed-audit.ts';
import { listAudit } from './operations.ts';

const ports = { audit: deployedAudit(), cursors: new Cursors(environment('CURSOR_SECRET')) };
const doors = new Doors(() => ports.audit.shutOut.read({ consistent: false }));

export const handler = serve(routes, doors, [
  on(routes.listAudit, async ({ permission, query }) => {
    const { items, next } = await listAudit(ports, { permission, ...query });
    return page(items, next);
  }),
]);
