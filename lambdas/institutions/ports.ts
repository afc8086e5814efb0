import type { InstitutionsTable } from './institutions-table.ts';
import type { MembersTable } from './members-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly institutions: InstitutionsTable;
  readonly now: () => Date;
}

/** What the operations on members need besides. */
export interface MemberPorts {
  readonly members: MembersTable;
  readonly now: () => Date;
}

/** The clients whose tokens the API's gateway takes. */
export interface Admission {
  admitted(): Promise<readonly string[]>;
  /** Admits these and nobody else. */
  admit(clientIds: readonly string[]): Promise<void>;
}
