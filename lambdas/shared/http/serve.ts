import { randomUUID } from 'node:crypto';

import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

import { notFound, requireRole, rolesIn } from '../auth/access.ts';
import type { Guards } from '../auth/guard.ts';
import { isBusy } from '../dynamo/failures.ts';
import { logRequest } from '../observability/log.ts';
import { isUuid } from '../values.ts';
import { Problem } from './problem.ts';
import { Busy, InternalError, NotFound } from './problems.ts';
import type { Reply } from './reply.ts';
import { type GatewayEvent, type Request, readPermission, readRequest } from './request.ts';
import { refuse, respond } from './respond.ts';
import type { Route, Routes } from './route.ts';
import { type Trace, traceOf } from './trace.ts';

/** The database client gives up before the function's time is over: no early answer is needed. */
const NO_TIMER = { timeoutEarlyInMillis: 0 };

type Result = APIGatewayProxyStructuredResultV2;

/** A route and what answers it. */
interface Endpoint {
  readonly route: Route;
  readonly answer: (event: GatewayEvent, guards: Guards | undefined) => Promise<Result>;
}

/** Binds an operation to its route; the operation gets a request that has passed the route's schemas. */
export function on<R extends Route>(route: R, operation: (request: Request<R>) => Promise<Reply> | Reply): Endpoint {
  const permitting = rolesIn(route.access);
  return {
    route,
    answer: async (event, guards) => {
      // The gateway has checked the scopes of the route it matched: no other may answer.
      if (event.routeKey !== `${route.method} ${route.path}`) throw notFound();
      const permission = readPermission(route, event);
      if (permission !== undefined) {
        const { caller } = permission;
        await guards?.limit.admit(caller);
        requireRole(permitting, caller);
        await guards?.doors.admit(caller);
      }
      const reply = await operation(readRequest(route, permission, event));
      if (permission?.asked === false) throw new Error(`${route.operationId} answered without asking for permission`);
      return respond(route, reply, event);
    },
  };
}

/** Whatever went wrong, as a refusal that tells the client what it may know. */
function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isBusy(error)) return new Problem(Busy, 'The Hub’s database asks to slow down.', {}, 1);
  return new Problem(InternalError, 'The failure is logged under the correlationId.');
}

/** The request's path as far as it may be repeated: what a client puts where an id belongs could be a person's name. */
function instanceOf(route: Route, { pathParameters, rawPath }: GatewayEvent): string {
  return Object.values(pathParameters ?? {}).every((value) => isUuid(value ?? '')) ? rawPath : route.path;
}

interface Exchange extends Record<string, unknown> {
  trace: Trace;
  startedAt: number;
}

/** Gives each request its trace, turns errors into problem details, and writes one log line. */
function exchange(route: Route): middy.MiddlewareObj<GatewayEvent, Result, Error, Context, Exchange> {
  const finish = (event: GatewayEvent, internal: Exchange, result: Result, error?: unknown): Result => {
    const { correlationId, traceparent } = internal.trace;
    logRequest({ route, event, ...internal, result, error });
    return { ...result, headers: { ...result.headers, 'x-correlation-id': correlationId, traceparent } };
  };
  return {
    before: ({ event, internal }) => {
      internal.trace = traceOf(event.headers);
      // Whatever the client sent: from here on this is the exchange's id.
      event.headers['x-correlation-id'] = internal.trace.correlationId;
      internal.startedAt = performance.now();
    },
    after: (request) => {
      if (request.response) request.response = finish(request.event, request.internal, request.response);
    },
    onError: (request) => {
      const { event, internal, error } = request;
      const result = refuse(problemFrom(error), instanceOf(route, event), internal.trace.correlationId);
      request.response = finish(event, internal, result, error);
    },
  };
}

function stack(
  { route, answer }: Endpoint,
  guards: Guards | undefined,
): (event: GatewayEvent, context: Context) => Promise<Result> {
  const handle = (event: GatewayEvent): Promise<Result> => answer(event, guards);
  const handler = middy<GatewayEvent, Result, Error, Context, Exchange>(handle, NO_TIMER).use(exchange(route));
  return async (event, context) => handler(event, context);
}

/**
 * The handler of a context's HTTP function.
 * @param guards who is let in of those that the gateway has let pass; a context without tokens needs none
 * @throws Error at start when a route has no endpoint or an endpoint no route: a gap would be a 404 in production.
 */
export function serve(routes: Routes, guards: Guards | undefined, endpoints: readonly Endpoint[]) {
  const missing = Object.values(routes).filter((route) => !endpoints.some((endpoint) => endpoint.route === route));
  if (missing.length > 0 || endpoints.length !== Object.keys(routes).length) {
    throw new Error(`Endpoints and routes differ: ${missing.map((route) => route.operationId).join(', ')}`);
  }
  return middy(
    httpRouter<GatewayEvent, Result>({
      routes: endpoints.map((endpoint) => ({
        method: endpoint.route.method,
        path: endpoint.route.path,
        handler: stack(endpoint, guards),
      })),
      notFoundResponse: ({ path }) =>
        refuse(new Problem(NotFound, 'There is nothing at this path.'), path, randomUUID()),
    }),
    NO_TIMER,
  );
}
