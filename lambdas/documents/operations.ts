import { notFound, type Permission } from '../shared/auth/access.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, InstitutionNotActive } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { Description } from './contract-parts.ts';
import { DocumentResourceUnknown } from './errors.ts';
import { type Deed, type Document, deleted, heldAs, newDocument, relationsTo, requireReplaceable } from './model.ts';
import type { Outcome, Ports } from './ports.ts';

/**
 * Describing, reading, holding and deleting documents. What may be done is the model's; who may, and what is written, is
 * here. What becomes of the bytes follows from what is written: see `keeping.ts`.
 */

const MAX_ATTEMPTS = 12;

/** The parties of what a document belongs to. */
async function partiesOf({ documents }: Ports, { resource }: Document): Promise<readonly string[]> {
  return resource === undefined ? [] : documents.partiesOf(resource.id);
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getDocument(ports: Ports, permission: Permission, documentId: string): Promise<Document> {
  const document = await ports.documents.get(documentId);
  if (document === undefined) throw notFound();
  const parties = await partiesOf(ports, document);
  permission.require(...relationsTo(document, permission.caller.institutionId, parties));
  return document;
}

export interface DescribeRequest {
  readonly permission: Permission;
  readonly body: Description;
  readonly idempotencyKey: string;
}

/**
 * Makes a document of a file that is to be uploaded.
 * @throws Problem `role-not-permitted`, `predecessor-not-replaceable`, `institution-not-active`,
 *   `document-resource-unknown`, `idempotency-key-reused`
 */
export async function describeDocument(ports: Ports, request: DescribeRequest): Promise<Outcome<Document>> {
  const { permission, body } = request;
  permission.require('self');
  const document = newDocument(ports.newId(), body, deedOf(ports, permission));
  const creation = creationOf(ports, request, ['createDocument'], document.id);
  // Asked first: what has been done is not judged again.
  const earlier = (await ports.documents.findEarlier(creation)) ?? (await describe(ports, creation, document));
  switch (earlier.kind) {
    case 'created':
      return { value: document, replayed: false };
    case 'replayed':
      return { value: await getDocument(ports, permission, earlier.resourceId), replayed: true };
    case 'key-reused':
      throw keyReused();
    case 'not-active':
      throw new Problem(InstitutionNotActive, 'Your institution is not an active partner.');
    case 'resource-unknown':
      throw new Problem(DocumentResourceUnknown, 'Your institution is a party of no such agreement.');
  }
}

async function describe({ documents }: Ports, creation: ReturnType<typeof creationOf>, document: Document) {
  if (document.supersedes !== undefined) requireReplaceable(await documents.get(document.supersedes), document);
  return documents.create(creation, document);
}

export interface ChangeRequest {
  readonly permission: Permission;
  readonly documentId: string;
  readonly expectedVersion: number;
}

/** @throws Problem `not-found`, `role-not-permitted`, `stale-version`, what `deleted` of the model throws, `busy` */
export async function deleteDocument(ports: Ports, request: ChangeRequest): Promise<Document> {
  return change(ports, request, deleted);
}

/** @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `document-not-available`, `busy` */
export async function holdDocument(ports: Ports, request: ChangeRequest, held: boolean): Promise<Document> {
  return change(ports, request, (document, deed) => heldAs(document, held, deed));
}

/** Reads, judges and writes until what was judged is what is there. */
async function change(
  ports: Ports,
  { permission, documentId, expectedVersion }: ChangeRequest,
  judge: (document: Document, deed: Deed) => Document,
): Promise<Document> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const document = await getDocument(ports, permission, documentId);
    refuseStale('document', document, expectedVersion);
    const next = judge(document, deedOf(ports, permission));
    if (await ports.documents.put(next)) return next;
  }
  throw new Problem(Busy, 'The document is being changed by others.', {}, 1);
}

export function deedOf({ now }: Ports, { agent, caller: { institutionId } }: Permission): Deed {
  return { by: agent, institutionId, now: now() };
}
