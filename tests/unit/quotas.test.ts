import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BOOKING_STATUSES, type BookingStatus } from '../../lambdas/quotas/booking-contract.ts';
import {
  type Action,
  type Booking,
  decide,
  isExpired,
  isOpen,
  relationsTo,
  showBooking,
  TRANSITIONS,
  unitState,
} from '../../lambdas/quotas/model.ts';
import { Pseudonym } from '../../lambdas/quotas/pseudonym.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { expiryOf } from '../../lambdas/shared/capacity/holder.ts';

const NOW = new Date('2026-03-02T09:00:00Z');
const before = new Date('2026-03-02T08:59:59.999Z').toISOString();

function aBooking(over: Partial<Booking> = {}): Booking {
  const id = '019a8f3e-7c00-7a11-8000-000000000001';
  return {
    id,
    grantId: id,
    poolId: id,
    providerId: 'provider',
    beneficiaryId: 'beneficiary',
    service: 'proton-therapy',
    status: 'held',
    patient: 'P-0001',
    ageBand: '0-17',
    diagnosis: 'C71.6',
    holdFor: 'interactive',
    expiresAt: '2026-03-02T09:15:00.000Z',
    createdAt: before,
    updatedAt: before,
    version: 1,
    by: HUB,
    segment: 0,
    fingerprint: 'f',
    requests: {},
    ...over,
  };
}
const actions = Object.keys(TRANSITIONS) as Action[];

describe('a decision', () => {
  test.each(BOOKING_STATUSES.flatMap((status) => actions.map((action) => ({ status, action }))))(
    'on $action from $status follows the table',
    ({ status, action }) => {
      const expiresAt = action === 'expire' || action === 'lapse' ? before : '2026-03-02T09:15:00.000Z';
      const decision = decide(aBooking({ status, expiresAt }), action, NOW, { by: HUB });
      const { from, to } = TRANSITIONS[action];
      const allowed = from.some((possible: BookingStatus) => possible === status);
      expect(decision).toMatchObject(
        allowed ? { kind: 'changed', booking: { status: to, version: 2 } } : { kind: 'not-allowed', allowedFrom: from },
      );
    },
  );

  test.each(['confirm', 'release'] as const)('on %s of a dead hold is that it has expired', (action) => {
    expect(decide(aBooking({ expiresAt: before }), action, NOW, { by: HUB })).toEqual({ kind: 'expired' });
  });

  test('on ending a living hold is no', () => {
    expect(decide(aBooking(), 'expire', NOW, { by: HUB })).toMatchObject({ kind: 'not-allowed' });
  });

  test('never changes the booking it was given', () => {
    const booking = Object.freeze(aBooking());
    expect(decide(booking, 'confirm', NOW, { by: HUB }).kind).toBe('changed');
    expect(booking.status).toBe('held');
  });
});

describe('a hold', () => {
  test.each([
    ['a millisecond before', '2026-03-02T09:00:00.001Z', false],
    ['at', '2026-03-02T09:00:00.000Z', true],
    ['after', '2026-03-02T08:00:00.000Z', true],
  ])('%s its end is dead: %s, %s', (_, expiresAt, dead) => {
    expect(isExpired(aBooking({ expiresAt }), NOW)).toBe(dead);
  });

  test('ends when its holder says', () => {
    expect(expiryOf({ id: '', subject: '', state: 'held', takenAt: 1_772_442_000, minutes: 15 })).toBe(
      1_772_442_000 + 900,
    );
  });

  test('that is dead is shown as expired, with its end', () => {
    const shown = showBooking(aBooking({ expiresAt: before }), NOW);
    expect(shown).toMatchObject({ status: 'expired', expiresAt: before });
  });

  test('shows nothing of how it is kept', () => {
    const shown = Object.keys(showBooking(aBooking(), NOW));
    for (const internal of ['version', 'segment', 'fingerprint', 'requests']) expect(shown).not.toContain(internal);
  });
});

test.each([
  ['held', undefined, 'held'],
  ['booked', undefined, 'confirmed'],
  ['in-treatment', undefined, 'arrived'],
  ['fulfilled', undefined, 'fulfilled'],
  ['released', undefined, undefined],
  ['expired', undefined, undefined],
  ['cancelled', false, undefined],
  ['cancelled', true, 'forfeited'],
  ['noshow', false, undefined],
  ['noshow', true, 'forfeited'],
] as const)('the unit of a booking that is %s (forfeited: %s) is %s', (status, unitForfeited, state) => {
  expect(unitState(aBooking({ status, ...(unitForfeited === undefined ? {} : { unitForfeited }) }))).toBe(state);
});

test.each([
  ['provider', ['provider']],
  ['beneficiary', ['beneficiary']],
  ['stranger', ['none']],
])('a %s stands to a booking as %j', (institution, relations) => {
  expect(relationsTo(aBooking(), institution)).toEqual(relations);
});

describe('a period', () => {
  const period = { start: '2026-01-01', end: '2026-03-02', timeZone: 'Asia/Almaty' };

  test.each([
    ['2026-03-02T18:59:59Z', true],
    ['2026-03-02T19:00:00Z', false],
    ['2025-06-01T00:00:00Z', true],
  ])('at %s is open, by the clock of its time zone: %s', (at, open) => {
    expect(isOpen(period, new Date(at))).toBe(open);
  });
});

describe('a pseudonym', () => {
  const accepts = (value: unknown): boolean => Pseudonym.safeParse(value).success;

  test('is never what has an @, a space or a letter outside ASCII in it', () => {
    const giveaway = fc.constantFrom('@', ' ', 'ж', 'ә', '张');
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z0-9-]{0,8}$/),
        giveaway,
        fc.stringMatching(/^[A-Z0-9-]{0,8}$/),
        (a, sign, b) => {
          expect(accepts(a + sign + b)).toBe(false);
        },
      ),
    );
  });

  test('is never a run of nine digits or more, with or without letters around it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{9,18}$/), fc.constantFrom('', 'P-', 'X'), (digits, prefix) => {
        expect(accepts(prefix + digits)).toBe(false);
      }),
    );
  });

  test('is never a word without a digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z.-]{3,30}$/), (word) => {
        expect(accepts(word)).toBe(false);
      }),
    );
  });

  test('can be any UUID', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(accepts(uuid)).toBe(true);
      }),
    );
  });

  test('refused is not repeated in the reason', () => {
    const reason = JSON.stringify(Pseudonym.safeParse('Ivan Petrov').error?.issues);
    expect(reason).not.toContain('Petrov');
  });
});
