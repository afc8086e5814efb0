import * as z from 'zod/mini';

import type { Key, SingleTable, TransactWrite } from './single-table.ts';

/** Days a request is remembered for; clients are promised one. */
const REMEMBERED_DAYS = 7;

const RequestItem = z.object({ fingerprint: z.string(), resourceId: z.string() });

export interface Creation {
  /** Names the request: see `requestId`. */
  readonly request: string;
  /** Digest of its body: see `fingerprintOf`. */
  readonly fingerprint: string;
  /** Id of what is to be made or changed. */
  readonly resourceId: string;
  readonly now: Date;
}

export type Earlier =
  /** The request had been carried out before, and made this. */
  | { readonly kind: 'replayed'; readonly resourceId: string }
  /** The request was made before, with another body. */
  | { readonly kind: 'key-reused' };

export type CreationOutcome =
  | Earlier
  | { readonly kind: 'created' }
  /** The writes at these positions were refused, and nothing was written. */
  | { readonly kind: 'refused'; readonly positions: readonly number[] };

/** Makes or changes something once for a request, in one transaction with the memory of it. */
export async function createOnce(
  table: SingleTable,
  { request, fingerprint, resourceId, now }: Creation,
  writes: readonly TransactWrite[],
): Promise<CreationOutcome> {
  const key = keyOf(request);
  const ttl = Math.floor(now.getTime() / 1000) + REMEMBERED_DAYS * 24 * 3600;
  const memory: TransactWrite = {
    Put: {
      TableName: table.name,
      Item: { ...key, fingerprint, resourceId, ttl },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
  const refused = await table.transact([memory, ...writes]);
  if (refused.length === 0) return { kind: 'created' };
  if (!refused.includes(0)) return { kind: 'refused', positions: refused.map((position) => position - 1) };

  const earlier = await findEarlier(table, { request, fingerprint });
  if (earlier === undefined) throw new Error('A request is remembered and was not found');
  return earlier;
}

const keyOf = (request: string): Key => ({ pk: `REQUEST#${request}`, sk: 'REQUEST' });

/** What an earlier attempt of a request has left; `undefined` if there was none. */
export async function findEarlier(
  table: SingleTable,
  { request, fingerprint }: Pick<Creation, 'request' | 'fingerprint'>,
): Promise<Earlier | undefined> {
  const item = await table.get(keyOf(request), { consistent: true });
  if (item === undefined) return undefined;
  const earlier = RequestItem.parse(item);
  if (earlier.fingerprint !== fingerprint) return { kind: 'key-reused' };
  return { kind: 'replayed', resourceId: earlier.resourceId };
}
