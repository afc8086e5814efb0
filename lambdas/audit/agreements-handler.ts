import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { agreementsChange } from '../agreements/published-changes.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { AuditTable } from './audit-table.ts';
import { readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const read = readerOf(agreementsChange);

/** Writes down what happens to agreements. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-agreements', Records, read);
}
