import type { InstitutionRepresentation } from './contract.ts';

/** A partner as the registry keeps it. */
export interface Institution extends InstitutionRepresentation {
  /** Counts the changes; what an ETag says. */
  readonly version: number;
}

export function showInstitution({ version: _, ...institution }: Institution): InstitutionRepresentation {
  return institution;
}
