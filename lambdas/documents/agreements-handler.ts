import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readAgreementChange } from '../agreements/published.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { DocumentsTable } from './documents-table.ts';

const documents = new DocumentsTable(deployedTable());

/** Follows the agreements, whose parties read the documents that belong to them. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('document-agreements', event, async (record) => {
    const item = newItem(record);
    if (item?.['sk'] !== 'AGREEMENT') return;
    const { id, parties, version } = readAgreementChange(item);
    await documents.putAgreement({ id, parties, version });
  });
}
