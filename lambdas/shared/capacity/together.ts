import type { TransactWrite } from '../dynamo/single-table.ts';
import type { Account } from './account.ts';
import { encodeHolder, type Holder, holderKey } from './holder.ts';
import { type AccountKey, named, segmentKey } from './segment-item.ts';

/** Units of one account that are taken, and given back, together: one write for each segment they are in. */

export interface Unit {
  readonly segment: number;
  readonly holder: Holder;
}

/** @param account as it was seen when the segments were chosen */
export function takingWrites(
  TableName: string,
  key: AccountKey,
  account: Account,
  units: readonly Unit[],
): TransactWrite[] {
  return bySegment(units).map(([segment, taken]) => {
    const entitled = account.find(({ number }) => number === segment)?.entitled ?? 0;
    const set = taken.map((_, index) => `holders.#h${String(index)} = :h${String(index)}`);
    const absent = taken.map((_, index) => `attribute_not_exists(holders.#h${String(index)})`);
    return {
      Update: {
        TableName,
        Key: segmentKey(key, segment),
        UpdateExpression: `SET committed = committed + :units, ${set.join(', ')}`,
        // Conditions know no sums: so many may be committed if so many units are there.
        ConditionExpression: `committed <= :most AND entitled >= :entitled AND attribute_not_exists(closed) AND ${absent.join(' AND ')}`,
        ExpressionAttributeNames: namesOf(taken),
        ExpressionAttributeValues: {
          ...holdersOf(taken),
          ':units': taken.length,
          ':entitled': entitled,
          ':most': entitled - taken.length,
        },
      },
    };
  });
}

/** Each is given back only if it is still exactly that. */
export function freeingWrites(
  TableName: string,
  key: AccountKey,
  units: readonly Unit[],
  freedAt: number,
): TransactWrite[] {
  return bySegment(units).map(([segment, given]) => {
    const names = given.map((_, index) => `holders.#h${String(index)}`);
    return {
      Update: {
        TableName,
        Key: segmentKey(key, segment),
        UpdateExpression: `SET committed = committed - :units, freedAt = :now REMOVE ${names.join(', ')}`,
        ConditionExpression: names.map((name, index) => `${name} = :h${String(index)}`).join(' AND '),
        ExpressionAttributeNames: namesOf(given),
        ExpressionAttributeValues: { ...holdersOf(given), ':units': given.length, ':now': freedAt },
      },
    };
  });
}

const bySegment = (units: readonly Unit[]) => [...Map.groupBy(units, ({ segment }) => segment)];

const namesOf = (units: readonly Unit[]) => named('#h', units, ({ holder }) => holderKey(holder.id));

const holdersOf = (units: readonly Unit[]) => named(':h', units, ({ holder }) => encodeHolder(holder));
