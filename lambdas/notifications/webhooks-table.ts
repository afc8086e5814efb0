import * as z from 'zod/mini';

import { Agent } from '../shared/auth/agent.ts';
import {
  type Creation,
  type CreationOutcome,
  createOnce,
  type Earlier,
  findEarlier,
} from '../shared/dynamo/create-once.ts';
import { ShutOutTable } from '../shared/dynamo/shut-out.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { Webhook as WebhookShape } from './webhook-contract.ts';
import { MAX_WEBHOOKS, OVERLAP, type Rotation, type SigningKey, type Webhook } from './webhook-model.ts';

/**
 * Webhooks in the notifications table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | webhook | `WEBHOOKS#<institution>` | `<id>` |
 * | ids of an institution's webhooks | `WEBHOOK-IDS#<institution>` | `WEBHOOK-IDS` |
 * | a key that signs | `SIGNING#<webhook>` | `<number, 10 digits>` |
 * | webhook that was removed, for 30 days | `REMOVED#<webhook>` | `WEBHOOK` |
 *
 * Keys lie in a partition of their own: only the job that signs may read them.
 */

const REMOVED_DAYS = 30;

const WebhookItem = z.object({
  ...WebhookShape.shape,
  url: z.string(),
  eventTypes: z.optional(z.array(z.string())),
  description: z.optional(z.string()),
  institutionId: z.string(),
  keys: z.array(z.int()),
  version: z.int(),
  by: Agent,
});
const SigningItem = z.object({
  number: z.int(),
  signature: WebhookShape.shape.signature,
  secret: z.string(),
  until: z.optional(z.number()),
});

const partitionOf = (institutionId: string): string => `WEBHOOKS#${institutionId}`;
const idsKey = (institutionId: string): Key => ({ pk: `WEBHOOK-IDS#${institutionId}`, sk: 'WEBHOOK-IDS' });
const signingPartition = (webhookId: string): string => `SIGNING#${webhookId}`;
const signingKeyOf = (webhookId: string, number: number): Key => ({
  pk: signingPartition(webhookId),
  sk: String(number).padStart(10, '0'),
});
const webhookKey = ({ institutionId, id }: Pick<Webhook, 'institutionId' | 'id'>): Key => ({
  pk: partitionOf(institutionId),
  sk: id,
});
const ttlOf = (now: string, days: number): number => Math.ceil(Date.parse(now) / 1000) + days * 86_400;

export function readWebhook(item: Item): Webhook {
  return WebhookItem.parse(item);
}

export class WebhooksTable {
  readonly #table: SingleTable;
  readonly #shutOut: ShutOutTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#shutOut = new ShutOutTable(table);
  }

  async get(institutionId: string, id: string): Promise<Webhook | undefined> {
    const item = await this.#table.get(webhookKey({ institutionId, id }), { consistent: true });
    return item === undefined ? undefined : readWebhook(item);
  }

  async list(institutionId: string, limit: number, after?: string): Promise<IdPage & { webhooks: Webhook[] }> {
    const { items, next } = await this.#table.list(partitionOf(institutionId), '', limit, after, { consistent: true });
    const webhooks = items.map(readWebhook);
    return { webhooks, entries: webhooks.map(({ id }) => ({ id, position: id })), next };
  }

  /** All of an institution: a few, at most. */
  async listAll(institutionId: string): Promise<Webhook[]> {
    const items = await this.#table.listAll(partitionOf(institutionId), '', { consistent: true });
    return items.map(readWebhook);
  }

  /** Whether nothing is told to an institution. */
  async isShutOut(institutionId: string): Promise<boolean> {
    return (await this.#shutOut.read({ consistent: true })).has(institutionId);
  }

  async findEarlier(creation: Pick<Creation, 'request' | 'fingerprint'>): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** Makes a webhook with its first key; refused at position 0 when the institution has as many as it can have. */
  async create(creation: Creation, webhook: Webhook, key: SigningKey): Promise<CreationOutcome> {
    return createOnce(this.#table, creation, [
      {
        Update: {
          TableName: this.#table.name,
          Key: idsKey(webhook.institutionId),
          UpdateExpression: 'ADD ids :ids',
          ConditionExpression: 'attribute_not_exists(ids) OR size(ids) < :most',
          ExpressionAttributeValues: { ':ids': new Set([webhook.id]), ':most': MAX_WEBHOOKS },
        },
      },
      this.#putNew({ ...webhookKey(webhook), ...webhook }),
      this.#putNew({ ...signingKeyOf(webhook.id, key.number), ...key }),
    ]);
  }

  /** @returns false when it has changed since it was read */
  async replace(before: Webhook, after: Webhook): Promise<boolean> {
    return (await this.#table.putNext({ ...webhookKey(after), ...after }, before.version)) === undefined;
  }

  /** Gives a webhook a new key and the one before an end. Refused when it has changed since it was read. */
  async rotate(creation: Creation, { webhook, replaced, ended }: Rotation, key: SigningKey): Promise<CreationOutcome> {
    const until = Date.parse(webhook.updatedAt) + OVERLAP;
    return createOnce(this.#table, creation, [
      this.#replace(webhook),
      this.#putNew({ ...signingKeyOf(webhook.id, key.number), ...key }),
      {
        Update: {
          TableName: this.#table.name,
          Key: signingKeyOf(webhook.id, replaced),
          UpdateExpression: 'SET #until = :until, #ttl = :ttl',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#until': 'until', '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':until': until, ':ttl': Math.ceil(until / 1000) },
        },
      },
      ...ended.map((number) => this.#deleteKey(webhook.id, number)),
    ]);
  }

  /**
   * Takes a webhook and its keys away, and leaves for a while that it was removed.
   * @returns false when it has changed since it was read
   */
  async remove(before: Webhook, after: Webhook): Promise<boolean> {
    const { id, institutionId, keys } = before;
    const refused = await this.#table.transact([
      {
        Delete: {
          TableName: this.#table.name,
          Key: webhookKey(before),
          ConditionExpression: 'version = :seen',
          ExpressionAttributeValues: { ':seen': before.version },
        },
      },
      ...keys.map((number) => this.#deleteKey(id, number)),
      {
        Update: {
          TableName: this.#table.name,
          Key: idsKey(institutionId),
          UpdateExpression: 'DELETE ids :ids',
          ExpressionAttributeValues: { ':ids': new Set([id]) },
        },
      },
      this.#putNew({ pk: `REMOVED#${id}`, sk: 'WEBHOOK', ...after, ttl: ttlOf(after.updatedAt, REMOVED_DAYS) }),
    ]);
    return refused.length === 0;
  }

  /** The keys that sign now, the newest first. */
  async signingKeys(webhookId: string, now: Date): Promise<SigningKey[]> {
    const items = await this.#table.listAll(signingPartition(webhookId), '', { consistent: true });
    return items
      .map((item): SigningKey => SigningItem.parse(item))
      .filter(({ until }) => until === undefined || until > now.getTime())
      .toReversed();
  }

  #putNew(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }

  #replace(webhook: Webhook): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: { ...webhookKey(webhook), ...webhook },
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': webhook.version - 1 },
      },
    };
  }

  #deleteKey(webhookId: string, number: number): TransactWrite {
    return { Delete: { TableName: this.#table.name, Key: signingKeyOf(webhookId, number) } };
  }
}
