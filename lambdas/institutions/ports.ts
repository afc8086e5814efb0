import type { InstitutionsTable } from './institutions-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly institutions: InstitutionsTable;
  readonly now: () => Date;
}
