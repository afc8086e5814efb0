import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readAgreementChange } from '../agreements/published.ts';
import { PartnersTable } from '../institutions/published-partners.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { portsOn } from './ports.ts';

const table = deployedTable();
const { quotas } = portsOn(table);
const partners = new PartnersTable(table);

/**
 * Follows the agreements, so that a grant can be refused under one that is not in force; and the partners as agreements
 * know them, so that a grant can be refused to who is no active one, and everything to who is suspended. Both without asking
 * there, and by one stream: each has few readers.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('following', event, async (record) => {
    const item = newItem(record);
    if (item?.['sk'] === 'PARTNER') await partners.noteCopy(item);
    if (item?.['sk'] === 'AGREEMENT') await quotas.putAgreement(readAgreementChange(item));
  });
}
