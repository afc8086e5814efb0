import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { calendarLinkKey, institutionPartition, LINKS } from './keys.ts';

/** What is stored of secret links to calendars. */

const LinkItem = z.object({
  id: z.string(),
  institutionId: z.string(),
  createdAt: z.string(),
  revokedAt: z.exactOptional(z.string()),
});
export type CalendarLink = z.infer<typeof LinkItem>;

export class CalendarLinksTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(linkId: string): Promise<CalendarLink | undefined> {
    const item = await this.#table.get(calendarLinkKey(linkId), { consistent: true });
    return item && LinkItem.parse(item);
  }

  async listOf(institutionId: string, limit: number, after?: string) {
    const { items, next } = await this.#table.list(institutionPartition(institutionId), LINKS, limit, after);
    return { links: items.map((item) => LinkItem.parse(item)), next };
  }

  create(creation: Creation, link: CalendarLink): Promise<WriteOutcome> {
    const entry = { pk: institutionPartition(link.institutionId), sk: LINKS + link.id };
    return this.#writes.once(
      creation,
      [link.institutionId],
      [this.#writes.putNew({ ...calendarLinkKey(link.id), ...link }), this.#writes.putNew({ ...entry, ...link })],
    );
  }

  /** Puts a link in place of what it was. */
  async put(link: CalendarLink): Promise<void> {
    const entry = { pk: institutionPartition(link.institutionId), sk: LINKS + link.id };
    await this.#writes.all(
      [],
      [calendarLinkKey(link.id), entry].map((key) => this.#writes.put({ ...key, ...link })),
    );
  }
}
