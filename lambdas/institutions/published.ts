import * as z from 'zod/mini';

import { Country } from '../shared/countries.ts';
import { LocalizedText } from '../shared/values.ts';
import { INSTITUTION_STATUSES } from './status.ts';

export type { ContactRole, MailLanguage } from './contact-contract.ts';

export const InstitutionStatus = z.enum(INSTITUTION_STATUSES);

/**
 * What other contexts may know of a change in the registry. This, not the table, is what they depend on.
 */
const InstitutionChange = z.object({
  id: z.uuid(),
  status: InstitutionStatus,
  version: z.int(),
  /** Not told by the audit, which has no names. */
  name: z.optional(LocalizedText),
  country: z.optional(Country),
});
export type InstitutionChange = z.infer<typeof InstitutionChange>;

/** Reads a change from the new state that the registry's stream shows. @throws ZodError when it is not one */
export function readInstitutionChange(item: Readonly<Record<string, unknown>>): InstitutionChange {
  return InstitutionChange.parse(item);
}

/** Whether nobody acts for an institution in this status. Who is invited already does: to describe itself. */
export function isShutOut({ status }: Pick<InstitutionChange, 'status'>): boolean {
  return status === 'suspended' || status === 'left';
}
