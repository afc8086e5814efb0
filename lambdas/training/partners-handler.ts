import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { PartnersTable } from '../institutions/published-partners.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';

const partners = new PartnersTable(deployedTable());

/** Follows the registry of partners, so that who is no active partner can be refused without asking there. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return partners.follow('training-partners', event);
}
