import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { notificationsChange } from '../notifications/published-changes.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { AuditTable } from './audit-table.ts';
import { readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const read = readerOf(notificationsChange);

/** Writes down what happens to webhooks. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-webhooks', Records, read);
}
