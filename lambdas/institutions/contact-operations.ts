import type * as z from 'zod/mini';

import type { Permission } from '../shared/auth/access.ts';
import { Problem } from '../shared/http/problem.ts';
import { StaleVersion } from '../shared/http/problems.ts';
import type { contactRoutes } from './contact-contract.ts';
import type { Contacts } from './model.ts';
import { getInstitution, stateConflict } from './operations.ts';
import type { Ports } from './ports.ts';

/** Whom to call at an institution. What is said here is never logged, and goes into no other item. */

/** @throws Problem `not-found`, `role-not-permitted` */
export async function getContacts(ports: Ports, permission: Permission, institutionId: string): Promise<Contacts> {
  await getInstitution(ports, permission, institutionId);
  return ports.institutions.getContacts(institutionId);
}

export interface ContactsReplacement {
  readonly permission: Permission;
  readonly institutionId: string;
  readonly body: z.output<typeof contactRoutes.replaceContacts.body>;
  readonly expectedVersion: number;
}

/**
 * Replaces the contacts; of those before nothing is kept.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `institution-state-conflict`
 */
export async function replaceContacts(
  ports: Ports,
  { permission, institutionId, body, expectedVersion }: ContactsReplacement,
): Promise<Contacts> {
  const institution = await getInstitution(ports, permission, institutionId);
  const next: Contacts = {
    institutionId,
    contacts: body.contacts,
    updatedAt: ports.now().toISOString(),
    version: expectedVersion + 1,
    by: permission.agent,
  };
  const outcome = await ports.institutions.putContacts(next);
  if (outcome === 'left') throw stateConflict({ ...institution, status: 'left' }, ['invited', 'active', 'suspended']);
  if (outcome === 'put') return next;
  const { version } = await ports.institutions.getContacts(institutionId);
  throw new Problem(StaleVersion, `The contacts are at version ${String(version)}.`);
}
