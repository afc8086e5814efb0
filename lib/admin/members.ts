import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

import type { Member, MemberIdentity } from '../../lambdas/institutions/model.ts';
import { Institution } from '../../lambdas/institutions/registry-contract.ts';
import { ROLES, type Role } from '../../lambdas/shared/auth/vocabulary.ts';
import { AdminError, type Deployment } from './deployment.ts';

z.config(en());

const { status: _, createdAt: __, updatedAt: ___, ...registration } = Institution.shape;
const Registration = z.strictObject(registration);

const Members = z.object({
  members: z.array(z.object({ id: z.string(), institutionId: z.string(), roles: z.array(z.enum(ROLES)) })),
  secret: z.optional(z.string()),
});

/** Asks the function that says who acts for whom. @throws AdminError with what it refused */
export async function askMembers({ invoke }: Pick<Deployment, 'invoke'>, event: object) {
  return Members.parse(await invoke('members', event));
}

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
  hub: Deployment,
  member: MemberIdentity & { readonly institutionId: string; readonly roles: readonly Role[] },
): Promise<void> {
  await askMembers(hub, { action: 'enrol', members: [member] });
}

/** @throws AdminError when there is no such member */
export async function unenrol(hub: Deployment, member: MemberIdentity): Promise<void> {
  await askMembers(hub, { action: 'revoke', members: [member] });
}

/** The clients that may act for institutions. */
export async function enrolledClients(
  hub: Deployment,
): Promise<readonly Pick<Member, 'id' | 'institutionId' | 'roles'>[]> {
  return (await askMembers(hub, { action: 'clients' })).members;
}
