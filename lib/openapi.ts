import * as z from 'zod/mini';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';

import { agreementRoutes } from '../lambdas/agreements/contract.ts';
import { AGREEMENT_PROBLEMS } from '../lambdas/agreements/errors.ts';
import { auditRoutes } from '../lambdas/audit/contract.ts';
import { documentRoutes } from '../lambdas/documents/contract.ts';
import { DOCUMENT_PROBLEMS } from '../lambdas/documents/errors.ts';
import { calendarRoutes } from '../lambdas/events/calendar-contract.ts';
import { eventsRoutes } from '../lambdas/events/contract.ts';
import { EVENT_PROBLEMS } from '../lambdas/events/errors.ts';
import { programmeRoutes } from '../lambdas/events/programme-contract.ts';
import { institutionRoutes, systemRoutes } from '../lambdas/institutions/contract.ts';
import { INSTITUTION_PROBLEMS } from '../lambdas/institutions/errors.ts';
import { notificationRoutes } from '../lambdas/notifications/contract.ts';
import { mailRoutes } from '../lambdas/notifications/mail-contract.ts';
import { InvalidUnsubscribeLink } from '../lambdas/notifications/mail-errors.ts';
import { webhookRoutes } from '../lambdas/notifications/webhook-contract.ts';
import { WEBHOOK_PROBLEMS } from '../lambdas/notifications/webhook-errors.ts';
import { portalRoutes } from '../lambdas/portal/contract.ts';
import { quotaRoutes } from '../lambdas/quotas/contract.ts';
import { QUOTA_PROBLEMS } from '../lambdas/quotas/errors.ts';
import { SCOPES } from '../lambdas/shared/auth/vocabulary.ts';
import type { ProblemType } from '../lambdas/shared/http/problem.ts';
import {
  BodyTooLarge,
  Busy,
  COMMON_PROBLEMS,
  Forbidden,
  IdempotencyKeyMissing,
  IdempotencyKeyReused,
  IfMatchMissing,
  InstitutionSuspended,
  InternalError,
  InvalidContent,
  InvalidParameter,
  MalformedJson,
  NotAcceptable,
  RateLimited,
  RoleNotPermitted,
  StaleVersion,
  TokenIncomplete,
  Unauthorized,
  UnsupportedMediaType,
} from '../lambdas/shared/http/problems.ts';
import type { Route, Routes } from '../lambdas/shared/http/route.ts';
import { MEETING_PROBLEMS } from '../lambdas/shared/meeting-errors.ts';
import { trainingRoutes } from '../lambdas/training/contract.ts';
import { credentialRoutes } from '../lambdas/training/credential-contract.ts';
import { TRAINING_PROBLEMS } from '../lambdas/training/errors.ts';

/** The OpenAPI document, made from the same contracts that the handlers validate with. */

export const CONTEXT_ROUTES: Readonly<Record<string, Routes>> = {
  Portal: portalRoutes,
  Institutions: { ...institutionRoutes, ...systemRoutes },
  Agreements: agreementRoutes,
  Quotas: quotaRoutes,
  Training: { ...trainingRoutes, ...credentialRoutes },
  Events: { ...eventsRoutes, ...programmeRoutes, ...calendarRoutes },
  Documents: documentRoutes,
  Audit: auditRoutes,
  Notifications: { ...notificationRoutes, ...webhookRoutes, ...mailRoutes },
};

export const ALL_PROBLEMS: readonly ProblemType[] = [
  ...COMMON_PROBLEMS,
  ...INSTITUTION_PROBLEMS,
  ...AGREEMENT_PROBLEMS,
  ...QUOTA_PROBLEMS,
  ...MEETING_PROBLEMS,
  ...TRAINING_PROBLEMS,
  ...EVENT_PROBLEMS,
  ...WEBHOOK_PROBLEMS,
  ...DOCUMENT_PROBLEMS,
  InvalidUnsubscribeLink,
];

const ProblemDetails = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    correlationId: z.uuid(),
    errors: z.optional(z.array(z.strictObject({ pointer: z.string(), message: z.string() }))),
  })
  .register(z.globalRegistry, { id: 'Problem', description: 'RFC 9457 problem details.' });

/** Statuses with which API Gateway refuses before, or instead of, the Hub. */
const GATEWAY_STATUSES = [401, 403, 404, 413, 429, 500, 503];

/** What API Gateway itself answers in AWS before the Hub is reached. */
const GatewayMessage = z
  .looseObject({ message: z.string() })
  .register(z.globalRegistry, { id: 'GatewayMessage', description: 'A refusal by the gateway in AWS.' });

/** The refusals that follow from what a route asks for. */
function impliedProblems(route: Route): ProblemType[] {
  return [
    InvalidParameter,
    InternalError,
    Busy,
    ...(route.scopes === 'public'
      ? []
      : [Unauthorized, Forbidden, TokenIncomplete, RoleNotPermitted, InstitutionSuspended, RateLimited]),
    ...(route.body === undefined ? [] : [MalformedJson, BodyTooLarge, UnsupportedMediaType, InvalidContent]),
    ...(route.response.alternatives === undefined ? [] : [NotAcceptable]),
    ...(route.idempotencyKey === 'required' ? [IdempotencyKeyMissing] : []),
    ...(route.idempotencyKey === undefined ? [] : [IdempotencyKeyReused]),
    ...(route.ifMatch === 'required' ? [IfMatchMissing] : []),
    ...(route.ifMatch === undefined ? [] : [StaleVersion]),
  ];
}

/** Every refusal a route can answer with, once each. */
export function problemsOf(route: Route): ProblemType[] {
  return [...new Set([...impliedProblems(route), ...route.problems])];
}

const text = (description: string) => z.string().register(z.globalRegistry, { description });

function refusal(status: number, problems: readonly ProblemType[]): ZodOpenApiResponseObject {
  return {
    description: problems.map(({ code, title }) => `\`${code}\`: ${title}`).join('  \n'),
    ...(status === 429 || status === 503 ? { headers: z.object({ 'Retry-After': text('Seconds to wait.') }) } : {}),
    content: {
      'application/problem+json': { schema: ProblemDetails },
      ...(GATEWAY_STATUSES.includes(status) ? { 'application/json': { schema: GatewayMessage } } : {}),
    },
  };
}

function responses(route: Route): ZodOpenApiResponsesObject {
  const { response } = route;
  const headers: Record<string, z.ZodMiniType> = {};
  if (response.etag === true) headers['ETag'] = text('Version of the resource, for If-Match.');
  if (response.status === 201) headers['Location'] = text('Where the new resource is.');
  if (route.idempotencyKey !== undefined) {
    headers['Idempotency-Replayed'] = z.optional(text('`true` when an earlier attempt had done it.'));
  }
  const success: ZodOpenApiResponseObject = {
    description: response.description,
    ...(Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) }),
    content: {
      [response.mediaType ?? 'application/json']: response.schema === undefined ? {} : { schema: response.schema },
      ...Object.fromEntries((response.alternatives ?? []).map((type) => [type, { schema: z.string() }])),
    },
  };
  const byStatus = Map.groupBy(problemsOf(route), ({ status }) => status);
  return Object.fromEntries([
    [String(response.status), success],
    ...[...byStatus].map(([status, problems]) => [String(status), refusal(status, problems)] as const),
  ]);
}

function requestHeaders(route: Route): z.ZodMiniObject | undefined {
  const shape: Record<string, z.ZodMiniType> = {};
  if (route.idempotencyKey !== undefined) {
    const key = z.string().register(z.globalRegistry, {
      description: 'A value of your own for this request; repeat it when you repeat the request.',
    });
    shape['Idempotency-Key'] = route.idempotencyKey === 'required' ? key : z.optional(key);
  }
  if (route.ifMatch !== undefined) {
    const tag = z.string().register(z.globalRegistry, { description: 'The ETag you have read.' });
    shape['If-Match'] = route.ifMatch === 'required' ? tag : z.optional(tag);
  }
  return Object.keys(shape).length === 0 ? undefined : z.object(shape);
}

function operation(tag: string, route: Route): ZodOpenApiOperationObject {
  const header = requestHeaders(route);
  return {
    operationId: route.operationId,
    tags: [tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.scopes === 'public' ? [] : [...route.scopes.map((scope) => ({ oauth2: [scope] })), { bearer: [] }],
    requestParams: {
      ...(route.params === undefined ? {} : { path: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(header === undefined ? {} : { header }),
    },
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: { 'application/json': { schema: route.body } },
          },
        }),
    responses: responses(route),
  };
}

/** Makes the document. */
export function openApiDocument() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [tag, routes] of Object.entries(CONTEXT_ROUTES)) {
    for (const route of Object.values(routes)) {
      (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(tag, route);
    }
  }
  const scopes = Object.fromEntries(SCOPES.map((scope) => [scope, scope]));
  const definition: ZodOpenApiObject = {
    openapi: '3.1.1',
    info: {
      title: 'Oncology Collaboration Hub',
      version: '1',
      description:
        'Shared treatment quotas, training and events of partner oncology centres. Patients are known by pseudonyms only.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: '/' }],
    tags: Object.keys(CONTEXT_ROUTES).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token, pasted. The scopes it needs are those named for `oauth2`.',
        },
        oauth2: {
          type: 'oauth2',
          description:
            'OAuth 2.0: client credentials for systems, authorization code with PKCE for people. The addresses are those of the sign-in domain; the document that a deployment serves names it.',
          flows: {
            clientCredentials: { tokenUrl: '/oauth2/token', scopes },
            authorizationCode: { authorizationUrl: '/oauth2/authorize', tokenUrl: '/oauth2/token', scopes },
          },
        },
      },
    },
    'x-problems': Object.fromEntries(
      ALL_PROBLEMS.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map(({ code, status, title, advice }) => [
        code,
        { status, title, advice },
      ]),
    ),
  };
  return createDocument(definition);
}
