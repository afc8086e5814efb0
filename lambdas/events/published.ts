import * as z from 'zod/mini';

/**
 * What other contexts may ask of this one: to remind of a place that is held, if it still is.
 */
export const ReminderRequest = z.object({
  registrationId: z.string(),
  /** Until when, as it was when the reminder was asked for: RFC 3339. */
  expiresAt: z.string(),
});
export type ReminderRequest = z.infer<typeof ReminderRequest>;
