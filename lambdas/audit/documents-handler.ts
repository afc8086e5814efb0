import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { documentsChange, documentsReading } from '../documents/published-changes.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { newItem } from '../shared/dynamo/stream.ts';
import { AuditTable } from './audit-table.ts';
import { entriesOfReading } from './model.ts';
import { type Entries, readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const changes = readerOf(documentsChange);

function read(record: DynamoDBRecord): Entries {
  const reading = documentsReading(newItem(record) ?? {});
  return reading === undefined ? changes(record) : entriesOfReading(reading);
}

/** Writes down what happens to documents, and who gets which clinical one. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-documents', Records, read);
}
