import type { Agent } from '../shared/auth/agent.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { type ClientAndSecret, type ClientRequest, clientOf, underWay } from './client-operations.ts';
import { ClientHasOneSecret, ClientHasTwoSecrets, ClientRevoked, LastAdmin, LastCoordinator } from './errors.ts';
import { isLeaving, revoked } from './member-operations.ts';
import type { Member } from './model.ts';
import type { ClientPorts, Outcome } from './ports.ts';

/**
 * Secrets of clients, and their end. The issuer has the secrets, the registry knows which of them somebody was told: one
 * it does not know was made by an attempt that was broken off, and is removed. One change at a time: it first notes in
 * the client that it has begun.
 */

/** Milliseconds after which a change is over for sure: a function has ten seconds. */
const GIVEN_UP_AFTER = 15_000;

/**
 * Gives a client a second secret, once for a request. The first one stays good.
 * @throws Problem `client-revoked`, `client-has-two-secrets`, `idempotency-key-reused`, `busy`
 */
export async function rotateSecret(
  ports: ClientPorts,
  before: Member,
  request: ClientRequest,
  by: Agent,
): Promise<Outcome<ClientAndSecret>> {
  const earlier = await clientOf(ports, request);
  if (earlier !== undefined) return earlier;
  refuseRevoked(before);
  if ((before.secretIds?.length ?? 1) > 1) throw twoSecrets();
  const { issuer } = ports;
  const client = await begin(ports, before, by);
  const there = await issuer.secretsOf(client.id);
  // Before the first rotation nobody has written down which there are: one, unless an attempt was broken off.
  const known = client.secretIds ?? (before.changingSince === undefined ? there : there.slice(0, 1));
  for (const stranger of there.filter((id) => !known.includes(id))) await issuer.removeSecret(client.id, stranger);
  const kept = there.filter((id) => known.includes(id));
  if (kept.length > 1) {
    await ports.members.change(client, changed(ports, client, kept, by));
    throw twoSecrets();
  }
  const { id, secret } = await issuer.addSecret(client.id);
  const after = changed(ports, client, [...kept, id], by);
  const creation = { ...request, resourceId: client.id, now: ports.now() };
  const outcome = await ports.members.changeOnce(creation, client, after);
  if (outcome.kind === 'created') return { value: { client: after, secret }, replayed: false };
  // Taken for given up: nobody may get to know a secret that the registry does not.
  await issuer.removeSecret(client.id, id);
  throw underWay();
}

/**
 * Ends one of a client's two secrets.
 * @throws Problem `client-revoked`, `client-has-one-secret`, `idempotency-key-reused`, `busy`
 */
export async function retireSecret(
  ports: ClientPorts,
  before: Member,
  which: 'older' | 'newer',
  by: Agent,
  request?: ClientRequest,
): Promise<Outcome<Member>> {
  const earlier = request && (await clientOf(ports, request));
  if (earlier !== undefined) return { value: earlier.value.client, replayed: true };
  refuseRevoked(before);
  if ((before.secretIds?.length ?? 1) < 2) throw oneSecret();
  const { issuer, members } = ports;
  const client = await begin(ports, before, by);
  const there = (await issuer.secretsOf(client.id)).filter((id) => client.secretIds?.includes(id) === true);
  // With one there, an attempt that was broken off has ended the other already.
  const ended = there.length < 2 ? undefined : which === 'older' ? there[0] : there.at(-1);
  if (ended !== undefined) await issuer.removeSecret(client.id, ended);
  const after = changed(
    ports,
    client,
    there.filter((id) => id !== ended),
    by,
  );
  if (request === undefined) {
    if ((await members.change(client, after)) !== 'changed') throw underWay();
  } else {
    const creation = { ...request, resourceId: client.id, now: ports.now() };
    if ((await members.changeOnce(creation, client, after)).kind !== 'created') throw underWay();
  }
  return { value: after, replayed: false };
}

/**
 * Ends a client: the registry first, so that it gets no more tokens, then at the issuer. Repeating it changes nothing.
 * @param expectedVersion which somebody has seen; any unless given
 * @throws Problem `stale-version`, `last-coordinator`, `last-admin`, `busy`
 */
export async function revokeClient(
  ports: ClientPorts,
  before: Member,
  by: Agent,
  expectedVersion?: number,
): Promise<Member> {
  const { members, institutions, issuer } = ports;
  let after = before;
  if (before.status === 'active') {
    refuseStale('client', before, expectedVersion);
    after = revoked(ports, before, by);
    const leaving = isLeaving(await institutions.get(before.institutionId));
    const outcome = await members.change(before, after, { leaving });
    if (outcome === 'last-coordinator') throw new Problem(LastCoordinator, 'It is the last coordinator’s client.');
    if (outcome === 'last-admin') throw new Problem(LastAdmin, 'It is the last admin’s client.');
    if (outcome === 'moved-on') throw underWay();
  }
  await issuer.remove(before.id);
  return after;
}

function refuseRevoked({ status }: Member): void {
  if (status === 'revoked') throw new Problem(ClientRevoked, 'The client is revoked.');
}

/** Notes that a client's secrets are being changed. @throws Problem `busy` */
async function begin({ members, now }: ClientPorts, client: Member, by: Agent): Promise<Member> {
  const { changingSince } = client;
  const at = now();
  if (changingSince !== undefined && at.getTime() - Date.parse(changingSince) < GIVEN_UP_AFTER) throw underWay();
  const claimed: Member = {
    ...client,
    changingSince: at.toISOString(),
    updatedAt: at.toISOString(),
    version: client.version + 1,
    by,
  };
  if ((await members.change(client, claimed)) !== 'changed') throw underWay();
  return claimed;
}

function changed({ now }: ClientPorts, client: Member, secretIds: readonly string[], by: Agent): Member {
  return {
    ...client,
    secretIds,
    changingSince: undefined,
    updatedAt: now().toISOString(),
    version: client.version + 1,
    by,
  };
}

const twoSecrets = (): Problem => new Problem(ClientHasTwoSecrets, 'Both of its secrets are good.');
const oneSecret = (): Problem => new Problem(ClientHasOneSecret, 'There is no older and newer one.');
