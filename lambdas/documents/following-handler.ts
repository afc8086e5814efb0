import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { partiesIn as ofAgreement } from '../agreements/published.ts';
import { readPublishedRow } from '../audit/published-rows.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { partiesIn as ofTraining } from '../training/published.ts';
import { DocumentsTable } from './documents-table.ts';

const documents = new DocumentsTable(deployedTable());

/**
 * Follows, as the audit tells it, who is an active partner, so that documents can be refused to others; and who the parties
 * are of agreements, programmes and applications, who read the documents that belong to them. From the audit, because a stream has few readers.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('document-following', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const row = readPublishedRow(item);
    await documents.partners.noteRow(row);
    const resource = ofAgreement(row) ?? ofTraining(row);
    if (resource !== undefined) await documents.putResource(resource);
  });
}
