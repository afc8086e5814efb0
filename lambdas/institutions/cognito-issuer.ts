import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
  ListUserPoolClientsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';

import type { Scope } from '../shared/auth/vocabulary.ts';
import type { ClientIssuer, NewSecret } from './ports.ts';

/** Milliseconds. Cognito answers in a few hundred; a connection that hangs is given up before the function's time is. */
const TIMEOUTS = { connectionTimeout: 2500, requestTimeout: 2500, throwOnRequestTimeout: true };

/** Clients of a Cognito user pool: in AWS, and behind the same requests in what stands in for it locally. */
export class CognitoIssuer implements ClientIssuer {
  readonly #client = new CognitoIdentityProviderClient({ maxAttempts: 3, requestHandler: TIMEOUTS });
  readonly #pool: { readonly UserPoolId: string };

  constructor(UserPoolId: string) {
    this.#pool = { UserPoolId };
  }

  async create(name: string, scopes: readonly Scope[]): Promise<NewSecret> {
    const { UserPoolClient } = await this.#client.send(
      new CreateUserPoolClientCommand({
        ...this.#pool,
        ClientName: name,
        GenerateSecret: true,
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: [...scopes],
        // No person signs in by a system's client.
        ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        AccessTokenValidity: 1,
        TokenValidityUnits: { AccessToken: 'hours' },
        EnableTokenRevocation: true,
        PreventUserExistenceErrors: 'ENABLED',
      }),
    );
    return given(UserPoolClient?.ClientId, UserPoolClient?.ClientSecret);
  }

  async named(name: string): Promise<readonly string[]> {
    const ids: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListUserPoolClientsCommand({ ...this.#pool, MaxResults: 60, NextToken }),
      );
      const found = (page.UserPoolClients ?? []).filter(({ ClientName }) => ClientName === name);
      ids.push(...found.map(({ ClientId = '' }) => ClientId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return ids;
  }

  async remove(clientId: string): Promise<void> {
    await unlessGone(this.#client.send(new DeleteUserPoolClientCommand({ ...this.#pool, ClientId: clientId })));
  }

  async secretsOf(clientId: string): Promise<readonly string[]> {
    const { ClientSecrets = [] } = await this.#client.send(
      new ListUserPoolClientSecretsCommand({ ...this.#pool, ClientId: clientId }),
    );
    const age = ({ ClientSecretCreateDate }: (typeof ClientSecrets)[number]): number =>
      ClientSecretCreateDate?.getTime() ?? 0;
    return ClientSecrets.toSorted((a, b) => age(a) - age(b)).map(({ ClientSecretId = '' }) => ClientSecretId);
  }

  async addSecret(clientId: string): Promise<NewSecret> {
    const { ClientSecretDescriptor } = await this.#client.send(
      new AddUserPoolClientSecretCommand({ ...this.#pool, ClientId: clientId }),
    );
    return given(ClientSecretDescriptor?.ClientSecretId, ClientSecretDescriptor?.ClientSecretValue);
  }

  async removeSecret(clientId: string, secretId: string): Promise<void> {
    await unlessGone(
      this.#client.send(
        new DeleteUserPoolClientSecretCommand({ ...this.#pool, ClientId: clientId, ClientSecretId: secretId }),
      ),
    );
  }
}

function given(id: string | undefined, secret: string | undefined): NewSecret {
  if (id === undefined || secret === undefined) throw new Error('Cognito named no id or no secret.');
  return { id, secret };
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
