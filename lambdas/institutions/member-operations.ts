import type { Member, MemberIdentity, TokenContents } from './model.ts';
import { tokenContents } from './model.ts';
import type { MemberPorts, Ports } from './ports.ts';

/** A change of members was refused; the message says what would help. */
export class MemberRefusal extends Error {
  override readonly name = 'MemberRefusal';
}

export type Enrolment = Pick<Member, 'kind' | 'id' | 'institutionId' | 'roles'>;

/**
 * Lets clients and people act for registered institutions, with these roles and no others. Repeating it changes nothing.
 * @throws MemberRefusal when there is no such institution, a client is another institution's, or somebody else changes the
 *   same member; the other members may have been enrolled then
 */
export async function enrol(ports: Ports & MemberPorts, enrolments: readonly Enrolment[]): Promise<readonly Member[]> {
  const institutionIds = [...new Set(enrolments.map(({ institutionId }) => institutionId))];
  await Promise.all(
    institutionIds.map(async (id) => {
      if ((await ports.institutions.get(id)) !== undefined) return;
      throw new MemberRefusal(`No institution ${id} is registered. Register it first.`);
    }),
  );
  return Promise.all(enrolments.map((enrolment) => enrolOne(ports, enrolment)));
}

async function enrolOne({ members, now }: MemberPorts, enrolment: Enrolment): Promise<Member> {
  const at = now().toISOString();
  const fresh: Member = { ...enrolment, status: 'active', createdAt: at, updatedAt: at, version: 1 };
  const present = await members.add(fresh);
  if (present === undefined) return fresh;
  // Its secret is in that institution's hands.
  if (present.kind === 'client' && present.institutionId !== enrolment.institutionId) {
    throw new MemberRefusal(
      `The client ${present.id} is of institution ${present.institutionId}. Make another client.`,
    );
  }
  const same =
    present.status === 'active' &&
    present.institutionId === enrolment.institutionId &&
    present.roles.toSorted().join() === enrolment.roles.toSorted().join();
  if (same) return present;
  return replace(members, { ...fresh, createdAt: present.createdAt, version: present.version + 1 });
}

/**
 * Takes a member's right to tokens away. Repeating it changes nothing.
 * @throws MemberRefusal when there is no such member, or somebody else changes it
 */
export async function revoke({ members, now }: MemberPorts, who: MemberIdentity): Promise<Member> {
  const present = await members.get(who);
  if (present === undefined) throw new MemberRefusal(`The ${who.kind} ${who.id} is enrolled for no institution.`);
  if (present.status === 'revoked') return present;
  return replace(members, {
    ...present,
    status: 'revoked',
    updatedAt: now().toISOString(),
    version: present.version + 1,
  });
}

async function replace(members: MemberPorts['members'], member: Member): Promise<Member> {
  if (await members.replace(member)) return member;
  throw new MemberRefusal(`The ${member.kind} ${member.id} was changed by somebody else meanwhile. Repeat it.`);
}

export async function activeClients({ members }: Pick<MemberPorts, 'members'>): Promise<readonly Member[]> {
  return (await members.listClients()).filter(({ status }) => status === 'active');
}

/** @returns what goes into the access token; `undefined` for who is no member, or no longer */
export async function tokenFor(
  { members }: Pick<MemberPorts, 'members'>,
  who: MemberIdentity,
): Promise<TokenContents | undefined> {
  const member = await members.get(who);
  return member?.status === 'active' ? tokenContents(member) : undefined;
}
