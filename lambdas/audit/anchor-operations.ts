import { inBatches } from '../shared/batches.ts';
import type { AnchorBucket } from './anchor-bucket.ts';
import { anchorKey, dateOf, type Head, nextAnchor } from './anchor-model.ts';
import type { AuditTable } from './audit-table.ts';

const CHAINS_AT_ONCE = 20;
const DAY_MS = 86_400_000;

export interface AnchorPorts {
  readonly audit: AuditTable;
  readonly bucket: AnchorBucket;
  readonly now: () => Date;
  /** For how long nobody can change or remove an anchor. */
  readonly keptDays: number;
}

/**
 * Writes today's anchor, unless it is there.
 * @returns how many chains are in it; `undefined` when it was there
 */
export async function anchorChains({ audit, bucket, now, keptDays }: AnchorPorts): Promise<number | undefined> {
  const today = now();
  const keys = await bucket.keys();
  if (keys.includes(anchorKey(dateOf(today)))) return undefined;
  const lastKey = keys.at(-1);
  const last = lastKey === undefined ? undefined : await bucket.read(lastKey);
  const heads = await headsOf(audit);
  const anchor = nextAnchor(heads, today, last);
  const written = await bucket.put(anchor, new Date(today.getTime() + keptDays * DAY_MS));
  return written ? heads.length : undefined;
}

/** Where each chain stands now. */
async function headsOf(audit: AuditTable): Promise<Head[]> {
  const heads: Head[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await audit.listChains(100, after);
    const found = await inBatches(entries, CHAINS_AT_ONCE, async ({ id }) => ({ id, last: await audit.last(id) }));
    for (const { id: institutionId, last } of found) {
      // A chain is listed a moment before its first row is there.
      if (last !== undefined) heads.push({ institutionId, sequence: last.sequence, hash: last.hash });
    }
    after = next;
  } while (after !== undefined);
  return heads;
}
