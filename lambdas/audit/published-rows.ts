import * as z from 'zod/mini';

import { SUBJECT_TYPES } from '../shared/chain/change.ts';

/**
 * What other contexts may know of a row of the audit: to whom it is told, what happened, and nothing that is confidential.
 * This, not the table, is what they depend on.
 */
const PublishedRow = z.pipe(
  z.object({
    /** `<institution>#<sequence, ten digits>` */
    place: z.string().check(z.regex(/^[^#]+#\d{10}$/)),
    subjectType: z.enum(SUBJECT_TYPES),
    subject: z.string(),
    action: z.string(),
    version: z.optional(z.int()),
    at: z.string(),
    happenedAt: z.optional(z.string()),
    institutionId: z.optional(z.string()),
    after: z._default(z.record(z.string(), z.unknown()), {}),
  }),
  z.transform(({ place, happenedAt, at, institutionId, ...row }) => {
    const [chain = '', sequence = ''] = place.split('#');
    return { ...row, chain, sequence, at: happenedAt ?? at, by: institutionId };
  }),
);
/** `chain` is the institution in whose chain the row is, `sequence` its place there, as ten digits, `by` who made the change. */
export type PublishedRow = z.infer<typeof PublishedRow>;

/** Reads a row from what the audit's stream shows of it. @throws ZodError when it is not one */
export function readPublishedRow(item: Readonly<Record<string, unknown>>): PublishedRow {
  return PublishedRow.parse(item);
}
