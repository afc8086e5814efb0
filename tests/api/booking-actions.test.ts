import { beforeAll, describe, expect, test } from 'vitest';

import {
  BOOKING_STATUSES,
  type BookingRepresentation,
  type BookingStatus,
} from '../../lambdas/quotas/booking-contract.ts';
import type { ActionOfClients } from '../../lambdas/quotas/booking-operations.ts';
import { TRANSITIONS } from '../../lambdas/quotas/model.ts';
import { aBooking, act, aGrant, balanceOf, expectBalance, type Scene } from '../support/factories.ts';

const OPERATIONS = {
  confirm: 'confirmBooking',
  release: 'releaseBooking',
  cancel: 'cancelBooking',
  arrive: 'arriveBooking',
  complete: 'completeBooking',
  'no-show': 'noShowBooking',
  'accept-offer': 'acceptOffer',
  'decline-offer': 'declineOffer',
  withdraw: 'withdrawBooking',
} as const satisfies Partial<Record<ActionOfClients, string>>;
const actions = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];
/** Statuses a booking can come to that never waited; those in line have tests of their own. */
const UNLINED = BOOKING_STATUSES.filter((status) => !['waitlisted', 'offered', 'withdrawn'].includes(status));
const cases = UNLINED.flatMap((status) => actions.map((action) => ({ status, action })));
const isAllowed = ({ status, action }: (typeof cases)[number]): boolean =>
  TRANSITIONS[action].from.some((from: BookingStatus) => from === status);

/** Which count of the balance a booking in a status is part of, under the pool's default policies. */
const COUNTED_AS: Partial<Record<BookingStatus, 'held' | 'booked' | 'inTreatment' | 'fulfilled' | 'forfeited'>> = {
  held: 'held',
  booked: 'booked',
  'in-treatment': 'inTreatment',
  fulfilled: 'fulfilled',
  noshow: 'forfeited',
};

describe('actions on a booking', () => {
  let scene: Scene;
  const bookings = new Map<BookingStatus, BookingRepresentation>();
  beforeAll(async () => {
    scene = await aGrant({ nominal: 25 });
    for (const status of UNLINED) bookings.set(status, await aBooking(scene, status));
  });

  test.each(cases.filter(isAllowed))('$action is possible from $status', async ({ status, action }) => {
    const booking = await aBooking(scene, status);
    const before = await balanceOf(scene);

    const changed = (await act(scene, OPERATIONS[action], booking.id)).ok;

    const { to } = TRANSITIONS[action];
    const expected = { ...before };
    const [from, into] = [COUNTED_AS[status], COUNTED_AS[to]];
    if (from !== undefined) expected[from] -= 1;
    if (into !== undefined) expected[into] += 1;
    if (into === undefined) {
      expected.committed -= 1;
      expected.available += 1;
    }
    expect(changed.status).toBe(to);
    await expectBalance(() => balanceOf(scene), expected);
  });

  test.each(cases.filter((each) => !isAllowed(each)))(
    '$action is refused from $status, and changes nothing',
    async ({ status, action }) => {
      const booking = bookings.get(status);
      const bookingId = booking?.id ?? '';
      const before = await balanceOf(scene);

      const answer = await act(scene, OPERATIONS[action], bookingId);

      expect(answer.code).toBe('booking-state-conflict');
      expect(answer.problem).toMatchObject({ bookingStatus: status, allowedFrom: TRANSITIONS[action].from });
      const params = { bookingId };
      expect((await scene.beneficiary.coordinator.call('getBooking', { params })).ok).toEqual(booking);
      await expectBalance(() => balanceOf(scene), before);
    },
  );
});

describe('policies of a pool', () => {
  test.each([
    { action: 'cancelBooking', policy: 'cancellationPolicy', units: 'return-unit', forfeited: 0 },
    { action: 'cancelBooking', policy: 'cancellationPolicy', units: 'forfeit-unit', forfeited: 1 },
    { action: 'noShowBooking', policy: 'noShowPolicy', units: 'return-unit', forfeited: 0 },
    { action: 'noShowBooking', policy: 'noShowPolicy', units: 'forfeit-unit', forfeited: 1 },
  ] as const)('$action under the $policy $units forfeits $forfeited', async ({ action, policy, units, forfeited }) => {
    const scene = await aGrant({ nominal: 2, poolBody: { [policy]: units } });
    const booking = await aBooking(scene, 'booked');

    const ended = (await act(scene, action, booking.id)).ok;

    expect(ended.unitForfeited).toBe(forfeited === 1);
    await expectBalance(() => balanceOf(scene), { forfeited, committed: forfeited, available: 2 - forfeited });
  });

  test('a policy changed later holds for what happens later', async () => {
    const scene = await aGrant({ nominal: 2 });
    const booking = await aBooking(scene, 'booked');
    const body = { cancellationPolicy: 'forfeit-unit' };
    await scene.provider.coordinator.call('updatePool', { params: { poolId: scene.pool.id }, body, ifMatch: '"1"' });

    await act(scene, 'cancelBooking', booking.id);

    await expectBalance(() => balanceOf(scene), { forfeited: 1, committed: 1 });
  });

  test('a cancellation says why', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'booked');

    const params = { bookingId: booking.id };
    const answer = await scene.provider.coordinator.call('cancelBooking', {
      params,
      body: { reason: 'medical-grounds' },
    });

    expect(answer.ok).toMatchObject({ status: 'cancelled', cancellationReason: 'medical-grounds' });
  });
});

describe('conditions of an action', () => {
  test('an ETag that is no longer true refuses it', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'booked');

    const params = { bookingId: booking.id };
    const answer = await scene.beneficiary.coordinator.call('arriveBooking', { params, ifMatch: '"1"' });

    expect(answer.code).toBe('stale-version');
    expect((await scene.beneficiary.coordinator.call('getBooking', { params })).ok.status).toBe('booked');
  });

  test('the current ETag lets it pass and is replaced', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'booked');
    const params = { bookingId: booking.id };
    const { etag } = (await scene.beneficiary.coordinator.call('getBooking', { params })).headers;

    const answer = await scene.beneficiary.coordinator.call('arriveBooking', { params, ifMatch: etag ?? '' });

    expect(answer.ok.status).toBe('in-treatment');
    expect(answer.headers.etag).toBe('"3"');
  });

  test('repeated with its key it is done once', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'held');
    const options = { params: { bookingId: booking.id }, key: 'confirm-1' };
    const first = await scene.beneficiary.coordinator.call('confirmBooking', options);

    const second = await scene.beneficiary.coordinator.call('confirmBooking', options);

    expect(second.ok).toEqual(first.ok);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  test('repeated with its key and another body it is refused', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'booked');
    const options = { params: { bookingId: booking.id }, key: 'cancel-1' };
    const { coordinator } = scene.beneficiary;
    await coordinator.call('cancelBooking', { ...options, body: { reason: 'medical-grounds' } });

    const answer = await coordinator.call('cancelBooking', { ...options, body: { reason: 'patient-declined' } });

    expect(answer.code).toBe('idempotency-key-reused');
  });

  test('of two at once one is done', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'booked');

    const answers = await Promise.all([
      act(scene, 'cancelBooking', booking.id),
      act(scene, 'arriveBooking', booking.id),
    ]);

    expect(answers.map(({ code }) => code).toSorted()).toEqual(['200', 'booking-state-conflict']);
  });
});
