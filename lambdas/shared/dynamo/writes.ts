import { type Creation, createOnce, type Earlier } from './create-once.ts';
import type { Item, Key, SingleTable, TransactWrite } from './single-table.ts';

/** What the transactions of contexts are made of. */

export type WriteOutcome =
  | Earlier
  | { readonly kind: 'done' }
  /** Something is not as it was when it was judged. */
  | { readonly kind: 'moved-on' }
  /** These are no active partners. */
  | { readonly kind: 'not-active'; readonly institutions: readonly string[] };

/** The partners as the context knows them. */
interface Partners {
  /** Part of a transaction: an institution is an active partner. */
  readonly isActive: (institutionId: string) => TransactWrite;
}

export class Writes {
  readonly #table: SingleTable;
  readonly #partners: Partners;

  constructor(table: SingleTable, partners: Partners) {
    this.#table = table;
    this.#partners = partners;
  }

  /** Writes once for a request, as long as these institutions are active partners. */
  async once(creation: Creation, active: readonly string[], writes: readonly TransactWrite[]): Promise<WriteOutcome> {
    const outcome = await createOnce(this.#table, creation, [...this.#areActive(active), ...writes]);
    if (outcome.kind === 'created') return { kind: 'done' };
    return outcome.kind === 'refused' ? refusal(active, outcome.positions) : outcome;
  }

  /** Writes, as long as these institutions are active partners. */
  async all(active: readonly string[], writes: readonly TransactWrite[]): Promise<WriteOutcome> {
    const refused = await this.#table.transact([...this.#areActive(active), ...writes]);
    return refused.length === 0 ? { kind: 'done' } : refusal(active, refused);
  }

  #areActive(institutions: readonly string[]): TransactWrite[] {
    return institutions.map((institutionId) => this.#partners.isActive(institutionId));
  }

  putNew(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }

  put(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item } };
  }

  remove(key: Key): TransactWrite {
    return { Delete: { TableName: this.#table.name, Key: key } };
  }

  /** Puts the next version of an item in place of the one before. */
  replace(item: Item & Key & { readonly version: number }): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: item,
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': item.version - 1 },
      },
    };
  }

  /** An item has this version still, or this status. */
  is(key: Key, name: 'version' | 'status', value: number | string): TransactWrite {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: key,
        ConditionExpression: '#name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      },
    };
  }
}

function refusal(active: readonly string[], positions: readonly number[]): WriteOutcome {
  const institutions = active.filter((_, position) => positions.includes(position));
  return institutions.length > 0 ? { kind: 'not-active', institutions } : { kind: 'moved-on' };
}
