import * as z from 'zod/mini';

import type { SingleTable, TransactWrite } from './single-table.ts';

/** Days a request is remembered for; clients are promised one. */
const REMEMBERED_DAYS = 7;

const RequestItem = z.object({ fingerprint: z.string(), resourceId: z.string() });

export interface Creation {
  /** Names the request: see `requestId`. */
  readonly request: string;
  /** Digest of its body: see `fingerprintOf`. */
  readonly fingerprint: string;
  /** Id of what is to be created. */
  readonly resourceId: string;
  readonly now: Date;
}

export type CreationOutcome =
  | { readonly kind: 'created' }
  /** The request had been carried out before, and made this. */
  | { readonly kind: 'replayed'; readonly resourceId: string }
  /** The request was made before, with another body. */
  | { readonly kind: 'key-reused' }
  /** The writes at these positions were refused, and nothing was written. */
  | { readonly kind: 'refused'; readonly positions: readonly number[] };

/** Creates something once for a request, in one transaction with the memory of it. */
export async function createOnce(
  table: SingleTable,
  { request, fingerprint, resourceId, now }: Creation,
  writes: readonly TransactWrite[],
): Promise<CreationOutcome> {
  const key = { pk: `REQUEST#${request}`, sk: 'REQUEST' };
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

  const earlier = RequestItem.parse(await table.get(key, { consistent: true }));
  if (earlier.fingerprint !== fingerprint) return { kind: 'key-reused' };
  return { kind: 'replayed', resourceId: earlier.resourceId };
}
