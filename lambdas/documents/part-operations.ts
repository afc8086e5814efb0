import type { Permission } from '../shared/auth/access.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import type { UploadedPart } from './document-store.ts';
import { PartsMissing } from './errors.ts';
import { objectKeyOf } from './keys.ts';
import { partLinkOf } from './links.ts';
import { allParts, begun, type Document, type Part, requireAwaited } from './model.ts';
import { deedOf, getDocument } from './operations.ts';
import type { Ports } from './ports.ts';

/** Large files, sent in parts: what has arrived is in the store, which is asked what is missing. */

const MAX_ATTEMPTS = 5;

interface Addressed {
  readonly permission: Permission;
  readonly documentId: string;
}

/** Whether a part is there in full. */
function isThere({ part, size }: Part, uploaded: readonly UploadedPart[]): boolean {
  return uploaded.some((each) => each.part === part && each.size === size);
}

/** @throws Problem `not-found`, `role-not-permitted`, `not-in-parts`, `upload-over`, `busy` */
export async function requestParts(ports: Ports, { permission, documentId }: Addressed, limit: number) {
  const { document, uploadId } = await beginUpload(ports, permission, documentId);
  const parts = allParts(document);
  const uploaded = (await ports.store.parts(objectKeyOf(document), uploadId)) ?? [];
  const missing = parts.filter((part) => !isThere(part, uploaded));
  return {
    ...{ documentId, count: parts.length, uploaded: parts.length - missing.length },
    links: await Promise.all(missing.slice(0, limit).map((part) => partLinkOf(ports, document, uploadId, part))),
  };
}

/** Begins an upload in the store, once. One that lost the race is given up; if that fails, the bucket's rules do it. */
async function beginUpload(
  ports: Ports,
  permission: Permission,
  documentId: string,
): Promise<{ document: Document; uploadId: string }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const document = await getDocument(ports, permission, documentId);
    allParts(document);
    requireAwaited(document, ports.now());
    if (document.uploadId !== undefined) return { document, uploadId: document.uploadId };
    const key = objectKeyOf(document);
    const uploadId = await ports.store.beginParts({ key, mediaType: document.mediaType });
    const next = begun(document, uploadId, deedOf(ports, permission));
    if (await ports.documents.put(next)) return { document: next, uploadId };
    await ports.store.abort(key, uploadId);
  }
  throw new Problem(Busy, 'The document is being changed by others.', {}, 1);
}

/** @throws Problem `not-found`, `role-not-permitted`, `not-in-parts`, `upload-over`, `parts-missing` */
export async function completeUpload(ports: Ports, { permission, documentId }: Addressed): Promise<Document> {
  const document = await getDocument(ports, permission, documentId);
  const parts = allParts(document);
  // Its bytes are there: an earlier request has completed it.
  if (['uploaded', 'scanning', 'available'].includes(document.status)) return document;
  requireAwaited(document, ports.now());
  const { uploadId } = document;
  const key = objectKeyOf(document);
  const uploaded = uploadId === undefined ? [] : await ports.store.parts(key, uploadId);
  // Nothing is uploaded any more once it has been put together.
  if (uploadId === undefined || uploaded !== undefined) {
    const missing = parts.find((part) => !isThere(part, uploaded ?? []));
    if (missing !== undefined || uploadId === undefined) {
      throw new Problem(PartsMissing, 'Not all parts are there.', { missing: missing?.part ?? 1 });
    }
    await ports.store.join(key, uploadId, uploaded ?? []);
  }
  return document;
}
