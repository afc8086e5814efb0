import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { logJob } from '../shared/observability/log.ts';
import { accountingPortsOn } from './accounting-ports.ts';
import { closeGrants } from './close-grants.ts';

const ports = accountingPortsOn(deployedTable());

/** Follows the pools whose period is being closed, and closes it. What breaks off is taken up where it stopped. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('closing', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const outcome = await closeGrants(ports, String(item['id']));
    logJob('closing', { closed: outcome === 'closed' ? 1 : 0, heldUp: outcome === 'held-up' ? 1 : 0 });
  });
}
