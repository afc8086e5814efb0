import * as z from 'zod/mini';

import type { Authorizer } from './authorizer.ts';
import type { RestApi } from './control-plane.ts';

/** API Gateway's own API, as far as functions call it: looking at an authorizer, and changing whom it takes tokens of. */

const Change = z.object({
  jwtConfiguration: z.object({ audience: z.array(z.string()), issuer: z.string() }),
});

/** Permissions on the gateway are not enforced. */
export function authorizerApi(authorizers: ReadonlyMap<string, Authorizer>): RestApi {
  return ({ method, path, body }) => {
    const [, id] = /^\/v2\/apis\/[^/]+\/authorizers\/([^/]+)$/.exec(path) ?? [];
    if (id === undefined) return undefined;
    const authorizer = authorizers.get(id);
    if (authorizer === undefined) return { status: 404, body: { message: 'There is no such authorizer.' } };
    if (method === 'PATCH') {
      const { audience, issuer } = Change.parse(body).jwtConfiguration;
      if (issuer !== authorizer.configuration.Issuer) throw new Error('Another issuer is not supported locally.');
      authorizer.configuration = { Audience: audience, Issuer: issuer };
    }
    const { Audience, Issuer } = authorizer.configuration;
    return { status: 200, body: { authorizerId: id, jwtConfiguration: { audience: Audience, issuer: Issuer } } };
  };
}
