import * as z from 'zod/mini';

import type { PublishedRow } from '../audit/published-rows.ts';

/**
 * What other contexts may ask of this one: to remind of a seat that is to be confirmed, if it still is.
 */
export const ReminderRequest = z.object({
  applicationId: z.string(),
  /** Until when, as it was when the reminder was asked for: RFC 3339. */
  expiresAt: z.string(),
});
export type ReminderRequest = z.infer<typeof ReminderRequest>;

const Parties = z.object({
  type: z.enum(['application', 'programme']),
  ...{ id: z.string(), parties: z.array(z.string()), version: z.int() },
});

/**
 * The parties of a programme or of an application, where a row of the audit tells of them: its first one, and those with
 * which they change.
 * @throws ZodError when the row tells of them otherwise
 */
export function partiesIn({ subjectType, subject, version, after }: PublishedRow): z.infer<typeof Parties> | undefined {
  const isOurs = subjectType === 'application' || subjectType === 'programme';
  if (!isOurs || after['parties'] === undefined) return undefined;
  return Parties.parse({ type: subjectType, id: subject, parties: after['parties'], version });
}
