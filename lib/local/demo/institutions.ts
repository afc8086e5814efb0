import type { InstitutionRepresentation } from '../../../lambdas/institutions/contract.ts';

/** A partner of the demonstration: an institution as it is registered, and the short name its accounts are called by. */
export type DemoInstitution = Omit<InstitutionRepresentation, 'status' | 'createdAt' | 'updatedAt'> & {
  readonly alias: string;
};

export const DEMO_INSTITUTIONS: readonly DemoInstitution[] = [];
