import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readAgreementChange } from '../agreements/published.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { portsOn } from './ports.ts';

const { quotas } = portsOn(deployedTable());

/** Follows the agreements, so that a grant can be refused under one that is not in force without asking there. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('agreements', event, async (record) => {
    const item = newItem(record);
    if (item !== undefined) await quotas.putAgreement(readAgreementChange(item));
  });
}
