import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

import { notFound, Permission } from '../auth/access.ts';
import { callerFrom } from '../auth/caller.ts';
import { type FieldError, isProblemType, Problem } from './problem.ts';
import {
  BodyTooLarge,
  IdempotencyKeyMissing,
  IfMatchMissing,
  InvalidContent,
  InvalidParameter,
  MalformedJson,
  StaleVersion,
  UnsupportedMediaType,
} from './problems.ts';
import type { Route } from './route.ts';

z.config(en());

export type GatewayEvent = APIGatewayProxyEventV2WithJWTAuthorizer;

type Output<S> = S extends z.ZodMiniType ? z.output<S> : undefined;

/** A request whose every part has passed the route's schemas. */
export interface Request<R extends Route = Route> {
  readonly permission: R['scopes'] extends 'public' ? undefined : Permission;
  readonly params: Output<R['params']>;
  readonly query: Output<R['query']>;
  readonly body: Output<R['body']>;
  readonly idempotencyKey: R['idempotencyKey'] extends 'required' ? string : string | undefined;
  /** What the client wants the answer in: see `mediaTypeFor`. */
  readonly accept: string | undefined;
  /** How it can be compressed for the client. */
  readonly acceptEncoding: string | undefined;
  /** The version the client has seen, from `If-Match`. */
  readonly expectedVersion: R['ifMatch'] extends 'required' ? number : number | undefined;
}

/** Routes that name no query parameter take none. */
const NO_QUERY = z.strictObject({});
const MAX_BODY_BYTES = 64 * 1024;

/**
 * A name that can be shown: what a client puts where a field name belongs is repeated only if it looks like one. More
 * than three digits do not: they could be a person's number. A position in a list is no name.
 */
function shown(name: PropertyKey): string {
  return typeof name === 'number' || /^[A-Za-z_-]{1,40}\d{0,3}$/.test(String(name)) ? String(name) : '…';
}

function fieldErrors(error: z.core.$ZodError, root: '/' | '?'): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(shown);
    if (issue.code !== 'unrecognized_keys') return [{ pointer: root + path.join('/'), message: issue.message }];
    return issue.keys.map((key) => ({ pointer: root + [...path, shown(key)].join('/'), message: 'is not known here' }));
  });
}

function parseJson(route: Route, event: GatewayEvent): unknown {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw new Problem(BodyTooLarge, 'The limit is 65,536 bytes.');
  if (text === '' && route.bodyOptional === true) return {};
  if (!/^application\/json\s*(?:;|$)/i.test(event.headers['content-type'] ?? '')) {
    throw new Problem(UnsupportedMediaType, 'The body must come with Content-Type: application/json.');
  }
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new Problem(MalformedJson, 'The body could not be parsed as JSON.');
  }
}

function readBody(route: Route, event: GatewayEvent): unknown {
  if (route.body === undefined) return undefined;
  const result = route.body.safeParse(parseJson(route, event));
  if (result.success) return result.data;
  const errors = fieldErrors(result.error, '/');
  // A schema can name the problem its violation deserves, so that a context's own refusals stay its own.
  for (const issue of result.error.issues) {
    const problem: unknown = issue.code === 'custom' ? issue.params?.['problem'] : undefined;
    if (isProblemType(problem)) throw new Problem(problem, `The field ${issue.message}.`, { errors });
  }
  throw new Problem(InvalidContent, 'Some fields of the body are not what this request needs.', { errors });
}

function readQuery(route: Route, event: GatewayEvent): unknown {
  const result = (route.query ?? NO_QUERY).safeParse(event.queryStringParameters ?? {});
  if (result.success) return route.query === undefined ? undefined : result.data;
  throw new Problem(InvalidParameter, 'Some query parameters are not valid.', {
    errors: fieldErrors(result.error, '?'),
  });
}

function readParams(route: Route, event: GatewayEvent): unknown {
  const result = route.params?.safeParse(event.pathParameters ?? {});
  if (result === undefined || result.success) return result?.data;
  // An id that cannot be one is an id of nothing.
  throw notFound();
}

/** `Idempotency-Key`, as a bare value or as the quoted string of the IETF draft. */
function readIdempotencyKey(route: Route, event: GatewayEvent): string | undefined {
  if (route.idempotencyKey === undefined) return undefined;
  const header = event.headers['idempotency-key'];
  if (header === undefined || header === '') {
    if (route.idempotencyKey === 'optional') return undefined;
    throw new Problem(IdempotencyKeyMissing, 'This request needs an Idempotency-Key header.');
  }
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem(InvalidParameter, 'The Idempotency-Key header is not valid.', {
      errors: [{ pointer: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
    });
  }
  return key;
}

/** `If-Match` with the strong entity tag the Hub gave out: `"<version>"`. */
function readExpectedVersion(route: Route, event: GatewayEvent): number | undefined {
  if (route.ifMatch === undefined) return undefined;
  const header = event.headers['if-match'];
  if (header === undefined || header === '') {
    if (route.ifMatch === 'optional') return undefined;
    throw new Problem(IfMatchMissing, 'This request needs an If-Match header with the ETag you have read.');
  }
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) throw new Problem(StaleVersion, 'The If-Match header is not an ETag of this resource.');
  return Number(version);
}

/** Who calls, before the route's access rule; nobody for a public route. @throws Problem `token-incomplete` */
export function readPermission(route: Route, event: GatewayEvent): Permission | undefined {
  if (route.scopes === 'public') return undefined;
  const caller = callerFrom(event.requestContext.authorizer.jwt.claims);
  return new Permission(route.access, caller, event.headers['x-correlation-id'] ?? '');
}

/**
 * Turns a gateway event into a request of the route, or refuses it.
 * Order: who (403), where (404), how (400, 412, 428), what (413, 415, 400, 422).
 */
export function readRequest<R extends Route>(
  route: R,
  permission: Permission | undefined,
  event: GatewayEvent,
): Request<R>;
export function readRequest(
  route: Route,
  permission: Permission | undefined,
  event: GatewayEvent,
): { [P in keyof Request]: unknown } {
  return {
    permission,
    params: readParams(route, event),
    query: readQuery(route, event),
    idempotencyKey: readIdempotencyKey(route, event),
    expectedVersion: readExpectedVersion(route, event),
    accept: event.headers['accept'],
    acceptEncoding: event.headers['accept-encoding'],
    body: readBody(route, event),
  };
}
