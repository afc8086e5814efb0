import { describe, expect, test } from 'vitest';

import { approve, newAgreement, propose, showAgreement, terminate } from '../../lambdas/agreements/model.ts';
import { type ApprovedVersion, readAgreementChange, versionInForce } from '../../lambdas/agreements/published.ts';
import { underAgreement } from '../../lambdas/quotas/grant-agreement.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { hasBegun, isOver } from '../../lambdas/shared/days.ts';
import { Problem } from '../../lambdas/shared/http/problem.ts';

const ID = '019a8f3e-7c00-7a11-8000-000000000001';
const [ONE, OTHER] = ['party-1', 'party-2'];
const NOW = new Date('2026-06-01T09:00:00Z');

const version = (over: Partial<ApprovedVersion> = {}): ApprovedVersion => ({
  version: 1,
  hash: 'a'.repeat(64),
  validity: { from: '2026-06-01', to: '2026-06-02', timeZone: 'UTC' },
  services: ['proton-therapy'],
  programmes: [],
  ...over,
});

describe('a day', () => {
  test.each([
    // The first place on earth where it is the first of June, and the last.
    ['Pacific/Kiritimati', '2026-05-31T10:00:00Z'],
    ['Asia/Almaty', '2026-05-31T19:00:00Z'],
    ['Europe/Minsk', '2026-05-31T21:00:00Z'],
    ['UTC', '2026-06-01T00:00:00Z'],
    ['Pacific/Pago_Pago', '2026-06-01T11:00:00Z'],
    // An hour and a half either side of midnight, and half an hour of a zone.
    ['Asia/Kolkata', '2026-05-31T18:30:00Z'],
  ])('in %s begins at %s and is over 24 hours later', (timeZone, midnight) => {
    const at = (ms: number): Date => new Date(Date.parse(midnight) + ms);
    const day = 86_400_000;
    expect([hasBegun('2026-06-01', timeZone, at(-1)), hasBegun('2026-06-01', timeZone, at(0))]).toEqual([false, true]);
    expect([isOver('2026-06-01', timeZone, at(day - 1)), isOver('2026-06-01', timeZone, at(day))]).toEqual([
      false,
      true,
    ]);
  });

  test('of 23 hours, when summer time begins, is over an hour sooner', () => {
    expect(hasBegun('2026-03-29', 'Europe/Berlin', new Date('2026-03-28T23:00:00Z'))).toBe(true);
    expect(isOver('2026-03-29', 'Europe/Berlin', new Date('2026-03-29T21:59:59Z'))).toBe(false);
    expect(isOver('2026-03-29', 'Europe/Berlin', new Date('2026-03-29T22:00:00Z'))).toBe(true);
  });

  test('after the end of a month or year begins like any other', () => {
    expect(hasBegun('2027-01-01', 'UTC', new Date('2026-12-31T23:59:59Z'))).toBe(false);
    expect(hasBegun('2028-03-01', 'UTC', new Date('2028-02-29T23:59:59Z'))).toBe(false);
    expect(hasBegun('2028-03-01', 'UTC', new Date('2028-03-01T00:00:00Z'))).toBe(true);
  });
});

describe('in force', () => {
  const inForce = (approved: ApprovedVersion[], at: string, termination?: { from: string; timeZone: string }) =>
    versionInForce({ approved, ...(termination && { termination }) }, new Date(at))?.version;

  test.each([
    ['UTC', '2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z'],
    ['Asia/Almaty', '2026-05-31T19:00:00Z', '2026-06-02T19:00:00Z'],
    ['Pacific/Kiritimati', '2026-05-31T10:00:00Z', '2026-06-02T10:00:00Z'],
    ['Pacific/Pago_Pago', '2026-06-01T11:00:00Z', '2026-06-03T11:00:00Z'],
  ])('in %s from %s to just before %s', (timeZone, begin, end) => {
    const approved = [version({ validity: { from: '2026-06-01', to: '2026-06-02', timeZone } })];
    const before = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();
    expect([before(begin), begin, before(end), end].map((at) => inForce(approved, at))).toEqual([
      undefined,
      1,
      1,
      undefined,
    ]);
  });

  test('without a last day it stays', () => {
    const approved = [version({ validity: { from: '2026-06-01', timeZone: 'UTC' } })];
    expect(inForce(approved, '2099-01-01T00:00:00Z')).toBe(1);
  });

  test('the newest that has begun counts, also when it is over sooner', () => {
    const approved = [
      version({ validity: { from: '2026-01-01', timeZone: 'UTC' } }),
      version({ version: 3, validity: { from: '2026-06-01', to: '2026-06-30', timeZone: 'UTC' } }),
    ];
    expect(inForce(approved, '2026-05-31T23:59:59Z')).toBe(1);
    expect(inForce(approved, '2026-06-01T00:00:00Z')).toBe(3);
    expect(inForce(approved, '2026-07-01T00:00:00Z')).toBeUndefined();
  });

  test('one that was agreed later and begins sooner counts from then on', () => {
    const approved = [
      version({ validity: { from: '2026-06-10', timeZone: 'UTC' } }),
      version({ version: 2, validity: { from: '2026-06-05', timeZone: 'UTC' } }),
    ];
    expect(['2026-06-04', '2026-06-05', '2026-06-10'].map((day) => inForce(approved, `${day}T12:00:00Z`))).toEqual([
      undefined,
      2,
      2,
    ]);
  });

  test('until the day of its termination, in the time zone of the termination', () => {
    const approved = [version({ validity: { from: '2026-01-01', timeZone: 'UTC' } })];
    const termination = { from: '2026-06-01', timeZone: 'Asia/Almaty' };
    expect(inForce(approved, '2026-05-31T18:59:59Z', termination)).toBe(1);
    expect(inForce(approved, '2026-05-31T19:00:00Z', termination)).toBeUndefined();
  });
});

const deed = (institutionId: string, now = NOW) => ({ by: HUB, institutionId, now });
const said = {
  title: { en: 'x' },
  validity: { from: '2026-01-01', timeZone: 'Asia/Almaty' },
  terms: { services: ['proton-therapy' as const], programmes: [], funding: [] },
  annexes: [],
};
const proposal = () =>
  newAgreement(ID, { kind: 'bilateral', parties: [OTHER, ONE], approve: false, ...said }, deed(ONE));

describe('an agreement', () => {
  test('does not depend on the order in which its parties are named', () => {
    const { version: one } = proposal();
    const body = { kind: 'bilateral' as const, parties: [ONE, OTHER], approve: true, ...said };
    expect(newAgreement(ID, body, deed(OTHER)).version.hash).toBe(one.hash);
  });

  test('has another hash for everything that it says otherwise', () => {
    const { agreement, version: first } = proposal();
    const changes = [
      { title: { en: 'y' } },
      { validity: { ...said.validity, to: '2027-01-01' } },
      { validity: { ...said.validity, timeZone: 'UTC' } },
      { terms: { ...said.terms, programmes: ['course' as const] } },
      { governingLaw: 'KZ' },
      { annexes: [{ hash: 'b'.repeat(64), title: { en: 'x' } }] },
      { illustrative: true },
    ];
    const hashes = changes.map((change) => {
      const body = { follows: first.hash, approve: false, ...said, ...change };
      return propose(agreement, first.content, body, deed(ONE)).version.hash;
    });
    expect(new Set([first.hash, ...hashes]).size).toBe(changes.length + 1);
  });

  test('that ends without a day named ends today, where it counts', () => {
    const late = new Date('2026-06-01T20:00:00Z');
    const ended = terminate(proposal().agreement, { reason: 'not-concluded' }, deed(ONE, late));
    expect(ended.termination).toMatchObject({ from: '2026-06-02', timeZone: 'Asia/Almaty' });
    expect(showAgreement(ended, late).status).toBe('terminated');
  });

  test('has a hundred versions at most', () => {
    let { agreement, version: newest } = proposal();
    const next = (number: number) => {
      const body = { follows: newest.hash, approve: false, ...said, title: { en: String(number) } };
      return propose(agreement, newest.content, body, deed(ONE));
    };
    for (let number = 2; number <= 100; number++) ({ agreement, version: newest } = next(number));
    expect(() => next(101)).toThrow(expect.objectContaining({ name: 'too-many-versions' }) as Error);
  });

  test('tells what others may know of it, and nothing else', () => {
    const { agreement, version: newest } = proposal();
    const agreed = approve(approve(agreement, newest.hash, deed(ONE)), newest.hash, deed(OTHER));
    expect(readAgreementChange({ ...agreed, pk: 'x' })).toEqual({
      id: ID,
      parties: [ONE, OTHER],
      approved: [
        { version: 1, hash: newest.hash, validity: said.validity, services: ['proton-therapy'], programmes: [] },
      ],
      version: 3,
    });
  });
});

describe('a grant', () => {
  const agreement = { id: ID, parties: [ONE, OTHER], approved: [version()], version: 7 };
  const pool = { providerId: ONE, service: 'proton-therapy' as const };
  const because = (...of: Parameters<typeof underAgreement>) => {
    const under = underAgreement(...of);
    return under instanceof Problem ? under.extensions['because'] : under;
  };

  test('is given under the version that is in force', () => {
    expect(because(agreement, pool, OTHER, NOW)).toEqual({
      named: { agreementId: ID, agreementVersion: 1, agreementHash: 'a'.repeat(64) },
      seen: 7,
    });
  });

  test.each([
    ['unknown', undefined, pool, OTHER, NOW],
    ['unknown', agreement, { ...pool, providerId: 'stranger' }, OTHER, NOW],
    ['beneficiary-not-party', agreement, pool, 'stranger', NOW],
    ['not-in-force', agreement, pool, OTHER, new Date('2026-06-03T00:00:00Z')],
    ['service-not-named', agreement, { ...pool, service: 'pet-ct' as const }, OTHER, NOW],
  ] as const)('is refused because: %s', (reason, known, from, to, now) => {
    expect(because(known as Parameters<typeof underAgreement>[0], from, to, now)).toBe(reason);
  });
});
