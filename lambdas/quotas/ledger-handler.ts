import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { inBatches } from '../shared/batches.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { newItem, oldItem } from '../shared/dynamo/stream.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import { accountingPortsOn } from './accounting-ports.ts';
import { bookingEntry, grantEntry, type LedgerEntry } from './ledger.ts';
import { readBooking, readGrantItem } from './quotas-table.ts';

const { ledger } = accountingPortsOn(deployedTable());

/** Grants whose ledgers are written at the same time. */
const GRANTS_AT_ONCE = 10;

/** What a record says to a ledger; nothing when it is about no new version of a grant or booking. */
function entryOf(record: DynamoDBRecord): LedgerEntry | undefined {
  const [after, before] = [newItem(record), oldItem(record)];
  if (after === undefined || after['version'] === before?.['version']) return undefined;
  return after['sk'] === 'GRANT'
    ? grantEntry({ before: before && readGrantItem(before), after: readGrantItem(after) })
    : bookingEntry({ before: before && readBooking(before), after: readBooking(after) });
}

/** Writes down what happened to one grant and its bookings, which lie in one partition. @returns whether it could */
async function write(pk: string, records: readonly DynamoDBRecord[]): Promise<boolean> {
  try {
    const entries = records.map(entryOf).filter((entry) => entry !== undefined);
    if (entries.length > 0) await ledger.append(pk, entries);
    return true;
  } catch (error) {
    logJobFailure('ledger', error, { id: pk });
    return false;
  }
}

/**
 * Follows the changes of grants and bookings and writes each version down in its grant's ledger, once, however often and
 * in whatever order the changes come. The changes of a grant are written together, so that its end is read once.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const grants = [...Map.groupBy(Records, ({ dynamodb }) => dynamodb?.Keys?.['pk']?.S ?? '')];
  const failed: DynamoDBRecord[] = [];
  await inBatches(grants, GRANTS_AT_ONCE, async ([pk, records]) => {
    const [first] = records;
    if (!(await write(pk, records)) && first !== undefined) failed.push(first);
  });
  // From the first of them on everything comes again; what was written meanwhile is found.
  return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })) };
}
