import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { rolesIn } from '../../lambdas/shared/auth/access.ts';
import { ROLES, type Role, SCOPES } from '../../lambdas/shared/auth/vocabulary.ts';
import { type ApiRoute, GUARDED_ROUTES, pathOf } from '../support/routes.ts';
import { Scene } from './scene.ts';

/** Who may not is refused without a call of the database, wherever that does not depend on what there is. */

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
});
afterAll(async () => {
  await scene.close();
});

const institutionId = randomUUID();
/** Those that are no ids. */
const PARAMETERS: Readonly<Record<string, string>> = { version: '1', date: '2026-05-04' };
const anId = (path: string): Record<string, string> =>
  Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, PARAMETERS[name] ?? randomUUID()]));

/** @returns the code of the refusal, and how many calls of the database it took */
async function refusal(route: ApiRoute, role: Role, path = pathOf(route, anId(route.path))) {
  const token = await scene.hub.token({ institution: institutionId, role, scopes: SCOPES });
  const writes = route.body !== undefined;
  scene.proxy.follow();
  const response = await fetch(scene.hub.url + path, {
    method: route.method,
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      'if-match': '"1"',
      ...(writes && { 'content-type': 'application/json' }),
    },
    ...(writes && { body: '{}' }),
  });
  const { type } = (await response.json()) as { type?: string };
  return { code: type?.replace('/problems/', '') ?? String(response.status), calls: scene.proxy.calls };
}

const named = (routes: readonly ApiRoute[]) => routes.map((route) => ({ name: route.operationId, route }));
const forSomeRoles = GUARDED_ROUTES.filter(({ access }) => rolesIn(access).length < ROLES.length);

test.each(named(forSomeRoles))('$name reads nothing for a role that may not do it to anything', async ({ route }) => {
  const others = ROLES.filter((role) => !rolesIn(route.access).includes(role));
  for (const role of others) {
    expect({ role, ...(await refusal(route, role)) }).toEqual({ role, code: 'role-not-permitted', calls: 0 });
  }
});

describe('what the path or the query says whose it is', () => {
  // Who is shut out is read once by each function, and then believed for a while.
  beforeAll(async () => {
    const authorization = `Bearer ${await scene.hub.token({ institution: institutionId, role: 'coordinator' })}`;
    const clients = `/v1/institutions/${institutionId}/clients`;
    for (const path of [
      '/v1/me',
      clients,
      '/v1/agreements',
      '/v1/pools',
      '/v1/programmes',
      '/v1/reports/events',
      '/v1/documents',
      '/v1/loan-balances',
      '/v1/audit',
      '/v1/documents',
      '/v1/notifications',
      '/v1/webhooks',
    ]) {
      await fetch(scene.hub.url + path, { headers: { authorization } });
    }
  });

  const byInstitution = named(
    GUARDED_ROUTES.filter(
      ({ path, access, bodyOptional, body }) =>
        path.includes('{institutionId}') && !('partner' in access) && (body === undefined || bodyOptional === true),
    ),
  );
  test.each(byInstitution)('$name reads nothing for another institution', async ({ route }) => {
    const { code, calls } = await refusal(route, 'coordinator');
    expect(calls).toBe(0);
    expect(code).toMatch(/^(not-found|role-not-permitted)$/);
  });

  const lists = GUARDED_ROUTES.filter(({ query }) => query !== undefined && 'institutionId' in query.shape);
  test.each(named(lists))('$name reads nothing for another institution’s view', async ({ route }) => {
    const answer = await refusal(route, 'coordinator', `${route.path}?institutionId=${randomUUID()}`);
    expect(answer).toEqual({ code: 'not-found', calls: 0 });
  });
});
