import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { agreementsChange } from '../agreements/published-changes.ts';
import { deployedAudit } from './deployed-audit.ts';
import { readerOf, writeDown } from './write-down.ts';

const audit = deployedAudit();
const read = readerOf(agreementsChange);

/** Writes down what happens to agreements. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeDown(audit, 'audit-agreements', Records, read);
}
