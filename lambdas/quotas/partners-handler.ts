import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readInstitutionChange } from '../institutions/published.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { deployedTable } from './deployed-table.ts';
import { portsOn } from './ports.ts';

const { quotas } = portsOn(deployedTable());

/** Follows the registry of partners, so that a grant can be refused to who is no active partner without asking there. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('partners', event, async (record) => {
    const item = newItem(record);
    if (item !== undefined) await quotas.putPartner(readInstitutionChange(item));
  });
}
