import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import type { Document } from './model.ts';
import type { HttpPorts } from './ports.ts';

interface Listed {
  readonly institutionId?: string | undefined;
  readonly resourceId?: string | undefined;
}

/**
 * The documents of an institution, or of what they belong to. Each is read from its own partition.
 * @throws Problem `not-found`, `invalid-cursor`
 */
export async function listDocuments(
  ports: HttpPorts,
  request: PageRequest,
  { institutionId, resourceId }: Listed,
): Promise<Page<Document>> {
  const { documents } = ports;
  if (resourceId === undefined) {
    const of = { institutionId: institutionOf(request, institutionId) };
    return pageOfIds(
      ports,
      `documents:${of.institutionId}`,
      request,
      (limit, after) => documents.list(of, limit, after),
      (id) => documents.get(id),
    );
  }
  const parties = await documents.partiesOf(resourceId);
  request.permission.require(parties.includes(request.permission.caller.institutionId) ? 'party' : 'none');
  return pageOfIds(
    ports,
    `resource-documents:${resourceId}`,
    request,
    (limit, after) => documents.list({ resourceId }, limit, after),
    (id) => documents.get(id),
  );
}
