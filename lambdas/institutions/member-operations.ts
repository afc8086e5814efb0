import { type Agent, OPERATOR } from '../shared/auth/agent.ts';
import type { Institution, Member, MemberIdentity, TokenContents } from './model.ts';
import { tokenContents } from './model.ts';
import type { Ports } from './ports.ts';
import type { Lost } from './stewards-table.ts';

/** Who acts for an institution, as an admin says it. */

/** A change of members was refused; the message says what would help. */
export class MemberRefusal extends Error {
  override readonly name = 'MemberRefusal';
}

export type Enrolment = Pick<Member, 'kind' | 'id' | 'institutionId' | 'roles'>;

/**
 * Lets clients and people act for registered institutions, with these roles and no others. Repeating it changes nothing.
 * @throws MemberRefusal when there is no such institution, or it has left, a client is another institution's, an
 *   institution would have no coordinator or the Hub no admin any more, or somebody else changes the same member; the
 *   other members may have been enrolled then
 */
export async function enrol(ports: Ports, enrolments: readonly Enrolment[]): Promise<readonly Member[]> {
  const institutionIds = [...new Set(enrolments.map(({ institutionId }) => institutionId))];
  await Promise.all(
    institutionIds.map(async (id) => {
      const status = (await ports.institutions.get(id))?.status;
      if (status === undefined) throw new MemberRefusal(`No institution ${id} is registered. Register it first.`);
      if (status === 'left') throw new MemberRefusal(`The institution ${id} has left. Register it anew.`);
    }),
  );
  return Promise.all(enrolments.map((enrolment) => enrolOne(ports, enrolment)));
}

async function enrolOne(ports: Ports, enrolment: Enrolment): Promise<Member> {
  const { members, now } = ports;
  const at = now().toISOString();
  const fresh: Member = { ...enrolment, status: 'active', createdAt: at, updatedAt: at, version: 1, by: OPERATOR };
  const present = await members.get(enrolment);
  if (present === undefined) return put(ports, undefined, fresh);
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
  return put(ports, present, {
    ...present,
    ...enrolment,
    status: 'active',
    updatedAt: at,
    version: present.version + 1,
    by: OPERATOR,
  });
}

/**
 * Takes a member's right to tokens away. Repeating it changes nothing.
 * @throws MemberRefusal when there is no such member, it is the last coordinator of an institution or the last admin of
 *   the Hub, or somebody else changes it
 */
export async function revoke(ports: Ports, who: MemberIdentity): Promise<Member> {
  const present = await ports.members.get(who);
  if (present === undefined) throw new MemberRefusal(`The ${who.kind} ${who.id} is enrolled for no institution.`);
  if (present.status === 'revoked') return present;
  return put(ports, present, revoked(ports, present, OPERATOR));
}

/** A member's next version, in which it has no right to tokens. */
export function revoked({ now }: Ports, member: Member, by: Agent): Member {
  return { ...member, status: 'revoked', updatedAt: now().toISOString(), version: member.version + 1, by };
}

/** An institution that has left needs nobody any more. */
export const isLeaving = (institution: Institution | undefined): boolean => institution?.status === 'left';

const LOST: Readonly<Record<Lost, string>> = {
  'last-coordinator': 'The institution would have no coordinator any more. Enrol another one first.',
  'last-admin': 'The Hub would have no admin any more. Enrol another one first.',
};

async function put({ members, institutions }: Ports, before: Member | undefined, after: Member): Promise<Member> {
  const leaving = before !== undefined && isLeaving(await institutions.get(before.institutionId));
  const outcome = await members.change(before, after, { leaving });
  if (outcome === 'changed') return after;
  if (outcome === 'moved-on') {
    throw new MemberRefusal(`The ${after.kind} ${after.id} was changed by somebody else meanwhile. Repeat it.`);
  }
  throw new MemberRefusal(LOST[outcome]);
}

export async function activeClients({ members }: Pick<Ports, 'members'>): Promise<readonly Member[]> {
  return (await members.listClients()).filter(({ status }) => status === 'active');
}

/** @returns what goes into the access token; `undefined` for who is no member, or no longer, or is shut out */
export async function tokenFor(
  { members, institutions }: Pick<Ports, 'members' | 'institutions'>,
  who: MemberIdentity,
): Promise<TokenContents | undefined> {
  const [member, shutOut] = await Promise.all([members.get(who), institutions.shutOut.read({ consistent: true })]);
  if (member?.status !== 'active' || shutOut.has(member.institutionId)) return undefined;
  return tokenContents(member);
}
