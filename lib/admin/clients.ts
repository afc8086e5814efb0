import {
  AddUserPoolClientSecretCommand,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';

import { type Role, scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { AdminError, type Deployment } from './deployment.ts';
import { enrol, enrolledClients, unenrol } from './members.ts';

/** How many audiences API Gateway's authorizer takes, and how many of them are not systems: the people's client. */
const AUDIENCES = 50;
const DECLARED = 1;
/** How many secrets Cognito keeps for a client. */
const SECRETS = 2;

export interface ClientSecret {
  readonly clientId: string;
  /** Nobody can be asked for it again. */
  readonly secret: string;
}

/**
 * Makes a client with which an institution's system gets tokens, and has the gateway take them.
 * @throws AdminError when the institution is not registered or the gateway can take no more clients; nothing is left then
 */
export async function makeClient(
  hub: Deployment,
  { institutionId, roles }: { readonly institutionId: string; readonly roles: readonly Role[] },
): Promise<ClientSecret> {
  if ((await enrolledClients(hub)).length + DECLARED >= AUDIENCES) {
    throw new AdminError(
      `The gateway takes the tokens of ${String(AUDIENCES)} clients at most. Revoke one that nobody uses (admin clients).`,
    );
  }
  const { cognito, userPoolId: UserPoolId } = hub;
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: institutionId,
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [...scopesOf(roles)],
      // No person signs in by a system's client.
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      AccessTokenValidity: 1,
      TokenValidityUnits: { AccessToken: 'hours' },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    }),
  );
  const { ClientId: clientId = '', ClientSecret: secret = '' } = UserPoolClient ?? {};
  try {
    await enrol(hub, { kind: 'client', id: clientId, institutionId, roles });
  } catch (error) {
    await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: clientId }));
    throw error;
  }
  await hub.invoke('admission', {});
  return { clientId, secret };
}

/**
 * Ends a client: it gets no more tokens, and the gateway takes none of those it has. Can be repeated.
 * @throws AdminError when there is no such client
 */
export async function revokeClient(hub: Deployment, clientId: string): Promise<void> {
  await unenrol(hub, { kind: 'client', id: clientId });
  await hub.invoke('admission', {});
  try {
    await hub.cognito.send(new DeleteUserPoolClientCommand({ UserPoolId: hub.userPoolId, ClientId: clientId }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

/** Gives a client a second secret; the first one goes on being good. @throws AdminError when it has two already */
export async function addSecret(hub: Deployment, clientId: string): Promise<ClientSecret> {
  if ((await secretsOf(hub, clientId)).length >= SECRETS) {
    throw new AdminError(`The client ${clientId} has two secrets. Retire the older one first (admin retire-secret).`);
  }
  const { ClientSecretDescriptor } = await hub.cognito.send(
    new AddUserPoolClientSecretCommand({ UserPoolId: hub.userPoolId, ClientId: clientId }),
  );
  return { clientId, secret: ClientSecretDescriptor?.ClientSecretValue ?? '' };
}

/** Deletes the older of a client's two secrets. @throws AdminError when it has only one */
export async function retireSecret(hub: Deployment, clientId: string): Promise<void> {
  const [older, newer] = await secretsOf(hub, clientId);
  if (older === undefined || newer === undefined) {
    throw new AdminError(`The client ${clientId} has one secret only. Give it a second one first (admin add-secret).`);
  }
  await hub.cognito.send(
    new DeleteUserPoolClientSecretCommand({
      UserPoolId: hub.userPoolId,
      ClientId: clientId,
      ClientSecretId: older.ClientSecretId,
    }),
  );
}

/** The oldest first. */
async function secretsOf({ cognito, userPoolId }: Deployment, clientId: string) {
  const { ClientSecrets = [] } = await cognito.send(
    new ListUserPoolClientSecretsCommand({ UserPoolId: userPoolId, ClientId: clientId }),
  );
  return ClientSecrets.toSorted(
    (a, b) => (a.ClientSecretCreateDate?.getTime() ?? 0) - (b.ClientSecretCreateDate?.getTime() ?? 0),
  );
}
