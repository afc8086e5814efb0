import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { fingerprintOf, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { type ClientAndSecret, type ClientRequest, makeClient } from './client-operations.ts';
import type { systemRoutes } from './contract.ts';
import { ClientInUse, RoleNotGrantable } from './errors.ts';
import { ADMINS_ROLES, type Member } from './model.ts';
import { readInstitution } from './operations.ts';
import type { ClientPorts, Outcome } from './ports.ts';
import { retireSecret, revokeClient, rotateSecret } from './secret-operations.ts';

/** What callers of the API may do with clients. */

interface Asked {
  readonly permission: Permission;
  readonly institutionId: string;
}

interface AskedOfClient extends Asked {
  readonly clientId: string;
}

/** An institution's clients are its own business. @throws Problem `not-found`, `role-not-permitted` */
async function require(ports: ClientPorts, { permission, institutionId }: Asked): Promise<void> {
  // Whose they are is in the path: nothing is read for who may not see them.
  permission.require(institutionId === permission.caller.institutionId ? 'self' : 'none');
  await readInstitution(ports, institutionId);
}

/** @throws Problem `not-found`, `role-not-permitted` */
export async function getClient(ports: ClientPorts, asked: AskedOfClient): Promise<Member> {
  await require(ports, asked);
  const client = await ports.members.get({ kind: 'client', id: asked.clientId });
  if (client?.institutionId !== asked.institutionId) throw notFound();
  return client;
}

/** @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listClients(
  ports: ClientPorts & { readonly cursors: Cursors },
  { limit, cursor, ...asked }: Asked & { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly items: readonly Member[]; readonly next: string | undefined }> {
  await require(ports, asked);
  const list = `clients:${asked.institutionId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { clients, next } = await ports.members.listClientsOf(asked.institutionId, limit, after);
  return { items: clients, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

export interface ClientCreation extends Asked {
  readonly body: z.output<typeof systemRoutes.createClient.body>;
  readonly idempotencyKey: string;
}

/**
 * Makes a client for a system of an institution.
 * @throws Problem `not-found`, `role-not-permitted`, `role-not-grantable`, `institution-state-conflict`,
 *   `too-many-clients`, `idempotency-key-reused`, `busy`
 */
export async function createClient(ports: ClientPorts, request: ClientCreation): Promise<Outcome<ClientAndSecret>> {
  await require(ports, request);
  const { permission, institutionId, body } = request;
  const { roles } = body;
  if (!permission.caller.roles.includes('hub-admin') && roles.some((role) => ADMINS_ROLES.includes(role))) {
    throw new Problem(RoleNotGrantable, 'Only an admin of the Hub gives these roles.');
  }
  return makeClient(
    ports,
    { institutionId, roles, by: permission.agent },
    named('createClient', request, [institutionId]),
  );
}

/**
 * Ends a client. Once it is ended, repeating it changes nothing.
 * @throws Problem `not-found`, `role-not-permitted`, `client-in-use`, `stale-version`, `last-coordinator`, `last-admin`,
 *   `busy`
 */
export async function endClient(
  ports: ClientPorts,
  { expectedVersion, ...asked }: AskedOfClient & { readonly expectedVersion: number },
): Promise<Member> {
  const client = await getClient(ports, asked);
  if (asked.permission.caller.clientId === client.id) {
    throw new Problem(ClientInUse, 'This request was made with a token of this client.');
  }
  return revokeClient(ports, client, asked.permission.agent, expectedVersion);
}

interface SecretRequest extends AskedOfClient {
  readonly body: object;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `client-revoked`, `client-has-two-secrets`,
 *   `idempotency-key-reused`, `busy`
 */
export async function addSecret(
  ports: ClientPorts,
  request: SecretRequest & { readonly idempotencyKey: string },
): Promise<Outcome<ClientAndSecret>> {
  const client = await getClient(ports, request);
  return rotateSecret(ports, client, named('rotateSecret', request, [client.id]), request.permission.agent);
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `client-revoked`, `client-has-one-secret`, `idempotency-key-reused`,
 *   `busy`
 */
export async function endSecret(
  ports: ClientPorts,
  request: SecretRequest & {
    readonly body: z.output<typeof systemRoutes.retireSecret.body>;
    readonly idempotencyKey: string | undefined;
  },
): Promise<Outcome<Member>> {
  const client = await getClient(ports, request);
  const { idempotencyKey } = request;
  const name =
    idempotencyKey === undefined ? undefined : named('retireSecret', { ...request, idempotencyKey }, [client.id]);
  return retireSecret(ports, client, request.body.which, request.permission.agent, name);
}

function named(
  operation: string,
  {
    permission,
    body,
    idempotencyKey,
  }: { readonly permission: Permission; readonly body: object; readonly idempotencyKey: string },
  ids: readonly string[],
): ClientRequest {
  const sameness = { caller: permission.caller, target: [operation, ...ids], idempotencyKey };
  return { request: requestId(sameness), fingerprint: fingerprintOf(body) };
}
