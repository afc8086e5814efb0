import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { handleInOrder, newItem, oldItem } from '../shared/dynamo/stream.ts';
import { environment } from '../shared/environment.ts';
import { DocumentStore } from './document-store.ts';
import { readDocument } from './documents-table.ts';
import { keep } from './keeping.ts';

const store = new DocumentStore(environment('BUCKET_NAME'));

/** Makes the store agree with what has become of documents: tags, locks and removes their bytes. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('document-keeping', event, async (record) => {
    const item = newItem(record);
    if (item?.['sk'] !== 'DOCUMENT') return;
    const before = oldItem(record);
    await keep({ store }, readDocument(item), before && readDocument(before));
  });
}
