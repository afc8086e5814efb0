import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { newItem } from '../shared/dynamo/stream.ts';
import { trainingChange, trainingReading } from '../training/published-changes.ts';
import { AuditTable } from './audit-table.ts';
import { entriesOfReading } from './model.ts';
import { type Entries, readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const changes = readerOf(trainingChange);

function read(record: DynamoDBRecord): Entries {
  const reading = trainingReading(newItem(record) ?? {});
  return reading === undefined ? changes(record) : entriesOfReading(reading);
}

/** Writes down what happens to programmes, cohorts and applications, and who is shown whose name. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-training', Records, read);
}
