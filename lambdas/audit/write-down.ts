import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';

import { inBatches } from '../shared/batches.ts';
import type { AuditedChange, Images, Item, Seal } from '../shared/chain/change.ts';
import { newItem, oldItem } from '../shared/dynamo/stream.ts';
import { environment } from '../shared/environment.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import type { AuditTable } from './audit-table.ts';
import { type AuditEntry, entriesOfChange } from './model.ts';
import { sealedWith } from './seal.ts';

/** What a record says to which chains. */
export type Entries = ReadonlyMap<string, AuditEntry>;

/** Chains that are written at the same time. */
const CHAINS_AT_ONCE = 25;

const NOTHING: Entries = new Map();

/** Reads records by what their context publishes. @param change what it tells of an item's two states */
export function readerOf(change: (items: Images<Item>, seal: Seal) => AuditedChange | undefined) {
  const seal = sealedWith(environment('SEAL_KEY'));
  return (record: DynamoDBRecord): Entries => {
    const after = newItem(record);
    const told = after && change({ before: oldItem(record), after }, seal);
    return told === undefined ? NOTHING : entriesOfChange(told);
  };
}

/**
 * Writes down what a stream's records say, each once in each chain, however often and in whatever order they come. A record
 * that cannot be read, or a chain that cannot be written, does not keep the others waiting: only it is reported.
 */
export async function writeDown(
  audit: AuditTable,
  job: string,
  records: readonly DynamoDBRecord[],
  read: (record: DynamoDBRecord) => Entries,
): Promise<DynamoDBBatchResponse> {
  const failed = new Set<DynamoDBRecord>();
  const told: { readonly institutionId: string; readonly entry: AuditEntry; readonly record: DynamoDBRecord }[] = [];
  for (const record of records) {
    try {
      for (const [institutionId, entry] of read(record)) told.push({ institutionId, entry, record });
    } catch (error) {
      logJobFailure(job, error);
      failed.add(record);
    }
  }
  const chains = [...Map.groupBy(told, ({ institutionId }) => institutionId)];
  await inBatches(chains, CHAINS_AT_ONCE, async ([institutionId, changes]) => {
    try {
      await audit.append(
        institutionId,
        changes.map(({ entry }) => entry),
      );
    } catch (error) {
      logJobFailure(job, error, { id: institutionId });
      const [first] = changes;
      if (first !== undefined) failed.add(first.record);
    }
  });
  // From the first of them on everything comes again; what was written meanwhile is found.
  return { batchItemFailures: [...failed].map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })) };
}
