import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { eventsChange, eventsReading } from '../events/published-changes.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { newItem } from '../shared/dynamo/stream.ts';
import { AuditTable } from './audit-table.ts';
import { entriesOfReading } from './model.ts';
import { type Entries, readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const changes = readerOf(eventsChange);

function read(record: DynamoDBRecord): Entries {
  const reading = eventsReading(newItem(record) ?? {});
  return reading === undefined ? changes(record) : entriesOfReading(reading);
}

/** Writes down what happens to events, and to what belongs to them, and who is shown whose needs. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-events', Records, read);
}
