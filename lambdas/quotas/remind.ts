import { isExpired } from './model.ts';
import type { Ports } from './ports.ts';
import type { ReminderRequest } from './published.ts';

/**
 * Notes that somebody is to be reminded of a hold or offer, unless it has been decided meanwhile or ends at another time.
 * Done again, it changes nothing.
 * @returns whether there is something to be reminded of
 */
export async function remind({ quotas, now }: Ports, { bookingId, expiresAt }: ReminderRequest): Promise<boolean> {
  const booking = await quotas.getBooking(bookingId, { consistent: true });
  if (booking?.status !== 'held' && booking?.status !== 'offered') return false;
  if (booking.expiresAt !== expiresAt || isExpired(booking, now())) return false;
  const { beneficiaryId, status } = booking;
  await quotas.putReminder({ bookingId, beneficiaryId, status, expiresAt, at: now().toISOString() });
  return true;
}
