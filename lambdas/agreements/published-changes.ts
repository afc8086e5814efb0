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

/** What the audit may know of agreements. What a version says stays with the parties: its hash tells which it is. Pure. */

const Latest = z.object({
  version: z.int(),
  hash: z.string(),
  approvals: z.array(z.object({ institutionId: z.string() })),
});
const AgreementItem = z.object({
  id: z.string(),
  kind: z.string(),
  parties: z.array(z.string()),
  latest: Latest,
  approved: z.array(z.object({ version: z.int() })),
  termination: z.optional(z.object({ from: z.string(), timeZone: z.string(), reason: z.string() })),
  title: z.unknown(),
  ...stamp,
});
type AgreementItem = z.infer<typeof AgreementItem>;

const agreement: Told<AgreementItem> = {
  subjectType: 'agreement',
  item: AgreementItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => after.parties,
  action: ({ before, after }) => {
    if (before?.latest.version !== after.latest.version) return 'propose';
    return before.termination === undefined && after.termination !== undefined ? 'terminate' : 'approve';
  },
  reason: ({ before, after }) => (before?.termination === undefined ? after.termination?.reason : undefined),
  shown: ({ kind, parties, latest: { version, hash, approvals }, approved, termination }) => ({
    ...{ kind, parties, version, hash },
    approvedBy: approvals.map(({ institutionId }) => institutionId),
    versionsApproved: approved.map((each) => each.version),
    endsOn: termination?.from,
    timeZone: termination?.timeZone,
  }),
  sealed: only('title'),
};

/**
 * What the agreements' stream, or an item of their table, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own. Approvals are in the agreement, too.
 * @throws ZodError when an item is not what its key says
 */
export function agreementsChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  return items.after['sk'] === 'AGREEMENT' ? changeOf(agreement, items, seal) : undefined;
}
