import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { getContacts, replaceContacts } from './contact-operations.ts';
import { institutionRoutes as routes } from './contract.ts';
import { portsOn } from './deployed-ports.ts';
import { type Contacts, type Institution, type StatusAction, showContacts, showInstitution } from './model.ts';
import { changeStatus, createInstitution, getInstitution, listInstitutions, updateInstitution } from './operations.ts';

const table = deployedTable();
const ports = { ...portsOn(table), cursors: new Cursors(environment('CURSOR_SECRET')) };

const institution = (value: Institution) => ({ body: showInstitution(value), version: value.version });
const contacts = (value: Contacts) => ({ body: showContacts(value), version: value.version });

type ActionRoute = (typeof routes)[`${StatusAction}Institution`];
const actionOn = (route: ActionRoute, action: StatusAction) =>
  on(route, async ({ params: { institutionId }, ...request }) => {
    const { value, replayed } = await changeStatus(ports, { ...request, institutionId, action });
    return ok(institution(value), replayed);
  });

export const handler = serve(routes, guardsOn(table), [
  on(routes.getMe, ({ permission }) => {
    permission.require('self');
    return { body: permission.caller };
  }),
  on(routes.createInstitution, async (request) => {
    const { value, replayed } = await createInstitution(ports, request);
    return created(`/v1/institutions/${value.id}`, institution(value), replayed);
  }),
  on(routes.listInstitutions, async ({ permission, query }) => {
    const { items, next } = await listInstitutions(ports, permission, query);
    return page(items.map(showInstitution), next);
  }),
  on(routes.getInstitution, async ({ permission, params: { institutionId } }) =>
    ok(institution(await getInstitution(ports, permission, institutionId))),
  ),
  on(routes.updateInstitution, async ({ params: { institutionId }, ...request }) =>
    ok(institution(await updateInstitution(ports, { ...request, institutionId }))),
  ),
  actionOn(routes.activateInstitution, 'activate'),
  actionOn(routes.suspendInstitution, 'suspend'),
  actionOn(routes.leaveInstitution, 'leave'),
  on(routes.getContacts, async ({ permission, params: { institutionId } }) =>
    ok(contacts(await getContacts(ports, permission, institutionId))),
  ),
  on(routes.replaceContacts, async ({ params: { institutionId }, ...request }) =>
    ok(contacts(await replaceContacts(ports, { ...request, institutionId }))),
  ),
]);
