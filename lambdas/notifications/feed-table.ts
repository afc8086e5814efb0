import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { CloudEvent, type Told } from './cloud-event.ts';

/**
 * The notifications table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | event, for 90 days | `FEED#<institution>` | `<sequence, 10 digits>` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 */

const KEPT_DAYS = 90;

/** What later versions of the Hub tell in events stays in them. */
const EventItem = z.object({ event: z.looseObject(CloudEvent.shape) });

export class FeedTable {
  readonly partners: PartnersTable;
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.partners = new PartnersTable(table);
  }

  /** Puts an event at its place in an institution's feed. Put again, it changes nothing. */
  async put({ institutionId, event }: Told): Promise<void> {
    const ttl = Math.floor(Date.parse(event.time) / 1000) + KEPT_DAYS * 86_400;
    await this.#table.putNew({ pk: `FEED#${institutionId}`, sk: event.sequence, event, ttl });
  }

  /**
   * Reads events in their order, as of now: one that is told later is never in front of one that was read.
   * @param after sequence of the last event read
   */
  async list(institutionId: string, limit: number, after?: string): Promise<CloudEvent[]> {
    const { items } = await this.#table.list(`FEED#${institutionId}`, '', limit, after, { consistent: true });
    return items.map((item) => EventItem.parse(item).event);
  }
}
