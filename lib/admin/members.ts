import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

import { Institution } from '../../lambdas/institutions/contract.ts';
import type { Member, MemberIdentity } from '../../lambdas/institutions/model.ts';
import { ROLES, type Role } from '../../lambdas/shared/auth/vocabulary.ts';
import { AdminError, type Deployment } from './deployment.ts';

z.config(en());

const { status: _, createdAt: __, updatedAt: ___, ...registration } = Institution.shape;
const Registration = z.strictObject(registration);

const Members = z.object({
  members: z.array(z.object({ id: z.string(), institutionId: z.string(), roles: z.array(z.enum(ROLES)) })),
});

/**
 * Registers an institution; one that is registered already stays as it is.
 * @param description as in the API, without status and times
 * @returns its id
 * @throws AdminError that says what is wrong with the description
 */
export async function register({ invoke }: Pick<Deployment, 'invoke'>, description: unknown): Promise<string> {
  const { data, error } = Registration.safeParse(description);
  if (error !== undefined) {
    const list = error.issues.map(({ path, message }) => `  ${path.join('.') || 'institution'}: ${message}`);
    throw new AdminError(`The institution is not described as the Hub needs it:\n${list.join('\n')}`);
  }
  await invoke('register', { institutions: [data] });
  return data.id;
}

/** Lets a client or person act for an institution. @throws AdminError */
export async function enrol(
  { invoke }: Deployment,
  member: MemberIdentity & { readonly institutionId: string; readonly roles: readonly Role[] },
): Promise<void> {
  await invoke('members', { action: 'enrol', members: [member] });
}

/** @throws AdminError when there is no such member */
export async function unenrol({ invoke }: Deployment, member: MemberIdentity): Promise<void> {
  await invoke('members', { action: 'revoke', members: [member] });
}

/** The clients that may act for institutions. */
export async function enrolledClients({
  invoke,
}: Deployment): Promise<readonly Pick<Member, 'id' | 'institutionId' | 'roles'>[]> {
  return Members.parse(await invoke('members', { action: 'clients' })).members;
}
