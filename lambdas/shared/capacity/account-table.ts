import { UpdateCommand } from '@aws-sdk/lib-dynamodb';

import { refusedBy } from '../dynamo/failures.ts';
import { SharedReads } from '../dynamo/shared-reads.ts';
import type { Item, SingleTable, TransactWrite } from '../dynamo/single-table.ts';
import type { Account, Reserve, SegmentChange } from './account.ts';
import { encodeHolder, type Holder, holderKey } from './holder.ts';
import { type AccountKey, named, readSegment, segmentKey } from './segment-item.ts';
import { freeingWrites, takingWrites, type Unit } from './together.ts';

/**
 * Capacity accounts in DynamoDB. The owner (a grant, a cohort, an event) is the item `pk`/`<KIND>`; its segments lie
 * behind it as `pk`/`<KIND>#SEGMENT#<nn>`, so that one query reads the owner and its account.
 */

export type { AccountKey } from './segment-item.ts';

/** An owner's item as it is stored, `undefined` if there is none, and its account. */
export interface OwnedAccount {
  readonly owner: Item | undefined;
  readonly account: Account;
}

export class AccountTable {
  readonly #table: SingleTable;
  readonly #reads = new SharedReads<OwnedAccount>();

  constructor(table: SingleTable) {
    this.#table = table;
  }

  /** Reads an owner and its account together. */
  load({ pk, owner, ownerId }: AccountKey, freshness: { readonly consistent: boolean }): Promise<OwnedAccount> {
    return this.#reads.read(`${pk} ${String(freshness.consistent)}`, freshness, async () => {
      const items = await this.#table.listAll(pk, owner, freshness);
      return {
        owner: items.find((item) => item['sk'] === owner),
        account: items.filter((item) => item['sk'] !== owner).map((item) => readSegment(item, ownerId)),
      };
    });
  }

  /**
   * Takes one unit: the one conditional write that decides who gets it.
   * Repeating it after a lost reply takes nothing twice, because the holder is its own witness.
   * @param fromLine it is the turn of who takes it: the line does not stand in the way
   * @returns false when there is no room, the segment is shut, somebody waits in line, or the holder is there already:
   *   reading tells which
   */
  async take(key: AccountKey, segment: number, holder: Holder, fromLine = false): Promise<boolean> {
    const nobodyWaits = fromLine ? '' : ' AND attribute_not_exists(queue)';
    const refused = await refusedBy(
      this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.name,
          Key: segmentKey(key, segment),
          UpdateExpression: 'SET committed = committed + :one, holders.#holder = :holder',
          ConditionExpression: `committed < entitled AND attribute_not_exists(holders.#holder) AND attribute_not_exists(closed)${nobodyWaits}`,
          ExpressionAttributeNames: { '#holder': holderKey(holder.id) },
          ExpressionAttributeValues: { ':one': 1, ':holder': encodeHolder(holder) },
        }),
      ),
    );
    return refused === undefined;
  }

  /**
   * Takes several units or none, for who comes from the line: one transaction over the segments they are in.
   * @param account as it was seen when the segments were chosen
   * @returns false when there is no room any more, a segment is shut, or one of the holders is there already
   */
  async takeAll(key: AccountKey, account: Account, units: readonly Unit[]): Promise<boolean> {
    return (await this.#table.transact(takingWrites(this.#table.name, key, account, units))).length === 0;
  }

  /** Gives several units back, if all are still exactly as they were seen: all or none. @returns whether they were */
  async freeAll(key: AccountKey, units: readonly Unit[], freedAt: number): Promise<boolean> {
    const [only, ...others] = units;
    if (only !== undefined && others.length === 0) {
      return this.free(key, only.segment, only.holder.id, freedAt, only.holder);
    }
    return (await this.#table.transact(freeingWrites(this.#table.name, key, units, freedAt))).length === 0;
  }

  /**
   * Gives a unit back, once: whoever comes second finds nothing to give.
   * @param seen only if the holder is still exactly this
   * @returns whether this call gave it back
   */
  async free(key: AccountKey, segment: number, id: string, freedAt: number, seen?: Holder): Promise<boolean> {
    const refused = await refusedBy(
      this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.name,
          Key: segmentKey(key, segment),
          UpdateExpression: 'SET committed = committed - :one, freedAt = :now REMOVE holders.#holder',
          ConditionExpression: stillThere(seen),
          ExpressionAttributeNames: { '#holder': holderKey(id) },
          ExpressionAttributeValues: { ':one': 1, ':now': freedAt, ...asSeen(seen) },
        }),
      ),
    );
    return refused === undefined;
  }

  /**
   * Gives a unit to another holder in the write that takes it from the one before: it is never free in between.
   * @param seen only if the holder before is still exactly this
   * @returns false when that one does not hold it, the other one holds one already, or the segment is shut or reserved
   *   for others
   */
  async pass(
    key: AccountKey,
    segment: number,
    id: string,
    next: { readonly holder: Holder; readonly reserve: Reserve },
    freedAt: number,
    seen?: Holder,
  ): Promise<boolean> {
    const open = openTo(next.reserve);
    const refused = await refusedBy(
      this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.name,
          Key: segmentKey(key, segment),
          UpdateExpression: 'SET holders.#next = :next, freedAt = :now REMOVE holders.#holder',
          ConditionExpression: `${stillThere(seen)} AND attribute_not_exists(holders.#next) AND attribute_not_exists(closed)${open.condition}`,
          ExpressionAttributeNames: { '#holder': holderKey(id), '#next': holderKey(next.holder.id) },
          ExpressionAttributeValues: {
            ':next': encodeHolder(next.holder),
            ':now': freedAt,
            ...asSeen(seen),
            ...open.values,
          },
        }),
      ),
    );
    return refused === undefined;
  }

  /** Sets or removes the mark of a line in a segment (see `marks.ts`). @param seen only if the mark is still exactly this */
  async setQueue(
    key: AccountKey,
    segment: number,
    { to, seen }: { readonly to?: string; readonly seen?: string },
  ): Promise<void> {
    await refusedBy(
      this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.name,
          Key: segmentKey(key, segment),
          UpdateExpression: to === undefined ? 'REMOVE queue' : 'SET queue = :to',
          ConditionExpression: seen === undefined ? 'attribute_exists(pk)' : 'queue = :seen',
          ExpressionAttributeValues: {
            ...(to === undefined ? {} : { ':to': to }),
            ...(seen === undefined ? {} : { ':seen': seen }),
          },
        }),
      ),
    );
  }

  /**
   * Brings a holder that is there to a later state; never adds one, and never takes one back to an earlier state.
   * @returns `overtaken` when its state is a later one already
   */
  async mark(key: AccountKey, segment: number, holder: Holder): Promise<'marked' | 'overtaken' | 'absent'> {
    const refused = await refusedBy(this.#rewrite(key, segment, holder, 'holders.#holder <= :holder', {}));
    if (refused === undefined) return 'marked';
    return this.#holdersOf(refused, key).some(({ id }) => id === holder.id) ? 'overtaken' : 'absent';
  }

  /**
   * Takes a holder over from another attempt of its request, if it is still exactly as it was seen.
   * @returns whether it was
   */
  async takeOver(key: AccountKey, segment: number, holder: Holder, seen: Holder): Promise<boolean> {
    const values = { ':seen': encodeHolder(seen) };
    return (await refusedBy(this.#rewrite(key, segment, holder, 'holders.#holder = :seen', values))) === undefined;
  }

  #rewrite(key: AccountKey, segment: number, holder: Holder, condition: string, values: Item): Promise<unknown> {
    return this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: segmentKey(key, segment),
        UpdateExpression: 'SET holders.#holder = :holder',
        ConditionExpression: condition,
        ExpressionAttributeNames: { '#holder': holderKey(holder.id) },
        ExpressionAttributeValues: { ':holder': encodeHolder(holder), ...values },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  }

  #holdersOf(item: Item, { ownerId }: AccountKey): readonly Holder[] {
    return 'pk' in item ? readSegment(item, ownerId).holders : [];
  }

  /** The write that gives a segment its new share; refused if it was changed, holds more, or its line is another by then. */
  resizeWrite(key: AccountKey, { number, from, to, reserved, queue }: SegmentChange, closed: boolean): TransactWrite {
    if (from === undefined) {
      const item = {
        ...segmentKey(key, number),
        entitled: to,
        committed: 0,
        holders: {},
        ...(closed ? { closed } : {}),
        ...(reserved === undefined || reserved === false ? {} : { reserved }),
        ...(queue === undefined ? {} : { queue }),
      };
      return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
    }
    return {
      Update: {
        TableName: this.#table.name,
        Key: segmentKey(key, number),
        UpdateExpression: closed ? 'SET entitled = :to, closed = :closed' : 'SET entitled = :to REMOVE closed',
        ConditionExpression: `entitled = :from AND committed <= :to AND ${queue === undefined ? 'attribute_not_exists(queue)' : 'queue = :queue'}`,
        ExpressionAttributeValues: {
          ':from': from,
          ':to': to,
          ...(closed ? { ':closed': true } : {}),
          ...(queue === undefined ? {} : { ':queue': queue }),
        },
      },
    };
  }
}

/** The condition on a segment of which somebody may have a unit. */
function openTo(reserve: Reserve): { readonly condition: string; readonly values: Item } {
  if (reserve === 'first' || reserve === 'too') return { condition: '', values: {} };
  if (reserve === 'no') return { condition: ' AND attribute_not_exists(reserved)', values: {} };
  const values = named(':kept', [reserve.own, ...reserve.released], (name) => name);
  return {
    condition: ` AND (attribute_not_exists(reserved) OR reserved IN (${Object.keys(values).join(', ')}))`,
    values,
  };
}

/** The condition on a holder that is to go. */
function stillThere(seen: Holder | undefined): string {
  return seen === undefined ? 'attribute_exists(holders.#holder)' : 'holders.#holder = :seen';
}

function asSeen(seen: Holder | undefined): Item {
  return seen === undefined ? {} : { ':seen': encodeHolder(seen) };
}
