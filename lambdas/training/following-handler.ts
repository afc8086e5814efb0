import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readAgreementChange } from '../agreements/published.ts';
import { PartnersTable } from '../institutions/published-partners.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { ProgrammesTable } from './programmes-table.ts';

const table = deployedTable();
const programmes = new ProgrammesTable(table);
const partners = new PartnersTable(table);

/**
 * Follows the agreements that programmes are offered under, and the partners as agreements know them, so that both can be
 * asked about here.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('training-following', event, async (record) => {
    const item = newItem(record);
    if (item?.['sk'] === 'PARTNER') await partners.noteCopy(item);
    if (item?.['sk'] === 'AGREEMENT') await programmes.putAgreement(readAgreementChange(item));
  });
}
