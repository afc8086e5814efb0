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

/** What the audit may know of events. Nobody's name, and no free text. Pure. */

const EventItem = z.object({
  ...{ id: z.string(), organiserId: z.string(), kind: z.string(), status: z.string(), visibility: z.string() },
  ...{ coOrganisers: z.array(z.string()), invited: z.array(z.string()), languages: z.array(z.string()) },
  ...{ timeZone: z.string(), starts: z.string(), ends: z.string(), registration: z.unknown(), places: z.unknown() },
  ...{ approval: z.boolean(), offerHours: z.int(), cancellationReason: z.optional(z.string()) },
  ...{ title: z.unknown(), summary: z.optional(z.unknown()), venue: z.unknown(), fee: z.optional(z.unknown()) },
  ...{ sponsors: z.unknown(), cases: z.unknown(), rooms: z.unknown(), tracks: z.unknown() },
  ...stamp,
});
type EventItem = z.infer<typeof EventItem>;

/** Of a draft nobody knows but its organisers. */
function partiesOf({ status, organiserId, coOrganisers, invited }: EventItem): string[] {
  const organisers = [organiserId, ...coOrganisers];
  return status === 'draft' ? organisers : [...new Set([...organisers, ...invited])];
}

const event: Told<EventItem> = {
  subjectType: 'event',
  item: EventItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => partiesOf(after),
  action: ({ before, after }) => {
    if (before === undefined) return 'draft';
    if (before.status === after.status) return 'update';
    return after.status === 'published' ? 'publish' : 'cancel';
  },
  reason: ({ after }) => after.cancellationReason,
  shown: (item) => ({
    ...only<EventItem>(
      ...(['kind', 'status', 'visibility', 'invited', 'coOrganisers', 'languages'] as const),
      ...(['timeZone', 'starts', 'ends', 'registration', 'places', 'approval', 'offerHours'] as const),
    )(item),
    parties: partiesOf(item),
  }),
  sealed: only('title', 'summary', 'venue', 'fee', 'sponsors', 'cases', 'rooms', 'tracks'),
};

/**
 * What the stream of the events table, or an item of it, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function eventsChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  const { sk } = items.after;
  if (sk === 'EVENT') return changeOf(event, items, seal);
  return undefined;
}
