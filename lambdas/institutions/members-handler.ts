import * as z from 'zod/mini';

import { OPERATOR } from '../shared/auth/agent.ts';
import { ROLES } from '../shared/auth/vocabulary.ts';
import { environment } from '../shared/environment.ts';
import { fingerprintOf } from '../shared/http/idempotency.ts';
import { logJob } from '../shared/observability/log.ts';
import { Id } from '../shared/values.ts';
import { IssuerId, Roles } from './client-contract.ts';
import { makeClient } from './client-operations.ts';
import { CognitoIssuer } from './cognito-issuer.ts';
import { deployedPorts } from './deployed-ports.ts';
import { activeClients, enrol, MemberRefusal, revoke } from './member-operations.ts';
import { MEMBER_KINDS, type Member } from './model.ts';
import { retireSecret, revokeClient, rotateSecret } from './secret-operations.ts';

const identity = { kind: z.enum(MEMBER_KINDS), id: IssuerId };
/** Names the attempt, so that it can be repeated. */
const request = z.string().check(z.regex(/^[\w-]{16,64}$/));

const MembersEvent = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('enrol'),
    members: z.array(
      z.strictObject({ ...identity, institutionId: Id, roles: z.array(z.enum(ROLES)).check(z.minLength(1)) }),
    ),
  }),
  z.strictObject({ action: z.literal('revoke'), members: z.array(z.strictObject(identity)) }),
  z.strictObject({ action: z.literal('clients') }),
  z.strictObject({ action: z.literal('make-client'), institutionId: Id, roles: Roles, request }),
  z.strictObject({ action: z.literal('revoke-client'), clientId: IssuerId }),
  z.strictObject({ action: z.literal('rotate-secret'), clientId: IssuerId, request }),
  z.strictObject({ action: z.literal('retire-secret'), clientId: IssuerId }),
]);
type MembersEvent = z.infer<typeof MembersEvent>;

const ports = { ...deployedPorts(), issuer: new CognitoIssuer(environment('USER_POOL_ID')) };

interface Answer {
  readonly members: readonly Member[];
  /** A secret that is new, for the admin who asked for it. */
  readonly secret?: string | undefined;
}

/**
 * Says who acts for which institution, and makes and ends systems' clients, by the operations that the API has, too.
 * Invoked by an admin; repeating it changes nothing.
 * @returns the members it was about, or all active clients
 * @throws ZodError, MemberRefusal, Problem
 */
export async function handler(event: unknown): Promise<Answer> {
  const asked = MembersEvent.parse(event);
  const answer = await answerTo(asked);
  if (asked.action !== 'clients') logJob(asked.action, { given: answer.members.length });
  return answer;
}

async function answerTo(asked: MembersEvent): Promise<Answer> {
  switch (asked.action) {
    case 'clients':
      return { members: await activeClients(ports) };
    case 'enrol':
      return { members: await enrol(ports, asked.members) };
    case 'revoke':
      return { members: await Promise.all(asked.members.map((member) => revoke(ports, member))) };
    case 'make-client': {
      const { institutionId, roles } = asked;
      const { value } = await makeClient(
        ports,
        { institutionId, roles, by: OPERATOR },
        named(asked.request, { institutionId, roles }),
      );
      return { members: [value.client], secret: value.secret };
    }
    case 'revoke-client':
      return { members: [await revokeClient(ports, await clientWith(asked.clientId), OPERATOR)] };
    case 'rotate-secret': {
      const { clientId } = asked;
      const { value } = await rotateSecret(
        ports,
        await clientWith(clientId),
        named(asked.request, { clientId }),
        OPERATOR,
      );
      return { members: [value.client], secret: value.secret };
    }
    case 'retire-secret': {
      const { value } = await retireSecret(ports, await clientWith(asked.clientId), 'older', OPERATOR);
      return { members: [value] };
    }
  }
}

/** @throws MemberRefusal */
async function clientWith(id: string): Promise<Member> {
  const client = await ports.members.get({ kind: 'client', id });
  if (client === undefined) throw new MemberRefusal(`The client ${id} is enrolled for no institution.`);
  return client;
}

const named = (name: string, body: object) => ({ request: `admin-${name}`, fingerprint: fingerprintOf(body) });
