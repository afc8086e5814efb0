import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { addSecret, createClient, endClient, endSecret, getClient, listClients } from './client-access.ts';
import type { ClientAndSecret } from './client-operations.ts';
import { CognitoIssuer } from './cognito-issuer.ts';
import { systemRoutes as routes } from './contract.ts';
import { portsOn } from './deployed-ports.ts';
import { type Member, showClient } from './model.ts';

const table = deployedTable();
const ports = {
  ...portsOn(table),
  issuer: new CognitoIssuer(environment('USER_POOL_ID')),
  cursors: new Cursors(environment('CURSOR_SECRET')),
};
const tokenUrl = `${environment('SIGN_IN_URL')}/oauth2/token`;

const client = (value: Member) => ({ body: showClient(value), version: value.version });
const withSecret = ({ client: value, secret }: ClientAndSecret) => ({
  body: { ...showClient(value), secret, tokenUrl },
  version: value.version,
});

export const handler = serve(routes, guardsOn(table), [
  on(routes.createClient, async ({ params: { institutionId }, ...request }) => {
    const { value, replayed } = await createClient(ports, { ...request, institutionId });
    const location = `/v1/institutions/${institutionId}/clients/${value.client.id}`;
    return created(location, withSecret(value), replayed);
  }),
  on(routes.listClients, async ({ permission, params: { institutionId }, query }) => {
    const { items, next } = await listClients(ports, { permission, institutionId, ...query });
    return page(items.map(showClient), next);
  }),
  on(routes.getClient, async ({ permission, params }) => ok(client(await getClient(ports, { permission, ...params })))),
  on(routes.revokeClient, async ({ permission, params, expectedVersion }) =>
    ok(client(await endClient(ports, { permission, ...params, expectedVersion }))),
  ),
  on(routes.rotateSecret, async ({ params, ...request }) => {
    const { value, replayed } = await addSecret(ports, { ...request, ...params });
    return ok(withSecret(value), replayed);
  }),
  on(routes.retireSecret, async ({ params, ...request }) => {
    const { value, replayed } = await endSecret(ports, { ...request, ...params });
    return ok(client(value), replayed);
  }),
]);
