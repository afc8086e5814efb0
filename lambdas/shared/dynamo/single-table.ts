import { setTimeout as sleep } from 'node:timers/promises';

import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';

import { isBusy, refusedBy, refusedPositions } from './failures.ts';

/** Milliseconds to wait after a transaction met a conflict, attempt by attempt. */
const CONFLICT_PAUSES_MS = [20, 60, 180];

export type Item = Readonly<Record<string, unknown>>;
export type TransactWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A page of items of one partition, and where the next one begins. */
export interface ItemPage {
  readonly items: readonly Item[];
  /** Sort key of the last item; `undefined` on the last page. */
  readonly next: string | undefined;
}

/** A page of ids, each with its position in the list. */
export interface IdPage {
  readonly entries: readonly { readonly id: string; readonly position: string }[];
  /** Position of the last entry; `undefined` on the last page. */
  readonly next: string | undefined;
}

/** The items of a partition whose sort key begins with `prefix`. DynamoDB takes no empty text for a key, so `''` is none. */
function itemsOf(pk: string, prefix: string) {
  return prefix === ''
    ? { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }
    : {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      };
}

/** These attributes alone; any name may be one of DynamoDB's reserved words. */
function projected(attributes: readonly string[]) {
  return {
    ProjectionExpression: attributes.map((_, index) => `#a${String(index)}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${String(index)}`, name])),
  };
}

/** The few ways in which contexts use their table. Only `<x>-table.ts` modules and the capacity accounts touch it. */
export class SingleTable {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.client = client;
    this.name = name;
  }

  async get(key: Key, { consistent }: { readonly consistent: boolean }): Promise<Item | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.name, Key: key, ConsistentRead: consistent }),
    );
    return Item;
  }

  /**
   * Reads up to `limit` items whose sort key begins with `prefix`, after the sort key `after`.
   * Never filters: what is read is what is returned.
   */
  async list(
    pk: string,
    prefix: string,
    limit: number,
    after?: string,
    { consistent }: { readonly consistent: boolean } = { consistent: false },
  ): Promise<ItemPage> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.name,
        ...itemsOf(pk, prefix),
        Limit: limit,
        ConsistentRead: consistent,
        ...(after === undefined ? {} : { ExclusiveStartKey: { pk, sk: after } }),
      }),
    );
    return { items: Items, next: LastEvaluatedKey === undefined ? undefined : String(LastEvaluatedKey['sk']) };
  }

  /** The items of a partition whose sort key is `from` or later, and before `to`; `limit` at most. */
  async listBetween(pk: string, from: string, to: string, limit: number): Promise<Item[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
        Limit: limit,
      }),
    );
    return Items;
  }

  /** Removes an item. Removing it again changes nothing. */
  async remove(key: Key): Promise<void> {
    await this.client.send(new DeleteCommand({ TableName: this.name, Key: key }));
  }

  /** Removes an item whose `attribute` still has this value. */
  async removeIf(key: Key, attribute: string, value: string): Promise<void> {
    await refusedBy(
      this.client.send(
        new DeleteCommand({
          TableName: this.name,
          Key: key,
          ConditionExpression: '#attribute = :value',
          ExpressionAttributeNames: { '#attribute': attribute },
          ExpressionAttributeValues: { ':value': value },
        }),
      ),
    );
  }

  /**
   * The same from the end: items whose sort key begins with `prefix`, last one first, before the sort key `before`, as
   * they are now.
   */
  async listBack(pk: string, prefix: string, limit: number, before?: string): Promise<ItemPage> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.name,
        ...itemsOf(pk, prefix),
        Limit: limit,
        ConsistentRead: true,
        ScanIndexForward: false,
        ...(before === undefined ? {} : { ExclusiveStartKey: { pk, sk: before } }),
      }),
    );
    return { items: Items, next: LastEvaluatedKey === undefined ? undefined : String(LastEvaluatedKey['sk']) };
  }

  /**
   * All items of a partition whose sort key begins with `prefix`. For partitions that stay small.
   * @param consistent whether writes of the last moment must be seen; costs twice as much
   */
  async listAll(
    pk: string,
    prefix: string,
    { consistent, only }: { readonly consistent: boolean; readonly only?: readonly string[] },
  ): Promise<Item[]> {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.name,
          ...itemsOf(pk, prefix),
          ...(only === undefined ? {} : projected(only)),
          ConsistentRead: consistent,
          ExclusiveStartKey: from,
        }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }

  /** @returns the item that is there already, `undefined` when this one was put */
  async putNew(item: Item & Key): Promise<Item | undefined> {
    return refusedBy(
      this.client.send(
        new PutCommand({
          TableName: this.name,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /** @returns the item as it is, when its version is no longer `version`; `undefined` when this one was put */
  async putNext(item: Item & Key, version: number): Promise<Item | undefined> {
    return refusedBy(
      this.client.send(
        new PutCommand({
          TableName: this.name,
          Item: item,
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': version },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /**
   * Puts an item where there is none, or in place of the one whose `attribute` has the value that was seen.
   * @returns false when another one is there, or, after a lost reply, this one
   */
  async putInPlaceOf(item: Item & Key, attribute: string, seen: string | undefined): Promise<boolean> {
    const condition =
      seen === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#attribute = :seen',
            ExpressionAttributeNames: { '#attribute': attribute },
            ExpressionAttributeValues: { ':seen': seen },
          };
    const refused = await refusedBy(
      this.client.send(new PutCommand({ TableName: this.name, Item: item, ...condition })),
    );
    return refused === undefined;
  }

  /** Puts an item unless this or a later version of it is there. @returns that one; `undefined` when this one was put */
  async putLater(item: Item & Key & { readonly version: number }): Promise<Item | undefined> {
    return refusedBy(
      this.client.send(
        new PutCommand({
          TableName: this.name,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk) OR version < :version',
          ExpressionAttributeValues: { ':version': item.version },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /**
   * Writes all or nothing. A conflict with another write of the same items is tried again.
   * @returns the positions of the writes that were refused; empty when all were written
   */
  async transact(writes: readonly TransactWrite[]): Promise<number[]> {
    const send = (): Promise<number[]> =>
      refusedPositions(this.client.send(new TransactWriteCommand({ TransactItems: [...writes] })));
    for (const pause of CONFLICT_PAUSES_MS) {
      try {
        return await send();
      } catch (error) {
        if (!isBusy(error)) throw error;
        await sleep(pause * (0.5 + Math.random()));
      }
    }
    return send();
  }
}
