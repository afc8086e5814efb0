import * as z from 'zod/mini';

import { INSTITUTION_STATUSES } from './contract.ts';

/**
 * What other contexts may know of a change in the registry. This, not the table, is what they depend on.
 */
const InstitutionChange = z.object({
  id: z.uuid(),
  status: z.enum(INSTITUTION_STATUSES),
  version: z.int(),
});
export type InstitutionChange = z.infer<typeof InstitutionChange>;

/** Reads a change from the new state that the registry's stream shows. @throws ZodError when it is not one */
export function readInstitutionChange(item: Readonly<Record<string, unknown>>): InstitutionChange {
  return InstitutionChange.parse(item);
}
