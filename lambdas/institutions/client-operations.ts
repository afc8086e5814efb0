import type { Agent } from '../shared/auth/agent.ts';
import { scopesOf } from '../shared/auth/vocabulary.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { TooManyClients } from './errors.ts';
import { activeClients } from './member-operations.ts';
import type { Onboarding } from './members-table.ts';
import type { Member } from './model.ts';
import { readInstitution, stateConflict } from './operations.ts';
import type { ClientPorts, Outcome } from './ports.ts';

/**
 * Making clients. The issuer chooses a client's id and knows no requests, so a note is made first, and the client is made
 * under the note's name; it works only once it is enrolled, in the transaction that also takes the note away. Whoever
 * finds an old note removes what goes by its name: that client was shown to nobody.
 */

/** The gateway's authorizer takes 50 audiences; one is people's client. */
export const MAX_CLIENTS = 49;
/** Milliseconds after which an attempt is over for sure: a function has ten seconds. */
const GIVEN_UP_AFTER = 15_000;

/** A client, with its secret when that is new. */
export interface ClientAndSecret {
  readonly client: Member;
  readonly secret?: string;
}

export type Wanted = Pick<Member, 'institutionId' | 'roles'> & { readonly by: Agent };
/** What names a request that makes something. */
export type ClientRequest = Pick<Creation, 'request' | 'fingerprint'>;

/**
 * Makes a client and enrols it, once for a request.
 * @throws Problem `not-found`, `institution-state-conflict`, `too-many-clients`, `idempotency-key-reused`, `busy`
 */
export async function makeClient(
  ports: ClientPorts,
  wanted: Wanted,
  request: ClientRequest,
): Promise<Outcome<ClientAndSecret>> {
  const { members, issuer, now } = ports;
  const earlier = await clientOf(ports, request);
  if (earlier !== undefined) return earlier;
  const institution = await readInstitution(ports, wanted.institutionId);
  if (institution.status !== 'invited' && institution.status !== 'active') {
    throw stateConflict(institution, ['invited', 'active']);
  }
  await removeGivenUp(ports);
  if ((await activeClients(ports)).length >= MAX_CLIENTS) {
    throw new Problem(TooManyClients, 'The gateway takes no more clients.', { limit: MAX_CLIENTS });
  }

  const at = now().toISOString();
  const onboarding: Onboarding = { name: request.request, at };
  if (!(await members.beginOnboarding(onboarding))) throw underWay();
  const { id, secret } = await issuer.create(onboarding.name, scopesOf(wanted.roles));
  const client: Member = { kind: 'client', id, ...wanted, status: 'active', createdAt: at, updatedAt: at, version: 1 };
  const outcome = await members.changeOnce({ ...request, resourceId: id, now: now() }, undefined, client, onboarding);
  if (outcome.kind === 'created') return { value: { client, secret }, replayed: false };
  // Another attempt of the request was quicker, after this one was taken for given up.
  await issuer.remove(id);
  return (await clientOf(ports, request)) ?? raise(underWay());
}

/** The client that an earlier attempt of a request was about. @throws Problem `idempotency-key-reused` */
export async function clientOf(
  { members }: ClientPorts,
  request: ClientRequest,
): Promise<Outcome<ClientAndSecret> | undefined> {
  const earlier = await members.findEarlier(request);
  if (earlier === undefined) return undefined;
  if (earlier.kind === 'key-reused') throw keyReused();
  const client = await members.get({ kind: 'client', id: earlier.resourceId });
  if (client === undefined) throw new Error('A request is remembered, and its client was not found');
  return { value: { client }, replayed: true };
}

/** Removes what attempts have left that were broken off. None of it works, but the issuer's bill has it. */
async function removeGivenUp({ members, issuer, now }: ClientPorts): Promise<void> {
  for (const onboarding of await members.listOnboardings()) {
    if (now().getTime() - Date.parse(onboarding.at) < GIVEN_UP_AFTER) continue;
    for (const id of await issuer.named(onboarding.name)) {
      // An attempt that was taken for given up may have come to its end after all.
      if ((await members.get({ kind: 'client', id })) === undefined) await issuer.remove(id);
    }
    await members.endOnboarding(onboarding);
  }
}

/** An attempt of the same request, or another change of the same client, is not over. */
export function underWay(): Problem {
  return new Problem(Busy, 'This is being done already, or was broken off a moment ago.', {}, 15);
}

function raise(problem: Problem): never {
  throw problem;
}
