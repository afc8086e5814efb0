import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { isShutOut, readInstitutionChange } from '../institutions/published.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { deployedPorts } from './deployed-ports.ts';

const { agreements } = deployedPorts();

/** Follows the registry of partners, so that an agreement can be refused to who is no active partner without asking there. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('agreement-partners', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const change = readInstitutionChange(item);
    // A change that is told again, or late, says what is known by now.
    const status = await agreements.putPartner(change);
    const isOut = isShutOut({ status });
    // Who is new has never been shut out: most changes are of that kind.
    if (isOut || change.version > 1) await agreements.shutOut.note(change.id, isOut);
  });
}
