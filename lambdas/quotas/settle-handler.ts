import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { settleLate } from '../shared/capacity/settle.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { portsOn } from './ports.ts';
import { readBooking } from './quotas-table.ts';

const ports = portsOn(deployedTable());
const claims = bookingsAsClaims(ports);

/** A booking that needs a unit has none in its grant's account: only an operator can judge how that came about. */
class BookingWithoutUnit extends Error {
  override readonly name = 'BookingWithoutUnit';
}

/**
 * Follows the bookings' changes and settles their accounts once more, for requests that died between the two writes.
 * The booking is read again, so that a late record never brings an old state back.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('settle', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const { id } = readBooking(item);
    const booking = await ports.quotas.getBooking(id, { consistent: true });
    if (booking === undefined || (await settleLate(claims, booking))) return;
    // It may have ended between the two: then its unit is rightly gone.
    const now = await ports.quotas.getBooking(id, { consistent: true });
    // Reported, not repeated: trying again would only hold up the records behind it.
    if (now?.version === booking.version) {
      logJobFailure('settle', new BookingWithoutUnit(), { id, counts: { CapacityDrift: 1 } });
    }
  });
}
