import type * as z from 'zod/mini';

import { agreementRoutes } from '../../lambdas/agreements/contract.ts';
import { auditRoutes } from '../../lambdas/audit/contract.ts';
import { documentRoutes } from '../../lambdas/documents/contract.ts';
import { calendarRoutes } from '../../lambdas/events/calendar-contract.ts';
import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { programmeRoutes } from '../../lambdas/events/programme-contract.ts';
import { institutionRoutes, systemRoutes } from '../../lambdas/institutions/contract.ts';
import { notificationRoutes } from '../../lambdas/notifications/contract.ts';
import { mailRoutes } from '../../lambdas/notifications/mail-contract.ts';
import { webhookRoutes } from '../../lambdas/notifications/webhook-contract.ts';
import { portalRoutes } from '../../lambdas/portal/contract.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { rolesIn } from '../../lambdas/shared/auth/access.ts';
import { ROLES, type Role } from '../../lambdas/shared/auth/vocabulary.ts';
import type { Route } from '../../lambdas/shared/http/route.ts';
import { trainingRoutes } from '../../lambdas/training/contract.ts';
import { credentialRoutes } from '../../lambdas/training/credential-contract.ts';

/** Every operation of the API by its id. */
export const ROUTES = {
  ...portalRoutes,
  ...institutionRoutes,
  ...systemRoutes,
  ...agreementRoutes,
  ...documentRoutes,
  ...quotaRoutes,
  ...trainingRoutes,
  ...credentialRoutes,
  ...eventsRoutes,
  ...programmeRoutes,
  ...calendarRoutes,
  ...auditRoutes,
  ...notificationRoutes,
  ...webhookRoutes,
  ...mailRoutes,
};

export type OperationId = keyof typeof ROUTES;
export type ApiRoute = Route;

/** What the operation answers when it succeeds. */
export type AnswerOf<K extends OperationId> = (typeof ROUTES)[K] extends {
  response: { schema: infer S extends z.ZodMiniType };
}
  ? z.output<S>
  : string;

export const ALL_ROUTES: readonly Route[] = Object.values(ROUTES);
export const GUARDED_ROUTES = ALL_ROUTES.filter(({ scopes }) => scopes !== 'public');
/** Lists: the page that ends mail is the only other thing with a query, and is looked at by itself. */
export const ROUTES_WITH_QUERY = ALL_ROUTES.filter(({ query }) => query !== undefined && 'limit' in query.shape);
export const ROUTES_WITH_ID = GUARDED_ROUTES.filter(({ path }) => path.includes('{'));

/** A role that is not refused before the rest of a request is looked at, whosever the thing is if there is such a role. */
export function aRoleFor({ access, method }: Route): Role {
  if (method !== 'GET' && access.none?.includes('hub-admin') === true) return 'hub-admin';
  const permitting = rolesIn(access);
  return permitting.includes('coordinator') ? 'coordinator' : (permitting[0] ?? ROLES[0]);
}

/** Fills the parameters of a route's path. */
export function pathOf({ path }: Route, params: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${path} needs ${name}`);
    return encodeURIComponent(value);
  });
}
