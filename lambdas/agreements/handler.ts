import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { agreementRoutes as routes } from './contract.ts';
import { portsOn } from './deployed-ports.ts';
import { listAgreements, listVersions } from './lists.ts';
import { type Agreement, type AgreementWithVersion, showAgreement, showVersion } from './model.ts';
import {
  approveAgreement,
  createAgreement,
  getAgreement,
  getVersion,
  proposeVersion,
  terminateAgreement,
} from './operations.ts';
import type { ListPorts } from './ports.ts';

const table = deployedTable();
const ports: ListPorts = { ...portsOn(table), cursors: new Cursors(environment('CURSOR_SECRET')) };

const agreement = (value: Agreement) => ({ body: showAgreement(value, ports.now()), version: value.version });
// Whatever changes a version changes its agreement.
const version = (value: AgreementWithVersion) => ({
  body: showVersion(value, ports.now()),
  version: value.agreement.version,
});

export const handler = serve(routes, guardsOn(table), [
  on(routes.createAgreement, async (request) => {
    const { value, replayed } = await createAgreement(ports, request);
    return created(`/v1/agreements/${value.id}`, agreement(value), replayed);
  }),
  on(routes.listAgreements, async ({ permission, query: { institutionId, ...paging } }) => {
    const { items, next } = await listAgreements(ports, { permission, ...paging }, institutionId);
    return page(
      items.map((item) => showAgreement(item, ports.now())),
      next,
    );
  }),
  on(routes.getAgreement, async ({ permission, params: { agreementId } }) =>
    ok(agreement(await getAgreement(ports, permission, agreementId))),
  ),
  on(routes.proposeAgreementVersion, async ({ params: { agreementId }, ...request }) => {
    const { value, replayed } = await proposeVersion(ports, { ...request, agreementId });
    const number = String(value.version.content.version);
    return created(`/v1/agreements/${agreementId}/versions/${number}`, version(value), replayed);
  }),
  on(routes.listAgreementVersions, async ({ permission, params: { agreementId }, query }) => {
    const { items, next } = await listVersions(ports, { permission, ...query }, agreementId);
    return page(
      items.map((item) => showVersion(item, ports.now())),
      next,
    );
  }),
  on(routes.getAgreementVersion, async ({ permission, params: { agreementId, version: number } }) =>
    ok(version(await getVersion(ports, permission, agreementId, Number(number)))),
  ),
  on(routes.approveAgreement, async ({ params: { agreementId }, ...request }) => {
    const { value, replayed } = await approveAgreement(ports, { ...request, agreementId });
    return ok(agreement(value), replayed);
  }),
  on(routes.terminateAgreement, async ({ params: { agreementId }, ...request }) => {
    const { value, replayed } = await terminateAgreement(ports, { ...request, agreementId });
    return ok(agreement(value), replayed);
  }),
]);
