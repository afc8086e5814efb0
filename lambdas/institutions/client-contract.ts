import * as z from 'zod/mini';

import { COORDINATORS, OWN_COORDINATORS_OR_ADMINS, seenBy } from '../shared/auth/rules.ts';
import { ROLES, SCOPES } from '../shared/auth/vocabulary.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, PageQuery, pageOf } from '../shared/values.ts';
import {
  ClientHasOneSecret,
  ClientHasTwoSecrets,
  ClientInUse,
  ClientRevoked,
  InstitutionStateConflict,
  LastAdmin,
  LastCoordinator,
  RoleNotGrantable,
  TooManyClients,
} from './errors.ts';
import { institutionParams } from './registry-contract.ts';

/** Clients: with what an institution's systems get tokens. */

/** An id as the issuer makes them: an e-mail address or a name is none, and would be kept for good. */
export const IssuerId = z.string().check(z.regex(/^[\w.-]{1,128}$/, 'must be the issuer’s id: a client id or a sub'));

export const Roles = z.array(z.enum(ROLES)).check(
  z.minLength(1),
  z.refine((roles) => new Set(roles).size === roles.length, 'must name each role once'),
);

const shape = {
  id: IssuerId,
  institutionId: Id,
  roles: z.array(z.enum(ROLES)),
  scopes: z.array(z.enum(SCOPES)),
  status: z.enum(['active', 'revoked']),
  secrets: z.int().register(z.globalRegistry, { description: 'How many secrets it has: two while they are rotated.' }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const Client = z.strictObject(shape).register(z.globalRegistry, {
  id: 'Client',
  description: 'An OAuth 2.0 client of one of the institution’s systems. Its secrets are never shown again.',
});
export type ClientRepresentation = z.infer<typeof Client>;

const ClientWithSecret = z
  .strictObject({
    ...shape,
    secret: z.optional(z.string()).register(z.globalRegistry, {
      description: 'Shown this once; a repeated request does not show it again.',
    }),
    tokenUrl: z.url().register(z.globalRegistry, { description: 'Where it gets tokens, by client credentials.' }),
  })
  .register(z.globalRegistry, { id: 'ClientWithSecret', description: 'A client with the secret that is new.' });

const clientParams = z.strictObject({ institutionId: Id, clientId: IssuerId });

export const clientRoutes = defineRoutes({
  createClient: {
    operationId: 'createClient',
    method: 'POST',
    path: '/v1/institutions/{institutionId}/clients',
    summary: 'Give a system of the institution a client to get tokens with',
    description:
      'The answer shows the secret, this once. When it is lost, repeat nothing: rotate the secret. The gateway takes the client’s tokens within a minute.',
    scopes: ['hub/institutions.write'],
    access: OWN_COORDINATORS_OR_ADMINS,
    params: institutionParams,
    body: z.strictObject({ roles: z._default(Roles, ['integration']) }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new client.', schema: ClientWithSecret, etag: true },
    problems: [NotFound, RoleNotGrantable, InstitutionStateConflict, TooManyClients],
  },
  listClients: {
    operationId: 'listClients',
    method: 'GET',
    path: '/v1/institutions/{institutionId}/clients',
    summary: 'The clients of the institution',
    scopes: ['hub/institutions.read'],
    access: seenBy(COORDINATORS, 'self'),
    params: institutionParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of clients, oldest first, revoked ones included.',
      schema: pageOf(Client, 'ClientPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getClient: {
    operationId: 'getClient',
    method: 'GET',
    path: '/v1/institutions/{institutionId}/clients/{clientId}',
    summary: 'One client',
    scopes: ['hub/institutions.read'],
    access: seenBy(COORDINATORS, 'self'),
    params: clientParams,
    response: { status: 200, description: 'The client.', schema: Client, etag: true },
    problems: [NotFound],
  },
  revokeClient: {
    operationId: 'revokeClient',
    method: 'DELETE',
    path: '/v1/institutions/{institutionId}/clients/{clientId}',
    summary: 'End a client',
    description: 'It gets no more tokens, and within a minute the gateway takes none of those it has.',
    scopes: ['hub/institutions.write'],
    access: OWN_COORDINATORS_OR_ADMINS,
    params: clientParams,
    ifMatch: 'required',
    response: { status: 200, description: 'The revoked client.', schema: Client, etag: true },
    problems: [NotFound, ClientInUse, LastCoordinator, LastAdmin],
  },
  rotateSecret: {
    operationId: 'rotateSecret',
    method: 'POST',
    path: '/v1/institutions/{institutionId}/clients/{clientId}/rotate-secret',
    summary: 'Give a client a second secret',
    description: 'Both are good until one is retired. The answer shows the new one, this once.',
    scopes: ['hub/institutions.write'],
    access: OWN_COORDINATORS_OR_ADMINS,
    params: clientParams,
    body: z.strictObject({}),
    bodyOptional: true,
    idempotencyKey: 'required',
    response: { status: 200, description: 'The client with its new secret.', schema: ClientWithSecret, etag: true },
    problems: [NotFound, ClientRevoked, ClientHasTwoSecrets],
  },
  retireSecret: {
    operationId: 'retireSecret',
    method: 'POST',
    path: '/v1/institutions/{institutionId}/clients/{clientId}/retire-secret',
    summary: 'End one of a client’s two secrets',
    description: 'The older one, unless the newer is asked for: when its value was lost before anybody used it.',
    scopes: ['hub/institutions.write'],
    access: OWN_COORDINATORS_OR_ADMINS,
    params: clientParams,
    body: z.strictObject({ which: z._default(z.enum(['older', 'newer']), 'older') }),
    bodyOptional: true,
    idempotencyKey: 'optional',
    response: { status: 200, description: 'The client.', schema: Client, etag: true },
    problems: [NotFound, ClientRevoked, ClientHasOneSecret],
  },
});
