import * as z from 'zod/mini';

import {
  type AuditedChange,
  type AuditedReading,
  changeOf,
  type Images,
  type Item,
  only,
  Reading,
  type Seal,
  stamp,
  type Told,
} from '../shared/chain/change.ts';
import { type DocumentStatus, STATUSES } from './contract-parts.ts';

/** What the audit may know of documents. What a file is called stays confidential: it could say what it is about. Pure. */

const DocumentItem = z.object({
  id: z.string(),
  institutionId: z.string(),
  status: z.enum(STATUSES),
  reason: z.optional(z.string()),
  purpose: z.string(),
  classification: z.string(),
  mediaType: z.string(),
  size: z.int(),
  sha256: z.string(),
  resource: z.optional(z.object({ type: z.string(), id: z.string() })),
  sharedWith: z.array(z.string()),
  supersedes: z.optional(z.string()),
  supersededBy: z.optional(z.string()),
  held: z.boolean(),
  lockedUntil: z.optional(z.string()),
  name: z.unknown(),
  ...stamp,
});
type DocumentItem = z.infer<typeof DocumentItem>;

const ACTIONS: Readonly<Record<DocumentStatus, string>> = {
  described: 'describe',
  uploaded: 'upload',
  scanning: 'check',
  available: 'release',
  rejected: 'reject',
  'threats-found': 'reject',
  superseded: 'supersede',
  deleted: 'delete',
};

const document: Told<DocumentItem> = {
  subjectType: 'document',
  item: DocumentItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId, ...after.sharedWith],
  action: ({ before, after }) => {
    if (before !== undefined && before.held !== after.held) return after.held ? 'hold' : 'lift-hold';
    return before?.status === after.status ? 'update' : ACTIONS[after.status];
  },
  reason: ({ after }) => after.reason,
  shown: only(
    ...(['institutionId', 'status', 'purpose', 'classification', 'mediaType', 'size', 'sha256'] as const),
    ...(['resource', 'sharedWith', 'supersedes', 'supersededBy', 'held', 'lockedUntil'] as const),
  ),
  sealed: only('name'),
};

/**
 * What the documents' stream, or an item of their table, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function documentsChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  return items.after['sk'] === 'DOCUMENT' ? changeOf(document, items, seal) : undefined;
}

/** That somebody got a link to a clinical document. @returns `undefined` when the item is something else @throws ZodError */
export function documentsReading(item: Item): AuditedReading | undefined {
  return item['sk'] === 'READING' ? Reading.parse(item) : undefined;
}
