import * as z from 'zod/mini';

/**
 * What other contexts may ask of this one: to remind of a seat that is to be confirmed, if it still is.
 */
export const ReminderRequest = z.object({
  applicationId: z.string(),
  /** Until when, as it was when the reminder was asked for: RFC 3339. */
  expiresAt: z.string(),
});
export type ReminderRequest = z.infer<typeof ReminderRequest>;
