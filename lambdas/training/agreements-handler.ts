import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readAgreementChange } from '../agreements/published.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { ProgrammesTable } from './programmes-table.ts';

const programmes = new ProgrammesTable(deployedTable());

/** Follows the agreements that programmes are offered under. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('training-agreements', event, async (record) => {
    const item = newItem(record);
    if (item !== undefined) await programmes.putAgreement(readAgreementChange(item));
  });
}
