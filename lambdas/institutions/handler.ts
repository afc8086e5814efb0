import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { institutionRoutes as routes } from './contract.ts';
import { deployedPorts } from './deployed-ports.ts';
import { showInstitution } from './model.ts';
import { getInstitution, listInstitutions } from './operations.ts';

const ports = { ...deployedPorts(), cursors: new Cursors(environment('CURSOR_SECRET')) };

export const handler = serve(routes, [
  on(routes.listInstitutions, async ({ permission, query }) => {
    const { items, next } = await listInstitutions(ports, permission, query);
    return page(items.map(showInstitution), next);
  }),
  on(routes.getInstitution, async ({ permission, params: { institutionId } }) => {
    const institution = await getInstitution(ports, permission, institutionId);
    return ok({ body: showInstitution(institution), version: institution.version });
  }),
]);
