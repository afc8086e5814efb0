import type { PartnersTable } from '../institutions/published-partners.ts';
import type { AttendancesTable } from './attendances-table.ts';
import type { CredentialsTable } from './credentials-table.ts';
import type { Issuer } from './open-badge.ts';
import type { Ports } from './ports.ts';
import type { SigningKey } from './signing-key.ts';

/** What issuing and verifying credentials needs from the world. */
export interface CredentialPorts extends Ports {
  readonly credentials: CredentialsTable;
  readonly attendances: AttendancesTable;
  readonly partners: PartnersTable;
  readonly issuer: Issuer;
  readonly key: SigningKey;
}
