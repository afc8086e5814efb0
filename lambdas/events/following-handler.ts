import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { PartnersTable } from '../institutions/published-partners.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';

const partners = new PartnersTable(deployedTable());

/** Follows the partners as training knows them, so that they can be asked about here. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('events-following', event, async (record) => {
    const item = newItem(record);
    if (item?.['sk'] === 'PARTNER') await partners.noteCopy(item);
  });
}
