import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { quotasChange, quotasReading } from '../quotas/published-changes.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { newItem } from '../shared/dynamo/stream.ts';
import { AuditTable } from './audit-table.ts';
import { entriesOfReading } from './model.ts';
import { type Entries, readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const changes = readerOf(quotasChange);

function read(record: DynamoDBRecord): Entries {
  const reading = quotasReading(newItem(record) ?? {});
  return reading === undefined ? changes(record) : entriesOfReading(reading);
}

/** Writes down what happens to pools, grants, bookings, loans and transfers, and to whom bookings are shown. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-quotas', Records, read);
}
