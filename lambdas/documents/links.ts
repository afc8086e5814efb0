import type { Permission } from '../shared/auth/access.ts';
import { Problem } from '../shared/http/problem.ts';
import type { PartLink, Upload } from './contract-parts.ts';
import { ClinicalNotShared } from './errors.ts';
import { attachmentNamed } from './file-name.ts';
import { objectKeyOf } from './keys.ts';
import { type Document, isAwaited, type Part, partsOf, requireAvailable } from './model.ts';
import { getDocument } from './operations.ts';
import type { Ports } from './ports.ts';

/** Links to the store: each for one file, for one thing, and for a few minutes. Every link there is, is made here. */

/** Seconds. */
export const LINK_LIFE = 300;

/** When a link that is made now ends: never after the file is no longer waited for. */
function lifeOf(now: Date, until?: string): { seconds: number; expiresAt: string } {
  const rest = until === undefined ? LINK_LIFE : Math.floor((Date.parse(until) - now.getTime()) / 1000);
  const seconds = Math.max(1, Math.min(LINK_LIFE, rest));
  return { seconds, expiresAt: new Date(now.getTime() + seconds * 1000).toISOString() };
}

/** How to send a document's file, while it is waited for and small enough for one request. */
export async function uploadOf({ store, now }: Ports, document: Document): Promise<Upload | undefined> {
  if (!isAwaited(document, now()) || partsOf(document) !== undefined) return undefined;
  const { mediaType, size, sha256, uploadBefore } = document;
  const { seconds, expiresAt } = lifeOf(now(), uploadBefore);
  const { url, headers } = await store.uploadLink({ key: objectKeyOf(document), mediaType, size, sha256 }, seconds);
  return { method: 'PUT', url, headers, expiresAt };
}

/** How to send a part of a document's file. */
export async function partLinkOf(
  { store, now }: Ports,
  document: Document,
  uploadId: string,
  part: Part,
): Promise<PartLink> {
  const { seconds, expiresAt } = lifeOf(now(), document.uploadBefore);
  const { url, headers } = await store.partLink(objectKeyOf(document), uploadId, part, seconds);
  return { ...part, method: 'PUT', url, headers, expiresAt };
}

/**
 * A link to a document's bytes. What is clinical is noted before anybody has the link.
 * @throws Problem `not-found`, `role-not-permitted`, `clinical-not-shared`, `document-not-available`
 */
export async function downloadDocument(ports: Ports, permission: Permission, documentId: string) {
  const document = await getDocument(ports, permission, documentId);
  const { institutionId, classification, sharedWith, objectVersion, name, mediaType, size, sha256 } = document;
  const reader = permission.caller.institutionId;
  const isClinical = classification === 'clinical';
  if (isClinical && reader !== institutionId && !sharedWith.includes(reader)) {
    throw new Problem(ClinicalNotShared, 'The document was not shared with your institution.');
  }
  requireAvailable(document);
  const now = ports.now();
  if (isClinical) {
    await ports.documents.putReading({
      ...{ readingId: ports.newId(), subjectType: 'document', subject: documentId },
      ...{ at: now.toISOString(), by: permission.agent, shown: { [institutionId]: [documentId] } },
    });
  }
  const { seconds, expiresAt } = lifeOf(now);
  const object = { key: objectKeyOf(document), version: objectVersion };
  const url = await ports.store.downloadLink(object, { disposition: attachmentNamed(name), mediaType }, seconds);
  return { documentId, url, expiresAt, name, mediaType, size, sha256 };
}
