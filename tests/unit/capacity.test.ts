import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Account,
  hasRoom,
  holdingsOf,
  lastFreedAt,
  liveHoldersFor,
  planResize,
  SEGMENT_UNITS,
  type SegmentChange,
  segmentsFor,
  segmentsToTry,
  totals,
} from '../../lambdas/shared/capacity/account.ts';
import {
  decodeHolder,
  deriveId,
  encodeHolder,
  expiryOf,
  familyOf,
  HOLDER_STATES,
  type Holder,
  holderKey,
  isLive,
  subjectKey,
} from '../../lambdas/shared/capacity/holder.ts';

const OWNER = '019a8f3e-7c00-7a11-8000-000000000001';
/** 2001 to 2065: what seven digits in base 36 are used for. */
const takenAt = fc.integer({ min: 978_307_200, max: 3_000_000_000 });
const minutes = fc.constantFrom(1, 15, 48 * 60, 14 * 24 * 60);
const id = fc.string().map((key) => deriveId(OWNER, key));
const subject = fc.string().map((patient) => subjectKey(OWNER, 'proton-therapy', patient));

const holder: fc.Arbitrary<Holder> = fc.oneof(
  fc.record({ id, subject, state: fc.constant('held' as const), takenAt, minutes }),
  fc.record({ id, subject, state: fc.constantFrom(...HOLDER_STATES.filter((state) => state !== 'held')) }),
);

describe('a holder', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(holder, (each) => {
        expect(decodeHolder(familyOf(OWNER), holderKey(each.id), encodeHolder(each))).toEqual(each);
      }),
    );
  });

  test('fits into thirty bytes with its key', () => {
    fc.assert(
      fc.property(holder, (each) => {
        expect(holderKey(each.id)).toHaveLength(11);
        expect(encodeHolder(each).length).toBeLessThanOrEqual(18);
      }),
    );
  });

  test.each([
    ['', 'AAAAAAAAAAA'],
    ['short', 'AAAAAAAAAAA'],
    ['abcdefZ', 'AAAAAAAAAAA'],
    ['abcdefc', 'AAAA'],
  ])('written as %j under %j is refused', (text, key) => {
    expect(() => decodeHolder(OWNER, key, text)).toThrow('cannot be read');
  });

  test('that is held ends when its minutes are over, any other never', () => {
    expect(expiryOf({ id: OWNER, subject: 'abcdef', state: 'held', takenAt: 1000, minutes: 15 })).toBe(1900);
    expect(expiryOf({ id: OWNER, subject: 'abcdef', state: 'confirmed' })).toBeUndefined();
  });

  test.each([
    ['held', true],
    ['confirmed', true],
    ['arrived', true],
    ['fulfilled', false],
    ['forfeited', false],
  ] as const)('that is %s stands in the way of another: %s', (state, live) => {
    expect(isLive({ id: OWNER, subject: 'abcdef', state })).toBe(live);
  });
});

describe('a derived id', () => {
  test('is the same for the same request, and has the shape of a UUIDv7', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (sameness) => {
        const derived = deriveId(OWNER, ...sameness);
        expect(deriveId(OWNER, ...sameness)).toBe(derived);
        expect(derived).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(familyOf(derived)).toBe(familyOf(OWNER));
      }),
    );
  });

  test('tells apart what reads the same when joined', () => {
    expect(deriveId(OWNER, 'ab', 'c')).not.toBe(deriveId(OWNER, 'a', 'bc'));
    expect(subjectKey('ab', 'c')).not.toBe(subjectKey('a', 'bc'));
  });
});

const entitledAndCommitted = fc
  .tuple(fc.nat({ max: SEGMENT_UNITS }), fc.nat({ max: SEGMENT_UNITS }))
  .map(([a, b]) => ({ entitled: Math.max(a, b), committed: Math.min(a, b) }));
const account: fc.Arbitrary<Account> = fc
  .array(entitledAndCommitted, { maxLength: 6 })
  .map((segments) => segments.map((segment, number) => ({ number, closed: false, holders: [], ...segment })));

function resized(before: Account, changes: readonly SegmentChange[]): { entitled: number; committed: number }[] {
  const after = before.map(({ entitled, committed }) => ({ entitled, committed }));
  for (const { number, from, to } of changes) {
    expect(after[number]?.entitled).toBe(from);
    after[number] = { entitled: to, committed: after[number]?.committed ?? 0 };
  }
  return after;
}

describe('the plan to resize an account', () => {
  test('adds up exactly, never cuts what is committed, and keeps every segment within its size', () => {
    fc.assert(
      fc.property(account, fc.nat({ max: 2000 }), (before, entitled) => {
        const changes = planResize(before, entitled);
        if (changes === undefined) {
          expect(entitled).toBeLessThan(totals(before).committed);
          return;
        }
        const after = resized(before, changes);
        expect(after.reduce((sum, segment) => sum + segment.entitled, 0)).toBe(entitled);
        expect(after.every((segment) => segment.committed <= segment.entitled)).toBe(true);
        expect(after.every((segment) => segment.entitled <= SEGMENT_UNITS)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('refuses exactly what would leave less than is committed', () => {
    fc.assert(
      fc.property(account, fc.nat({ max: 200 }), (before, entitled) => {
        expect(planResize(before, entitled) === undefined).toBe(entitled < totals(before).committed);
      }),
    );
  });

  test('changes a segment once, and nothing when nothing changes', () => {
    fc.assert(
      fc.property(account, fc.nat({ max: 2000 }), (before, entitled) => {
        const numbers = (planResize(before, entitled) ?? []).map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(planResize(before, totals(before).entitled)).toEqual(before.length === 0 ? [{ number: 0, to: 0 }] : []);
      }),
    );
  });

  test('stays within one transaction for the largest grant', () => {
    expect(planResize([], 2000)).toHaveLength(80);
  });
});

describe('an account', () => {
  const held: Holder = { id: deriveId(OWNER, '1'), subject: 'abcdef', state: 'held', takenAt: 1, minutes: 15 };
  const done: Holder = { id: deriveId(OWNER, '2'), subject: 'abcdef', state: 'fulfilled' };
  const two: Account = [
    { number: 0, entitled: 2, committed: 2, closed: false, holders: [held, done], freedAt: 7 },
    { number: 1, entitled: 3, committed: 0, closed: true, holders: [] },
    { number: 2, entitled: 3, committed: 0, closed: false, holders: [] },
  ];

  test('has the sums of its segments', () => {
    expect(totals(two)).toMatchObject({ entitled: 8, committed: 2, available: 6, held: 1, fulfilled: 1, confirmed: 0 });
  });

  test('has room only in open segments that are not full', () => {
    expect(two.filter((segment) => hasRoom(segment, 'no')).map(({ number }) => number)).toEqual([2]);
  });

  test('knows who holds for a subject, except who asks', () => {
    expect(liveHoldersFor(two, 'abcdef', 'other')).toEqual([held]);
    expect(liveHoldersFor(two, 'abcdef', held.id)).toEqual([]);
    expect(liveHoldersFor(two, 'fedcba', 'other')).toEqual([]);
  });

  test('knows where something is held and when a unit was last freed', () => {
    expect(holdingsOf(two, held.id)).toEqual([{ holder: held, segment: 0 }]);
    expect(lastFreedAt(two)).toBe(7);
    expect(lastFreedAt([])).toBe(0);
  });

  test('is tried in the same order for the same id, every open segment once', () => {
    fc.assert(
      fc.property(account, id, (each, wanted) => {
        const order = segmentsToTry(each, wanted, 'no').map(({ number }) => number);
        expect(segmentsToTry(each, wanted, 'no').map(({ number }) => number)).toEqual(order);
        expect(order.toSorted((a, b) => a - b)).toEqual(
          each.filter((segment) => hasRoom(segment, 'no')).map(({ number }) => number),
        );
      }),
    );
  });
});

describe('units that are kept by name', () => {
  const segment = (number: number, entitled: number, reserved?: string) => ({
    ...{ number, entitled, committed: 0, closed: false, holders: [] },
    ...(reserved === undefined ? {} : { reserved }),
  });
  const three: Account = [segment(0, 2), segment(1, 2, 'minsk'), segment(2, 1, 'almaty')];

  test('are for whom they are kept, before all others; for others once they are released', () => {
    const tried = (own: string, ...released: string[]) =>
      segmentsToTry(three, OWNER, { own, released }).map(({ number }) => number);
    expect(tried('minsk')).toEqual([1, 0]);
    expect(tried('oman')).toEqual([0]);
    expect(tried('oman', 'minsk').toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(segmentsToTry(three, OWNER, 'no').map(({ number }) => number)).toEqual([0]);
  });

  test('are enough for several, or not', () => {
    expect(segmentsFor(three, OWNER, 4, { own: 'minsk', released: [] })).toEqual([1, 1, 0, 0]);
    expect(segmentsFor(three, OWNER, 3, { own: 'oman', released: [] })).toBeUndefined();
  });

  test('add up with the others when they are planned anew, and are not cut below what is committed', () => {
    const kept = new Map([
      ['minsk', 3],
      ['oman', 1],
    ]);
    expect(planResize(three, 6, kept)).toEqual([
      { number: 1, from: 2, to: 3 },
      { number: 2, from: 1, to: 0 },
      { number: 3, to: 1, reserved: 'oman' },
      { number: 0, from: 2, to: 2 },
    ]);
    const taken = three.map((each) => (each.reserved === 'almaty' ? { ...each, committed: 1 } : each));
    expect(planResize(taken, 6, kept)).toBeUndefined();
    expect(planResize(three, 3, kept)).toBeUndefined();
  });
});

/**
 * Bytes of a full segment as DynamoDB counts them: names and strings in UTF-8, numbers by two digits a byte and one, a
 * map three bytes and one for each entry and its value.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
test('a full segment is written for one unit', () => {
  const longest: Holder = {
    id: OWNER,
    subject: 'abcdef',
    state: 'held',
    takenAt: 3_000_000_000,
    minutes: 14 * 24 * 60,
  };
  const number = (value: number): number => Math.ceil(String(value).length / 2) + 1;
  const text = (value: string): number => Buffer.byteLength(value);
  const entry = text(holderKey(longest.id)) + text(encodeHolder(longest)) + 1;
  const bytes =
    text('pk') +
    text(`GRANT#${familyOf(OWNER)}`) +
    text('sk') +
    text('GRANT#SEGMENT#79') +
    text('entitled') +
    number(SEGMENT_UNITS) +
    text('committed') +
    number(SEGMENT_UNITS) +
    text('closed') +
    1 +
    text('freedAt') +
    number(3_000_000_000) +
    text('holders') +
    3 +
    SEGMENT_UNITS * entry;

  expect(bytes).toBeLessThanOrEqual(1024);
});
