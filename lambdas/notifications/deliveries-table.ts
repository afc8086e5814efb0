import * as z from 'zod/mini';

import { type Creation, type CreationOutcome, createOnce } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { CloudEvent } from './cloud-event.ts';
import type { Delivery } from './delivery-model.ts';
import { Delivery as DeliveryShape } from './webhook-contract.ts';

/**
 * Deliveries in the notifications table, for 30 days.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | delivery | `DELIVERIES#<webhook>` | `<id>` |
 * | that it waits for its webhook: as long as its status says so | `WAITING#<webhook>` | `<id>` |
 */

const KEPT_DAYS = 30;

const { id, webhookId, status, attempts, nextAttemptAt, createdAt, updatedAt } = DeliveryShape.shape;
const DeliveryItem = z.object({
  ...{ id, webhookId, status, attempts, createdAt, updatedAt },
  nextAttemptAt: z.optional(nextAttemptAt),
  institutionId: z.string(),
  event: z.looseObject({ ...CloudEvent.shape, type: z.string() }),
  since: z.optional(z.string()),
  tries: z.int(),
  version: z.int(),
});

const keyOf = (delivery: Pick<Delivery, 'webhookId' | 'id'>): Key => ({
  pk: `DELIVERIES#${delivery.webhookId}`,
  sk: delivery.id,
});
const waitingKey = (delivery: Pick<Delivery, 'webhookId' | 'id'>): Key => ({
  pk: `WAITING#${delivery.webhookId}`,
  sk: delivery.id,
});

function readDelivery(item: Item): Delivery {
  return DeliveryItem.parse(item);
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** Id of the last one; `undefined` on the last page. */
  readonly next: string | undefined;
}

export class DeliveriesTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  async get(ofWebhook: string, deliveryId: string): Promise<Delivery | undefined> {
    const item = await this.#table.get(keyOf({ webhookId: ofWebhook, id: deliveryId }), { consistent: true });
    return item === undefined ? undefined : readDelivery(item);
  }

  /** Newest first. @param before id of the last one of the page before */
  async list(ofWebhook: string, limit: number, before?: string): Promise<DeliveryPage> {
    const { items, next } = await this.#table.listBack(`DELIVERIES#${ofWebhook}`, '', limit, before);
    return { deliveries: items.map(readDelivery), next };
  }

  /** Ids of those that wait, oldest event first. */
  async listWaiting(ofWebhook: string, limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(`WAITING#${ofWebhook}`, '', limit, after, { consistent: true });
    return { entries: items.map(({ sk }) => ({ id: String(sk), position: String(sk) })), next };
  }

  /** Puts a delivery that there is not yet. @returns the one that there is then */
  async put(delivery: Delivery): Promise<Delivery> {
    const refused = await this.#table.transact([this.#put(delivery), ...this.#note(delivery)]);
    if (refused.length === 0) return delivery;
    const there = await this.get(delivery.webhookId, delivery.id);
    if (there === undefined) throw new Error('A delivery is there and was not found');
    return there;
  }

  /** Puts a delivery once for a request. */
  async putOnce(creation: Creation, delivery: Delivery): Promise<CreationOutcome> {
    return createOnce(this.#table, creation, [this.#put(delivery)]);
  }

  /** @returns false when it has changed since it was read */
  async replace(before: Delivery, after: Delivery): Promise<boolean> {
    const refused = await this.#table.transact(this.#replace(before, after));
    return refused.length === 0;
  }

  /** The same, once for a request. */
  async replaceOnce(creation: Creation, before: Delivery, after: Delivery): Promise<CreationOutcome> {
    return createOnce(this.#table, creation, this.#replace(before, after));
  }

  #put(delivery: Delivery): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: this.#item(delivery),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
  }

  #replace(before: Delivery, after: Delivery): TransactWrite[] {
    const unnote: TransactWrite[] =
      before.status === 'waiting' && after.status !== 'waiting'
        ? [{ Delete: { TableName: this.#table.name, Key: waitingKey(after) } }]
        : [];
    return [
      {
        Put: {
          TableName: this.#table.name,
          Item: this.#item(after),
          ConditionExpression: 'version = :seen',
          ExpressionAttributeValues: { ':seen': before.version },
        },
      },
      ...unnote,
      ...(before.status === 'waiting' ? [] : this.#note(after)),
    ];
  }

  /** Where a delivery that waits is found. */
  #note(delivery: Delivery): TransactWrite[] {
    if (delivery.status !== 'waiting') return [];
    const { ttl } = this.#item(delivery);
    return [{ Put: { TableName: this.#table.name, Item: { ...waitingKey(delivery), ttl } } }];
  }

  #item(delivery: Delivery): Item & Key {
    const ttl = Math.ceil(Date.parse(delivery.createdAt) / 1000) + KEPT_DAYS * 86_400;
    return { ...keyOf(delivery), ...delivery, ttl };
  }
}
