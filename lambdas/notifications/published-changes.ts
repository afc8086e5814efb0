import * as z from 'zod/mini';

import {
  type AuditedChange,
  changeOf,
  type Images,
  type Item,
  only,
  type Seal,
  stamp,
  type Told,
} from '../shared/chain/change.ts';

/** What the audit may know of webhooks: never a secret, and of the address no more than its host. Pure. */

const WebhookItem = z.object({
  id: z.string(),
  institutionId: z.string(),
  url: z.string(),
  eventTypes: z.optional(z.array(z.string())),
  description: z.optional(z.string()),
  status: z.string(),
  reason: z.optional(z.string()),
  signature: z.string(),
  publicKey: z.optional(z.string()),
  keys: z.array(z.int()),
  ...stamp,
});
type WebhookItem = z.infer<typeof WebhookItem>;

const webhook: Told<WebhookItem> = {
  subjectType: 'webhook',
  item: WebhookItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId],
  action: ({ before, after }) => {
    if (after.status === 'removed') return 'remove';
    if (before === undefined) return 'register';
    if (before.status !== after.status) return after.status === 'active' ? 'enable' : 'disable';
    return before.keys.at(-1) === after.keys.at(-1) ? 'change' : 'rotate-secret';
  },
  reason: ({ after }) => after.reason,
  shown: ({ url, status, reason, eventTypes, signature, publicKey }) => ({
    ...{ host: new URL(url).host, status, reason, eventTypes, signature, publicKey },
  }),
  sealed: only('url', 'description'),
};

/**
 * What the stream of notifications, or an item of their table, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function notificationsChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  return /^(?:WEBHOOKS|REMOVED)#/.test(String(items.after['pk'])) ? changeOf(webhook, items, seal) : undefined;
}
