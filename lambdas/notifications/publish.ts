import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';

import { readPublishedRow } from '../audit/published-rows.ts';
import { inBatches } from '../shared/batches.ts';
import { newItem } from '../shared/dynamo/stream.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import { type CloudEvent, eventOf } from './cloud-event.ts';
import { type EventBus, MOST_AT_ONCE } from './event-bus.ts';
import type { FeedTable } from './feed-table.ts';

/** Telling partners what the audit's rows say. */

export interface PublishPorts {
  readonly feed: FeedTable;
  readonly bus: Pick<EventBus, 'put'>;
}

/** Feeds that are written at the same time. */
const FEEDS_AT_ONCE = 25;

/** An event that is in its feed, and the record it was made from. */
interface Published {
  readonly event: CloudEvent;
  readonly record: DynamoDBRecord;
}

/**
 * Puts what the records say into the feeds of those whom it concerns, and onto the bus. Within a feed no event overtakes
 * another: the first that fails ends that feed's part of the batch, and comes again with all behind it. What was done by
 * then is done again, and changes nothing; on the bus an event may come twice, with the same id.
 */
export async function publish(ports: PublishPorts, records: readonly DynamoDBRecord[]): Promise<DynamoDBBatchResponse> {
  const failed = new Set<DynamoDBRecord>();
  const chains = Map.groupBy(records, ({ dynamodb }) => dynamodb?.Keys?.['pk']?.S);
  const published = await inBatches([...chains.values()], FEEDS_AT_ONCE, async (chain) => {
    const done: Published[] = [];
    for (const record of chain) {
      try {
        const event = await enter(ports.feed, record);
        if (event !== undefined) done.push({ event, record });
      } catch (error) {
        logJobFailure('publish', error);
        failed.add(record);
        break;
      }
    }
    return done;
  });
  for (const record of await putOnBus(ports.bus, published.flat())) failed.add(record);
  return { batchItemFailures: [...failed].map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })) };
}

/** @returns the event, when there is one in the feed then */
async function enter(feed: FeedTable, record: DynamoDBRecord): Promise<CloudEvent | undefined> {
  const item = newItem(record);
  if (item === undefined) return undefined;
  const row = readPublishedRow(item);
  // Who is shut out of the Hub is shut out of its feed. The registry tells the audit, and the audit this.
  await feed.partners.noteRow(row);
  const told = eventOf(row);
  if (told !== undefined) await feed.put(told);
  return told?.event;
}

/** @returns the records whose events were not taken */
async function putOnBus(bus: PublishPorts['bus'], published: readonly Published[]): Promise<DynamoDBRecord[]> {
  const failed: DynamoDBRecord[] = [];
  for (let first = 0; first < published.length; first += MOST_AT_ONCE) {
    const some = published.slice(first, first + MOST_AT_ONCE);
    try {
      const refused = new Set(await bus.put(some.map(({ event }) => event)));
      failed.push(...some.filter(({ event }) => refused.has(event)).map(({ record }) => record));
    } catch (error) {
      logJobFailure('publish', error);
      failed.push(...some.map(({ record }) => record));
    }
  }
  return failed;
}
