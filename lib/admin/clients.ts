import { randomUUID } from 'node:crypto';

import type { Role } from '../../lambdas/shared/auth/vocabulary.ts';
import type { Deployment } from './deployment.ts';
import { askMembers } from './members.ts';

/** Clients of partners' systems, by the operations that the API has, too: a function of the Hub carries them out. */

export interface ClientSecret {
  readonly clientId: string;
  /** Nobody can be asked for it again. */
  readonly secret: string;
}

type Invoking = Pick<Deployment, 'invoke'>;

/**
 * Makes a client with which an institution's system gets tokens.
 * @throws AdminError when the institution is not registered, or the gateway can take no more clients
 */
export async function makeClient(
  hub: Invoking,
  { institutionId, roles }: { readonly institutionId: string; readonly roles: readonly Role[] },
): Promise<ClientSecret> {
  return newSecret(hub, { action: 'make-client', institutionId, roles, request: randomUUID() });
}

/**
 * Ends a client: it gets no more tokens, and the gateway takes none of those it has. Can be repeated.
 * @throws AdminError when there is no such client, or nobody else coordinates its institution
 */
export async function revokeClient(hub: Invoking, clientId: string): Promise<void> {
  await askMembers(hub, { action: 'revoke-client', clientId });
}

/** Gives a client a second secret; the first one goes on being good. @throws AdminError when it has two already */
export async function addSecret(hub: Invoking, clientId: string): Promise<ClientSecret> {
  return newSecret(hub, { action: 'rotate-secret', clientId, request: randomUUID() });
}

/** Deletes the older of a client's two secrets. @throws AdminError when it has only one */
export async function retireSecret(hub: Invoking, clientId: string): Promise<void> {
  await askMembers(hub, { action: 'retire-secret', clientId });
}

async function newSecret(hub: Invoking, event: object): Promise<ClientSecret> {
  const { members, secret } = await askMembers(hub, event);
  const [client] = members;
  if (client === undefined || secret === undefined) throw new Error('The Hub named no client or no secret.');
  return { clientId: client.id, secret };
}
