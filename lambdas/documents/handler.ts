import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { documentRoutes as routes } from './contract.ts';
import { portsOn } from './deployed-ports.ts';
import { downloadDocument, uploadOf } from './links.ts';
import { listDocuments } from './lists.ts';
import { type Document, showDocument } from './model.ts';
import { deleteDocument, describeDocument, getDocument, holdDocument } from './operations.ts';
import { completeUpload, requestParts } from './part-operations.ts';
import type { HttpPorts } from './ports.ts';

const table = deployedTable();
const ports: HttpPorts = { ...portsOn(table), cursors: new Cursors(environment('CURSOR_SECRET')) };

const shown = (document: Document) => ({ body: showDocument(document), version: document.version });

export const handler = serve(routes, guardsOn(table), [
  on(routes.createDocument, async (request) => {
    const { value, replayed } = await describeDocument(ports, request);
    const upload = await uploadOf(ports, value);
    const body = { ...showDocument(value), ...(upload === undefined ? {} : { upload }) };
    return created(`/v1/documents/${value.id}`, { body, version: value.version }, replayed);
  }),
  on(routes.listDocuments, async ({ permission, query: { institutionId, resourceId, ...paging } }) => {
    const { items, next } = await listDocuments(ports, { permission, ...paging }, { institutionId, resourceId });
    return page(items.map(showDocument), next);
  }),
  on(routes.getDocument, async ({ permission, params: { documentId } }) =>
    ok(shown(await getDocument(ports, permission, documentId))),
  ),
  on(routes.downloadDocument, async ({ permission, params: { documentId } }) => ({
    body: await downloadDocument(ports, permission, documentId),
  })),
  on(routes.requestDocumentParts, async ({ permission, params: { documentId }, body: { limit } }) => ({
    body: await requestParts(ports, { permission, documentId }, limit),
  })),
  on(routes.completeDocument, async ({ permission, params: { documentId } }) =>
    ok(shown(await completeUpload(ports, { permission, documentId }))),
  ),
  on(routes.deleteDocument, async ({ permission, params: { documentId }, expectedVersion }) =>
    ok(shown(await deleteDocument(ports, { permission, documentId, expectedVersion }))),
  ),
  on(routes.holdDocument, async ({ permission, params: { documentId }, body: { held }, expectedVersion }) =>
    ok(shown(await holdDocument(ports, { permission, documentId, expectedVersion }, held))),
  ),
]);
