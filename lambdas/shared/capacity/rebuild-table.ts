import type { Item, SingleTable, TransactWrite } from '../dynamo/single-table.ts';
import type { Account, Segment } from './account.ts';
import type { AccountKey } from './account-table.ts';
import { encodeHolder, holderKey } from './holder.ts';
import { readSegment, segmentKey } from './segment-item.ts';

/** Accounts whose items may be damaged: read as far as they can be, and written anew. */

/** What there is of an owner and its account. */
export interface DamagedAccount {
  /** The owner's own item, if there is one. */
  readonly owner: Item | undefined;
  /** The segments that can be read. */
  readonly account: Account;
  /** All segments as they are stored. */
  readonly items: readonly Item[];
}

/** What a segment counts, and who may have its units. Whatever else its item has stays as it is. */
const COUNTERS = ['entitled', 'committed', 'closed', 'reserved', 'queue', 'holders'] as const;

/** Reads an owner and what can be read of its account, as they are now. */
export async function loadDamaged(table: SingleTable, key: AccountKey): Promise<DamagedAccount> {
  const found = await table.listAll(key.pk, key.owner, { consistent: true });
  const items = found.filter(({ sk }) => sk !== key.owner);
  return {
    owner: found.find(({ sk }) => sk === key.owner),
    items,
    account: items.flatMap((item) => readable(item, key) ?? []),
  };
}

function readable(item: Item, { ownerId }: AccountKey): Segment | undefined {
  try {
    return readSegment(item, ownerId);
  } catch {
    return undefined;
  }
}

/**
 * Writes segments, all or none, in place of what was read: not if anything was counted in them meanwhile, nor if the
 * owner has another version by then.
 * @returns whether they were written
 */
export async function writeRebuilt(
  table: SingleTable,
  key: AccountKey,
  { items }: Pick<DamagedAccount, 'items'>,
  owner: { readonly version: number },
  segments: readonly Segment[],
): Promise<boolean> {
  const sameOwner: TransactWrite = {
    ConditionCheck: {
      TableName: table.name,
      Key: { pk: key.pk, sk: key.owner },
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': owner.version },
    },
  };
  const writes = segments.map((segment) => {
    const { sk } = segmentKey(key, segment.number);
    return rewrite(table, key, segment, items.find((item) => item['sk'] === sk) ?? {});
  });
  return (await table.transact([sameOwner, ...writes])).length === 0;
}

function rewrite(table: SingleTable, key: AccountKey, segment: Segment, seen: Item): TransactWrite {
  const values = {
    entitled: segment.entitled,
    committed: segment.committed,
    holders: Object.fromEntries(segment.holders.map((holder) => [holderKey(holder.id), encodeHolder(holder)])),
    ...(segment.closed ? { closed: true } : {}),
    ...(segment.reserved === undefined || segment.reserved === false ? {} : { reserved: segment.reserved }),
    ...(segment.queue === undefined ? {} : { queue: segment.queue }),
    ...(segment.freedAt === undefined ? {} : { freedAt: segment.freedAt }),
  };
  const names = Object.keys(values);
  const asSeen = COUNTERS.map((name) => (name in seen ? `#${name} = :seen_${name}` : `attribute_not_exists(#${name})`));
  const remove = segment.closed ? '' : ' REMOVE #closed';
  return {
    Update: {
      TableName: table.name,
      Key: segmentKey(key, segment.number),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}${remove}`,
      ConditionExpression: asSeen.join(' AND '),
      ExpressionAttributeNames: Object.fromEntries([...COUNTERS, ...names].map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
        ...Object.fromEntries(COUNTERS.filter((name) => name in seen).map((name) => [`:seen_${name}`, seen[name]])),
      },
    },
  };
}
