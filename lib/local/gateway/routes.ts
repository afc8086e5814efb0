import FindMyWay from 'find-my-way';
import * as z from 'zod/mini';

import type { LocalFunction } from '../functions/function.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import { type Authorize, type Authorizer, createAuthorizer, type LocalIssuer } from './authorizer.ts';

/** A route of the API with everything needed to serve it. */
export interface GatewayRoute {
  readonly routeKey: string;
  readonly apiId: string;
  readonly scopes: readonly string[];
  /** Absent on a public route. */
  readonly authorize: Authorize | undefined;
  readonly function: LocalFunction;
}

export interface RouteMatch {
  readonly route: GatewayRoute;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
}

/** Finds the route for a method and a path that is still percent-encoded. */
export type MatchRoute = (method: string, path: string) => RouteMatch | undefined;

const RouteProperties = z.looseObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z._default(z.enum(['NONE', 'JWT']), 'NONE'),
  AuthorizerId: z.optional(z.string()),
  AuthorizationScopes: z._default(z.array(z.string()), []),
});

const IntegrationProperties = z.looseObject({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
});

/** What tokens must be for: the first audience of the template's first authorizer, or a name of no importance. */
export function audienceOf(template: Template, resolve: Resolve): string {
  const [authorizer] = template.ofType('AWS::ApiGatewayV2::Authorizer');
  const parsed = z
    .looseObject({ JwtConfiguration: z.looseObject({ Audience: z.array(z.string()) }) })
    .safeParse(resolve(authorizer?.properties));
  return parsed.data?.JwtConfiguration.Audience[0] ?? 'local';
}

/** API Gateway refuses longer request lines than this. */
const MAX_PATH_LENGTH = 10_240;
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/**
 * Reads the API that the template declares.
 * @param functionByArn the function an integration names
 * @throws Error naming the route that cannot be served as declared
 */
export function createRoutes(
  template: Template,
  resolve: Resolve,
  localIssuer: LocalIssuer,
  functionByArn: (arn: string) => LocalFunction,
): {
  readonly match: MatchRoute;
  readonly routes: readonly GatewayRoute[];
  /** By logical id. */
  readonly authorizers: ReadonlyMap<string, Authorizer>;
} {
  const authorizers = new Map(
    template
      .ofType('AWS::ApiGatewayV2::Authorizer')
      .map(({ logicalId, properties }) => [logicalId, createAuthorizer(resolve(properties), localIssuer)]),
  );
  const integrations = new Map(
    template.ofType('AWS::ApiGatewayV2::Integration').map(({ logicalId, properties }) => {
      const { IntegrationUri } = IntegrationProperties.parse(resolve(properties));
      return [`integrations/${logicalId}`, functionByArn(IntegrationUri)];
    }),
  );

  const routes = template.ofType('AWS::ApiGatewayV2::Route').map(({ logicalId, properties }): GatewayRoute => {
    const route = RouteProperties.parse(resolve(properties));
    const target = integrations.get(route.Target);
    if (target === undefined) throw new Error(`The route ${logicalId} has no integration ${route.Target}.`);
    const authorize = authorizers.get(route.AuthorizerId ?? '')?.authorize;
    if (route.AuthorizationType === 'JWT' && authorize === undefined) {
      throw new Error(`The route ${logicalId} has no authorizer ${String(route.AuthorizerId)}.`);
    }
    return {
      routeKey: route.RouteKey,
      apiId: route.ApiId,
      scopes: route.AuthorizationScopes,
      authorize: route.AuthorizationType === 'JWT' ? authorize : undefined,
      function: target,
    };
  });
  return { match: matcher(routes), routes, authorizers };
}

function matcher(routes: readonly GatewayRoute[]): MatchRoute {
  // Only API Gateway's own rules: nothing is guessed about case, double or trailing slashes.
  const router = FindMyWay({ maxParamLength: MAX_PATH_LENGTH, caseSensitive: true });
  const byKey = new Map<unknown, { route: GatewayRoute; greedy: string | undefined }>();
  let fallback: GatewayRoute | undefined;
  const noop = (): void => undefined;

  for (const route of routes) {
    if (route.routeKey === '$default') {
      fallback = route;
      continue;
    }
    const [method = '', path = ''] = route.routeKey.split(' ');
    const pattern = path.replaceAll(/\{(\w+)\+\}/g, '*').replaceAll(/\{([\w.-]+)\}/g, ':$1');
    const greedy = /\{(\w+)\+\}/.exec(path)?.[1];
    const methods = method === 'ANY' ? [...METHODS] : METHODS.filter((known) => known === method);
    router.on(methods, pattern, noop, route.routeKey);
    byKey.set(route.routeKey, { route, greedy });
  }

  return (method, path) => {
    const known = METHODS.find((name) => name === method);
    const found = known === undefined ? null : router.find(known, path);
    const entry = byKey.get(found?.store);
    if (found === null || entry === undefined) return fallback && { route: fallback, pathParameters: {} };
    const { route, greedy } = entry;
    const { '*': rest, ...named } = found.params;
    return { route, pathParameters: greedy === undefined ? named : { ...named, [greedy]: rest } };
  };
}
