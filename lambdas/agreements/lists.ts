import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import type { Agreement, AgreementWithVersion } from './model.ts';
import { getAgreement } from './operations.ts';
import type { ListPorts } from './ports.ts';

/** Lists. Each is read from its own partition: what other partners have costs nothing here. */

/** The agreements an institution is a party of. @throws Problem `not-found`, `invalid-cursor` */
export async function listAgreements(
  ports: ListPorts,
  request: PageRequest,
  institutionId?: string,
): Promise<Page<Agreement>> {
  const institution = institutionOf(request, institutionId);
  return pageOfIds(
    ports,
    `agreements:${institution}`,
    request,
    (limit, after) => ports.agreements.list(institution, limit, after),
    (id) => ports.agreements.get(id),
  );
}

/** The versions of an agreement, oldest first. @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listVersions(
  ports: ListPorts,
  { permission, limit, cursor }: PageRequest,
  agreementId: string,
): Promise<Page<AgreementWithVersion>> {
  const agreement = await getAgreement(ports, permission, agreementId);
  const list = `agreement-versions:${agreementId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { versions, next } = await ports.agreements.listVersions(agreementId, limit, after);
  return {
    items: versions.map((version) => ({ agreement, version })),
    next: next === undefined ? undefined : ports.cursors.write(list, next),
  };
}
