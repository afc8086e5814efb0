import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readInstitutionChange } from '../institutions/published.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { deployedPorts } from './deployed-ports.ts';

const { agreements } = deployedPorts();

/** Follows the registry of partners, so that an agreement can be refused to who is no active partner without asking there. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('agreement-partners', event, async (record) => {
    const item = newItem(record);
    if (item !== undefined) await agreements.putPartner(readInstitutionChange(item));
  });
}
