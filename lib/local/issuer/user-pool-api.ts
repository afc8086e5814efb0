import * as z from 'zod/mini';

import type { ApiAnswer, TargetApi } from '../gateway/control-plane.ts';
import type { Call } from '../permissions/calls.ts';
import { type AppClientBook, AppClientRefusal } from './app-clients.ts';

/**
 * Cognito's own API, as far as functions call it: app clients and their secrets.
 * Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
 */

const OfClient = z.object({ ClientId: z.string() });
const Creation = z.object({
  ClientName: z.string().check(z.regex(/^[\w\s+=,.@-]{1,128}$/)),
  GenerateSecret: z.literal(true),
  AllowedOAuthFlows: z.tuple([z.literal('client_credentials')]),
  AllowedOAuthFlowsUserPoolClient: z.literal(true),
  AllowedOAuthScopes: z.array(z.string()),
});
const OfSecret = z.object({ ClientId: z.string(), ClientSecretId: z.string() });

type Operation = (clients: AppClientBook, request: unknown) => object;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateUserPoolClient: (clients, request) => {
    const { ClientName, AllowedOAuthScopes } = Creation.parse(request);
    const { id, secret } = clients.create(ClientName, AllowedOAuthScopes);
    return { UserPoolClient: { ClientId: id, ClientName, ClientSecret: secret.value, AllowedOAuthScopes } };
  },
  ListUserPoolClients: (clients) => ({
    UserPoolClients: clients.list().map(({ id, name }) => ({ ClientId: id, ClientName: name })),
  }),
  DeleteUserPoolClient: (clients, request) => {
    clients.remove(OfClient.parse(request).ClientId);
    return {};
  },
  AddUserPoolClientSecret: (clients, request) => {
    const { id, value, createdAt } = clients.addSecret(OfClient.parse(request).ClientId);
    const descriptor = { ClientSecretId: id, ClientSecretCreateDate: createdAt / 1000 };
    return { ClientSecretDescriptor: { ...descriptor, ClientSecretValue: value } };
  },
  ListUserPoolClientSecrets: (clients, request) => ({
    ClientSecrets: clients
      .secretsOf(OfClient.parse(request).ClientId)
      .map(({ id, createdAt }) => ({ ClientSecretId: id, ClientSecretCreateDate: createdAt / 1000 })),
  }),
  DeleteUserPoolClientSecret: (clients, request) => {
    const { ClientId, ClientSecretId } = OfSecret.parse(request);
    clients.removeSecret(ClientId, ClientSecretId);
    return {};
  },
};

export interface UserPool {
  /** ARN of the pool. */
  readonly arn: string;
  readonly clients: AppClientBook;
  /** @returns the call, when it is not allowed */
  readonly refused: (functionName: string, call: Call) => Call | undefined;
}

export function userPoolApi({ arn, clients, refused }: UserPool): TargetApi {
  return (functionName, name, request) => {
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (operation === undefined) return refusal('UnknownOperationException', `${name} is not known locally.`);
    if (refused(functionName, { action: `cognito-idp:${name}`, resource: arn }) !== undefined) {
      return refusal(
        'AccessDeniedException',
        `User: ${functionName} is not authorized to perform: cognito-idp:${name}`,
      );
    }
    try {
      return { status: 200, body: operation(clients, request) };
    } catch (error) {
      if (error instanceof AppClientRefusal) return refusal(error.code, error.message);
      return refusal('InvalidParameterException', error instanceof Error ? error.message : String(error));
    }
  };
}

function refusal(code: string, message: string): ApiAnswer {
  return { status: 400, body: { __type: code, message } };
}
