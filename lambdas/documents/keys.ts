import type { Key } from '../shared/dynamo/single-table.ts';
import { isUuid } from '../shared/values.ts';

/**
 * The keys of the documents table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | document | `DOCUMENT#<id>` | `DOCUMENT` |
 * | an institution's documents | `INSTITUTION#<id>` | `DOCUMENT#<id>` |
 * | documents of an agreement, a programme, an application | `RESOURCE#<id>` | `DOCUMENT#<id>` |
 * | that one, as far as documents need to know it | `RESOURCE#<id>` | `RESOURCE` |
 * | when to look after a document | `DUE` | `<instant>#<id>` |
 * | how far the store was looked through | `DUE` | `STORE` |
 * | that a clinical document was downloaded | `READING#<id>` | `READING` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 */

export const DOCUMENTS = 'DOCUMENT#';
export const DUE = 'DUE';

export const documentKey = (documentId: string): Key => ({ pk: DOCUMENTS + documentId, sk: 'DOCUMENT' });
export const resourcePartition = (resourceId: string): string => `RESOURCE#${resourceId}`;
export const resourceKey = (resourceId: string): Key => ({ pk: resourcePartition(resourceId), sk: 'RESOURCE' });
export const institutionPartition = (institutionId: string): string => `INSTITUTION#${institutionId}`;
export const dueKey = (at: Date, documentId: string): Key => ({ pk: DUE, sk: `${at.toISOString()}#${documentId}` });
export const STORE_KEY: Key = { pk: DUE, sk: 'STORE' };

/** What all objects of documents begin with in the bucket. */
export const OBJECTS = 'documents/';

/** Where a document's bytes are: behind its institution's prefix, named after its id, by nothing a client has said. */
export function objectKeyOf({ id, institutionId }: { readonly id: string; readonly institutionId: string }): string {
  return `${OBJECTS}${institutionId}/${id}`;
}

/** The id in the key of an object; `undefined` when the Hub makes no such keys. */
export function documentIdIn(objectKey: string): string | undefined {
  const [, institutionId = '', id = ''] = /^documents\/([^/]+)\/([^/]+)$/.exec(objectKey) ?? [];
  return isUuid(institutionId) && isUuid(id) ? id : undefined;
}
