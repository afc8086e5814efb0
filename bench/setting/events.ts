import { randomUUID } from 'node:crypto';

import type { GatewayEvent } from '../../lambdas/shared/http/request.ts';
import type { Route } from '../../lambdas/shared/http/route.ts';

/** Who sends a request, as the gateway's authorizer would say it. */
export interface Sender {
  readonly institutionId: string;
  /** @default coordinator */
  readonly role?: string;
  /** Who of the institution. @default one for all */
  readonly subject?: string;
}

export interface EventFacts {
  readonly route: Route;
  readonly sender: Sender;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** An ETag. */
  readonly ifMatch?: string;
}

/** The headers a browser-less client and the gateway send. */
const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'gzip',
  'content-length': '120',
  host: 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
  'user-agent': 'bench/1',
  'x-amzn-trace-id': 'Root=1-69000000-0123456789abcdef01234567',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

/** An event of API Gateway's HTTP API, payload format 2.0, for a request that its authorizer has let pass. */
export function gatewayEvent({
  route,
  sender,
  params = {},
  query = {},
  body,
  idempotencyKey,
  ifMatch,
}: EventFacts): GatewayEvent {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const rawQueryString = new URLSearchParams(query).toString();
  const routeKey = `${route.method} ${route.path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString,
    headers: {
      ...HEADERS,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(rawQueryString === '' ? {} : { queryStringParameters: { ...query } }),
    pathParameters: { ...params },
    requestContext: {
      accountId: '000000000000',
      apiId: 'a1b2c3d4e5',
      domainName: HEADERS.host,
      domainPrefix: 'a1b2c3d4e5',
      authorizer: {
        principalId: '',
        integrationLatency: 0,
        jwt: {
          claims: {
            sub: sender.subject ?? 'bench-coordinator',
            client_id: 'bench-client',
            institution_id: sender.institutionId,
            roles: `[${sender.role ?? 'coordinator'}]`,
            scope: 'hub/quotas.read hub/quotas.write hub/institutions.read hub/agreements.read',
          },
          scopes: route.scopes === 'public' ? [] : [...route.scopes],
        },
      },
      http: {
        method: route.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: HEADERS['user-agent'],
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}
