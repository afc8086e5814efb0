import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { authorize, requireRole, rolesIn } from '../../lambdas/shared/auth/access.ts';
import { type AccessRule, type Relation, ROLES, type Role, scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { Problem } from '../../lambdas/shared/http/problem.ts';
import { ALL_ROUTES, type ApiRoute, GUARDED_ROUTES } from '../support/routes.ts';

/** Who may do what: every rule for everybody there can be, and what is true of all rules. */

type Part = Exclude<Relation, 'none'>;

function subsetsOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_item, index) => (bits >> index) & 1));
}

/** What the page says of an action: `coordinator provider`, or `auditor any`. */
function wordsOf(page: string): Map<string, ReadonlySet<string>> {
  const rows = page.split('\n').filter((line) => /^\| `[A-Z]+ \//.test(line));
  return new Map(
    rows.map((row) => {
      const [action = '', , ...cells] = row.split('|').slice(1, -1);
      const words = cells.flatMap((cell, column) =>
        [...cell.matchAll(/[a-z]+/g)].map(([word]) => `${String(ROLES[column])} ${word}`),
      );
      return [action.replaceAll('`', '').trim(), new Set(words)] as const;
    }),
  );
}
const words = wordsOf(readFileSync('docs/access.md', 'utf8'));

type Verdict = 'allowed' | 'not-found' | 'role-not-permitted';

/** What the page means for a caller. It knows nothing of how a rule is kept. */
function meant(said: ReadonlySet<string>, roles: readonly Role[], parts: readonly Part[]): Verdict {
  for (const role of roles) {
    if (said.has(`${role} any`) || parts.some((part) => said.has(`${role} ${part}`))) return 'allowed';
  }
  const named = roles.some((role) => [...said].some((each) => each.startsWith(`${role} `)));
  if (!named) return 'role-not-permitted';
  const hidden = parts.length === 0 && !roles.includes('hub-admin') && !roles.includes('auditor');
  return hidden ? 'not-found' : 'role-not-permitted';
}

/** What the Hub does, in the order in which it does it. */
function done(rule: AccessRule, roles: readonly Role[], relations: readonly Relation[]): Verdict | `as ${Role}` {
  const caller = { subject: 's', clientId: 'c', institutionId: 'i', roles, scopes: [] };
  try {
    requireRole(rolesIn(rule), caller);
    return `as ${authorize(rule, caller, relations)}`;
  } catch (error) {
    if (error instanceof Problem) return error.type.code as Verdict;
    throw error;
  }
}

const everyRoles = subsetsOf(ROLES);
/** Every combination of the parts that a rule names, and of one that it does not. */
function everyPartsIn(rule: AccessRule): Part[][] {
  const named = (Object.keys(rule) as Relation[]).filter((part) => part !== 'none');
  const others = (['lender', 'beneficiary', 'host'] as const).filter((part) => !named.includes(part));
  return subsetsOf([...named, ...others.slice(0, 1)]);
}
/** Routes with the same rule are the same to it. */
const byRule = [...Map.groupBy(GUARDED_ROUTES, ({ access }) => JSON.stringify(access)).values()].map((routes) => ({
  routes,
  name: routes.map(({ operationId }) => operationId).join(', '),
}));

describe.each(byRule)('$name', ({ routes }) => {
  test('lets pass whom the page names, in every combination of roles and parts', () => {
    const [{ access }] = routes as [ApiRoute];
    const said = routes.map(({ method, path }) => words.get(`${method} ${path}`) ?? new Set<string>());
    const wrong: unknown[] = [];
    const everyParts = everyPartsIn(access);
    for (const roles of everyRoles) {
      for (const parts of everyParts) {
        const verdict = done(access, roles, parts.length === 0 ? ['none'] : parts);
        const [kind, role] = verdict.startsWith('as ') ? (['allowed', verdict.slice(3)] as const) : [verdict];
        // What is written with the change is a role that the caller has, and that may.
        const may = role === undefined || (roles as string[]).includes(role);
        const alone = role === undefined || said.every((each) => meant(each, [role as Role], parts) === 'allowed');
        const expected = said.map((each) => meant(each, roles, parts));
        if (!may || !alone || expected.some((each) => each !== kind)) wrong.push({ roles, parts, verdict, expected });
      }
    }
    expect(wrong).toEqual([]);
  });
});

const writes = GUARDED_ROUTES.filter(({ method }) => method !== 'GET');
const reads = GUARDED_ROUTES.filter(({ method }) => method === 'GET');
const idsOf = (routes: readonly ApiRoute[]): string[] => routes.map(({ operationId }) => operationId);
const whereNone = (routes: readonly ApiRoute[], fits: (route: ApiRoute) => boolean): string[] =>
  idsOf(routes.filter((route) => !fits(route)));

describe('of all actions', () => {
  test('those that are public have no rule, and no other is without one', () => {
    expect(ALL_ROUTES.filter(({ access }) => rolesIn(access).length === 0)).toEqual(
      ALL_ROUTES.filter(({ scopes }) => scopes === 'public'),
    );
  });

  test('every write is by roles that are named: not by all there are, and by no auditor', () => {
    expect(whereNone(writes, ({ access }) => rolesIn(access).length < ROLES.length)).toEqual([]);
    expect(whereNone(writes, ({ access }) => !rolesIn(access).includes('auditor'))).toEqual([]);
  });

  test('an auditor reads everything, whosever it is', () => {
    const seesAll = ({ access }: ApiRoute): boolean =>
      [access.none, access.partner].some((roles) => roles?.includes('auditor') === true);
    // Who one is says nothing of others; nor need an auditor know what a trainee is called, or what somebody eats; where a partner's systems are is
    // its own affair, and its changes are in the audit.
    const own = [
      ...['getMe', 'getTraineeName', 'getCertificate', 'getNeeds'],
      ...['listWebhooks', 'getWebhook', 'listDeliveries'],
    ];
    expect(whereNone(reads, seesAll)).toEqual(own);
  });

  test('what needs no part in a thing is for who sees all; of writes, for admins of the Hub', () => {
    const atMost = (routes: readonly ApiRoute[], roles: readonly Role[]) =>
      whereNone(routes, ({ access }) => (access.none ?? []).every((role) => roles.includes(role)));
    expect(atMost(reads, ['hub-admin', 'auditor'])).toEqual([]);
    expect(atMost(writes, ['hub-admin'])).toEqual([]);
  });

  test('what needs the scope of an admin alone is for admins of the Hub alone', () => {
    const adminsScope = GUARDED_ROUTES.filter(({ scopes }) => String(scopes) === 'hub/admin');
    expect(whereNone(adminsScope, ({ access }) => rolesIn(access).join() === 'hub-admin')).toEqual([]);
  });

  test('a commission alone says who goes first', () => {
    const route = GUARDED_ROUTES.find(({ operationId }) => operationId === 'setPriority');
    expect(route?.access).toEqual({ beneficiary: ['commission-member'] });
  });

  test('a system gives no agreement, grant, loan, client or contact: it books, applies, registers, plans sessions, keeps documents, and says where to call it', () => {
    const bySystems = idsOf(writes.filter(({ access }) => rolesIn(access).includes('integration')));
    expect(
      bySystems.filter(
        (id) =>
          !/(?:Booking|Offer|Application|Attendance|Registration|Needs|Session|CalendarLink|Abstract|Delivery|Document(?:Parts)?)$|Webhook|^checkIn/.test(
            id,
          ),
      ),
    ).toEqual([]);
  });

  test('every role that a rule names can have a token for the action', () => {
    const reachable = ({ access, scopes }: ApiRoute): boolean =>
      rolesIn(access).every((role) => scopesOf([role]).some((scope) => scopes.includes(scope)));
    expect(whereNone(GUARDED_ROUTES, reachable)).toEqual([]);
  });
});
