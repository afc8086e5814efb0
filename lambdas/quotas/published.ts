import * as z from 'zod/mini';

/**
 * What other contexts may ask of this one: to remind of a booking's deadline, if it is still that.
 */
export const ReminderRequest = z.object({
  bookingId: z.string(),
  /** Of the hold or offer, as it was when the reminder was asked for: RFC 3339. */
  expiresAt: z.string(),
});
export type ReminderRequest = z.infer<typeof ReminderRequest>;
