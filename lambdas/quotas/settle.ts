import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { deployedPorts } from './deployed-ports.ts';
import { readBooking } from './quotas-table.ts';
import { settle } from './settlement.ts';

const ports = deployedPorts();

/**
 * Follows the bookings' changes and settles their accounts once more, for requests that died between the two writes.
 * The booking is read again, so that a late record never brings an old state back.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('settle', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const booking = await ports.quotas.getBooking(readBooking(item).id, { consistent: true });
    if (booking === undefined) return;
    if (!(await settle(ports, booking))) throw new Error('A booking that needs a unit has none');
  });
}
