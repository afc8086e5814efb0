import type * as z from 'zod/mini';

import type { AccessRule, Scope } from '../auth/vocabulary.ts';
import type { MetricName } from '../observability/metrics.ts';
import type { ProblemType } from './problem.ts';

/** What reports can be had as, beside JSON. */
export const CSV = 'text/csv';

/**
 * One operation of the API, described once. API Gateway's routes and scopes, the router in the handler, validation,
 * the OpenAPI document, the authorization matrix and the tests are all read from this.
 */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` parameters, as API Gateway and OpenAPI write them. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** `public`, or the scopes of which a token must carry at least one. Checked by the gateway. */
  readonly scopes: 'public' | readonly Scope[];
  /** Which role may do this in which relation to the resource. The operation asks; an answer without asking is a fault. */
  readonly access: AccessRule;
  readonly params?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  readonly body?: z.ZodMiniType;
  /** A body may be left out altogether; the schema then sees `{}`. */
  readonly bodyOptional?: boolean;
  /** `required` on every POST that creates something or takes capacity. */
  readonly idempotencyKey?: 'required' | 'optional';
  /** `required` on every PATCH, PUT and DELETE. */
  readonly ifMatch?: 'required' | 'optional';
  readonly response: {
    readonly status: 200 | 201;
    readonly description: string;
    /** Absent for what is not JSON. */
    readonly schema?: z.ZodMiniType;
    readonly mediaType?: string;
    /** Media types beside JSON that a client can ask for with `Accept`. */
    readonly alternatives?: readonly string[];
    readonly etag?: boolean;
  };
  /** The metric in which a success counts, unless it is a replay. */
  readonly counts?: MetricName;
  /** Refusals of this operation beside those that follow from the fields above. */
  readonly problems: readonly ProblemType[];
}

/** A context's routes by operation id. */
export type Routes = Readonly<Record<string, Route>>;

/** Checks that the key of each route is its operation id, and keeps the literal types for the handlers. */
export function defineRoutes<const R extends Routes>(routes: { [K in keyof R]: R[K] & { operationId: K } }): R {
  return routes;
}
