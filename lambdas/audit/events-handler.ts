import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { eventsChange } from '../events/published-changes.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { AuditTable } from './audit-table.ts';
import { readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const read = readerOf(eventsChange);

/** Writes down what happens to events, and to what belongs to them. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-events', Records, read);
}
