import * as z from 'zod/mini';

import { ROLES } from '../shared/auth/vocabulary.ts';
import { logJob } from '../shared/observability/log.ts';
import { Id } from '../shared/values.ts';
import { deployedPorts } from './deployed-ports.ts';
import { activeClients, enrol, revoke } from './member-operations.ts';
import { MEMBER_KINDS, type Member } from './model.ts';

/** An id as the issuer makes them: an e-mail address or a name is none, and would be kept for good. */
const identity = {
  kind: z.enum(MEMBER_KINDS),
  id: z.string().check(z.regex(/^[\w.-]{1,128}$/, 'must be the issuer’s id: a client id or a sub')),
};

const MembersEvent = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('enrol'),
    members: z.array(
      z.strictObject({ ...identity, institutionId: Id, roles: z.array(z.enum(ROLES)).check(z.minLength(1)) }),
    ),
  }),
  z.strictObject({ action: z.literal('revoke'), members: z.array(z.strictObject(identity)) }),
  z.strictObject({ action: z.literal('clients') }),
]);

const ports = deployedPorts();

/**
 * Says who acts for which institution. Invoked by an admin; repeating it changes nothing.
 * @returns the members it was about, or all active clients
 * @throws ZodError, MemberRefusal
 */
export async function handler(event: unknown): Promise<{ members: readonly Member[] }> {
  const asked = MembersEvent.parse(event);
  if (asked.action === 'clients') return { members: await activeClients(ports) };
  const members =
    asked.action === 'enrol'
      ? await enrol(ports, asked.members)
      : await Promise.all(asked.members.map((member) => revoke(ports, member)));
  logJob(asked.action, { given: members.length });
  return { members };
}
