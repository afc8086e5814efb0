import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { authorize } from '../../lambdas/shared/auth/access.ts';
import { type Caller, callerFrom } from '../../lambdas/shared/auth/caller.ts';
import { type AccessRule, type Relation, ROLES, type Role } from '../../lambdas/shared/auth/vocabulary.ts';
import { Cursors } from '../../lambdas/shared/http/cursor.ts';
import { fingerprintOf, requestId } from '../../lambdas/shared/http/idempotency.ts';
import { Problem } from '../../lambdas/shared/http/problem.ts';
import { NotFound } from '../../lambdas/shared/http/problems.ts';
import { refuse } from '../../lambdas/shared/http/respond.ts';
import { traceOf } from '../../lambdas/shared/http/trace.ts';

const INSTITUTION = '019a8f3e-7c00-7a11-8000-000000000001';
const caller = (over: Partial<Caller> = {}): Caller => ({
  subject: 'subject',
  clientId: 'client',
  institutionId: INSTITUTION,
  roles: ['coordinator'],
  scopes: [],
  ...over,
});

/** The code of what was thrown, or `done`. */
function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'done';
  } catch (error) {
    return error instanceof Problem ? error.type.code : String(error);
  }
}

describe('a cursor', () => {
  const cursors = new Cursors('a secret of more than thirty-two characters');

  test('is read by the list that wrote it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (list, position) => {
        expect(cursors.read(list, cursors.write(list, position))).toBe(position);
      }),
    );
  });

  test('of another list, another secret or another position is refused', () => {
    const cursor = cursors.write('pools:1', 'POOL#1');
    const others = new Cursors('another secret of more than thirty-two characters');
    const [, signature = ''] = cursor.split('.');
    expect(outcomeOf(() => cursors.read('pools:2', cursor))).toBe('invalid-cursor');
    expect(outcomeOf(() => others.read('pools:1', cursor))).toBe('invalid-cursor');
    expect(
      outcomeOf(() => cursors.read('pools:1', `${Buffer.from('POOL#2').toString('base64url')}.${signature}`)),
    ).toBe('invalid-cursor');
  });

  test('is refused whatever else it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(outcomeOf(() => cursors.read('pools:1', text))).toBe('invalid-cursor');
      }),
    );
  });

  test('needs a secret worth the name', () => {
    expect(() => new Cursors('short')).toThrow('CURSOR_SECRET');
  });
});

describe('the fingerprint of a body', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const object = fc.dictionary(fc.string(), json);

  test('does not depend on the order of fields, at any depth', () => {
    fc.assert(
      fc.property(object, object, (body, inner) => {
        const forwards = { ...body, inner: [inner] };
        const backwards = Object.fromEntries(
          Object.entries({ ...body, inner: [Object.fromEntries(Object.entries(inner).toReversed())] }).toReversed(),
        );
        expect(fingerprintOf(backwards)).toBe(fingerprintOf(forwards));
      }),
    );
  });

  test('does depend on the order of a list, on values and on names', () => {
    const prints = [[1, 2], [2, 1], { a: 1 }, { a: '1' }, { a: 2 }, { b: 1 }, { a: null }, {}, [], null].map(
      fingerprintOf,
    );
    expect(new Set(prints).size).toBe(prints.length);
  });
});

test('a request is the same only for the same caller, target and key', () => {
  const same = { caller: caller(), target: ['holdBooking', 'g1'], idempotencyKey: 'k' };
  const ids = [
    same,
    { ...same, idempotencyKey: 'l' },
    { ...same, target: ['holdBooking', 'g2'] },
    { ...same, target: ['createGrant', 'g1'] },
    { ...same, target: ['holdBooking', 'g1', 'k'], idempotencyKey: '' },
    { ...same, caller: caller({ subject: 'other' }) },
    { ...same, caller: caller({ clientId: 'other' }) },
    { ...same, caller: caller({ institutionId: 'other' }) },
  ].map(requestId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(requestId({ ...same, caller: caller({ roles: ['auditor'] }) })).toBe(requestId(same));
});

describe('access', () => {
  const rule: AccessRule = { provider: ['coordinator'], beneficiary: ['clinician'], none: ['auditor'] };
  const decide = (role: Role, ...relations: Relation[]) =>
    outcomeOf(() => {
      authorize(rule, caller({ roles: [role] }), relations);
    });

  test.each([
    ['coordinator', 'provider', 'done'],
    ['clinician', 'beneficiary', 'done'],
    ['clinician', 'provider', 'role-not-permitted'],
    ['coordinator', 'beneficiary', 'role-not-permitted'],
    ['coordinator', 'none', 'not-found'],
    ['integration', 'none', 'not-found'],
    ['auditor', 'none', 'done'],
    ['auditor', 'provider', 'done'],
    ['hub-admin', 'none', 'role-not-permitted'],
  ] as const)('of a %s as %s: %s', (role, relation, expected) => {
    expect(decide(role, relation)).toBe(expected);
  });

  test('through any of several relations is enough', () => {
    expect(decide('clinician', 'provider', 'beneficiary')).toBe('done');
  });

  test('without a rule is nobody’s', () => {
    for (const role of ROLES) {
      expect(
        outcomeOf(() => {
          authorize({}, caller({ roles: [role] }), ['provider']);
        }),
      ).toBe('role-not-permitted');
    }
  });
});

describe('the caller', () => {
  const claims = {
    sub: 's',
    client_id: 'c',
    institution_id: INSTITUTION,
    roles: '[coordinator auditor]',
    scope: 'a b',
  };

  test('is who the claims say', () => {
    expect(callerFrom(claims)).toEqual({
      subject: 's',
      clientId: 'c',
      institutionId: INSTITUTION,
      roles: ['coordinator', 'auditor'],
      scopes: ['a', 'b'],
    });
  });

  test.each([
    { institution_id: 'x' },
    { institution_id: '' },
    { roles: '' },
    { roles: '[]' },
    { roles: 'xcoordinator' },
    { roles: '[[coordinator]]' },
    { sub: '' },
  ])('is nobody with %j', (over) => {
    expect(outcomeOf(() => callerFrom({ ...claims, ...over }))).toBe('token-incomplete');
  });
});

describe('a trace', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const correlationId = '019a8f3e-7c00-7a11-8000-000000000001';

  test('is continued with the client’s flags', () => {
    const trace = traceOf({ traceparent, 'x-correlation-id': correlationId });
    expect(trace).toMatchObject({ correlationId, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    expect(trace.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  });

  test('is new for whatever else a client sends', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const trace = traceOf({ traceparent: text, 'x-correlation-id': text });
        expect(trace.correlationId).toMatch(/^[0-9a-f-]{36}$/);
        expect(trace.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      }),
    );
  });
});

test('no extension of a problem takes the place of a standard member', () => {
  const problem = new Problem(NotFound, 'detail', { status: 'held', type: 'x', correlationId: 'x', more: 1 });
  const { body = '' } = refuse(problem, '/v1', 'id');
  expect(JSON.parse(body)).toMatchObject({ status: 404, type: '/problems/not-found', correlationId: 'id', more: 1 });
});
