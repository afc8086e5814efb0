import * as z from 'zod/mini';

/** What other contexts may know of events and of who has attended them. This, not the table, is what they depend on. Pure. */

const HeldEvent = z.object({
  id: z.string(),
  organiserId: z.string(),
  kind: z.string(),
  title: z.record(z.string(), z.string()),
  /** As clocks show it where the event is. */
  ...{ starts: z.string(), ends: z.string() },
  /** Counts the changes. */
  version: z.int(),
});
export type HeldEvent = z.infer<typeof HeldEvent>;

const Attendance = z.object({
  /** Of the registration. */
  id: z.string(),
  ...{ eventId: z.string(), organiserId: z.string(), institutionId: z.string(), version: z.int() },
});
export type Attendance = z.infer<typeof Attendance>;

/** Reads an event from the new state that the events' stream shows. @throws ZodError when it is not one */
export function readHeldEvent(item: Readonly<Record<string, unknown>>): HeldEvent {
  return HeldEvent.parse(item);
}

/** Reads that somebody has attended, from a registration that says so. @throws ZodError when it is not one */
export function readAttendance(item: Readonly<Record<string, unknown>>): Attendance {
  return Attendance.parse(item);
}

/** What other contexts may ask of this one: to remind of a place that is held, if it still is. */
export const ReminderRequest = z.object({
  registrationId: z.string(),
  /** Until when, as it was when the reminder was asked for: RFC 3339. */
  expiresAt: z.string(),
});
export type ReminderRequest = z.infer<typeof ReminderRequest>;
