import * as z from 'zod/mini';

import type { Item, Key } from '../dynamo/single-table.ts';
import type { Segment } from './account.ts';
import { decodeHolder, familyOf } from './holder.ts';

/** A segment of an account, as it is stored. */

const SegmentItem = z.object({
  sk: z.string(),
  entitled: z.int(),
  committed: z.int(),
  closed: z.optional(z.boolean()),
  reserved: z.optional(z.union([z.boolean(), z.string()])),
  queue: z.optional(z.string()),
  holders: z.record(z.string(), z.string()),
  freedAt: z.optional(z.int()),
});

/** Reads a segment as it is stored. @throws Error when it cannot be read */
export function readSegment(item: Item, ownerId: string): Segment {
  const { sk, entitled, committed, closed = false, reserved, queue, holders, freedAt } = SegmentItem.parse(item);
  return {
    number: Number(sk.slice(sk.lastIndexOf('#') + 1)),
    entitled,
    committed,
    closed,
    ...(reserved === undefined ? {} : { reserved }),
    ...(queue === undefined ? {} : { queue }),
    holders: Object.entries(holders).map(([key, text]) => decodeHolder(familyOf(ownerId), key, text)),
    ...(freedAt === undefined ? {} : { freedAt }),
  };
}

/** Where the account of an owner lies. */
export interface AccountKey {
  readonly pk: string;
  /** Sort key of the owner's own item, such as `GRANT`. */
  readonly owner: string;
  readonly ownerId: string;
}

const SEGMENT = '#SEGMENT#';

export function segmentKey({ pk, owner }: AccountKey, number: number): Key {
  return { pk, sk: `${owner}${SEGMENT}${String(number).padStart(2, '0')}` };
}

/** Names for what an expression has several of. */
export function named<T, V>(prefix: string, values: readonly T[], of: (value: T) => V): Record<string, V> {
  return Object.fromEntries(values.map((value, index) => [`${prefix}${String(index)}`, of(value)]));
}
