import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { isShutOut, readInstitutionChange } from '../institutions/published.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { portsOn } from './ports.ts';

const { quotas } = portsOn(deployedTable());

/**
 * Follows the registry of partners, so that a grant can be refused to who is no active partner, and everything to who is
 * suspended, without asking there.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('partners', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const change = readInstitutionChange(item);
    // A change that is told again, or late, says what is known by now.
    const status = await quotas.putPartner(change);
    const isOut = isShutOut({ status });
    // Who is new has never been shut out: most changes are of that kind.
    if (isOut || change.version > 1) await quotas.shutOut.note(change.id, isOut);
  });
}
