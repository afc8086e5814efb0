/** Where an institution stands: `invited → active ⇄ suspended → left`; it can leave from everywhere. Pure. */
export const INSTITUTION_STATUSES = ['invited', 'active', 'suspended', 'left'] as const;
export type InstitutionStatus = (typeof INSTITUTION_STATUSES)[number];
