import { describe, expect, test } from 'vitest';

import {
  aBooking,
  aBookingBody,
  abandonUnit,
  act,
  aGrant,
  aPatient,
  balanceOf,
  elapse,
  type Scene,
} from '../support/factories.ts';
import { DEPLOYED, hub } from '../support/hub.ts';

const sweep = (): Promise<void> => hub.runSchedule('QuotasSweepSchedule');
const read = async ({ beneficiary }: Scene, bookingId: string) =>
  (await beneficiary.coordinator.call('getBooking', { params: { bookingId } })).ok;

async function aDeadHold(scene: Scene, over: object = {}) {
  const booking = await aBooking(scene, 'held', over);
  await elapse(booking);
  return booking;
}

describe('a hold whose time is over', () => {
  test('reads as expired before anybody has come by', async () => {
    const scene = await aGrant();
    const { id } = await aDeadHold(scene);

    const booking = await read(scene, id);

    expect(booking.status).toBe('expired');
    expect(Date.parse(booking.expiresAt ?? '')).toBeLessThan(Date.now());
  });

  test('is listed as expired', async () => {
    const scene = await aGrant();
    await aDeadHold(scene);

    const { items } = (await scene.beneficiary.coordinator.call('listBookings')).ok;

    expect(items.map(({ status }) => status)).toEqual(['expired']);
  });

  test('still counts until somebody has come by', async () => {
    const scene = await aGrant({ nominal: 1 });
    await aDeadHold(scene);

    const params = { grantId: scene.grant.id };
    const answer = await scene.beneficiary.coordinator.call('holdBooking', { params, body: aBookingBody() });

    expect(answer.code).toBe('quota-exhausted');
  });

  test.each(['confirmBooking', 'releaseBooking'] as const)(
    'is too late for %s, which gives the unit back',
    async (late) => {
      const scene = await aGrant();
      const { id } = await aDeadHold(scene);

      const answer = await act(scene, late, id);

      expect(answer.code).toBe('hold-expired');
      expect(answer.problem['expiresAt']).toBe((await read(scene, id)).expiresAt);
      expect((await read(scene, id)).status).toBe('expired');
      expect(await balanceOf(scene)).toMatchObject({ committed: 0 });
    },
  );

  test.each(['cancelBooking', 'arriveBooking'] as const)('is no booking to %s', async (action) => {
    const scene = await aGrant();
    const { id } = await aDeadHold(scene);

    const answer = await act(scene, action, id);

    expect(answer.code).toBe('booking-state-conflict');
    expect(answer.problem['bookingStatus']).toBe('expired');
  });

  test('gives its unit back when the sweep comes by', async () => {
    const scene = await aGrant({ nominal: 1 });
    const { id } = await aDeadHold(scene);

    await sweep();

    expect(await balanceOf(scene)).toMatchObject({ committed: 0, available: 1 });
    expect((await read(scene, id)).status).toBe('expired');
    expect((await aBooking(scene)).status).toBe('held');
  });

  test('of a commission, too, gives its unit back', async () => {
    const scene = await aGrant({ nominal: 1 });
    await aDeadHold(scene, { holdFor: 'commission' });

    await sweep();

    expect(await balanceOf(scene)).toMatchObject({ committed: 0 });
  });

  test('is given back once, however often the sweep comes by', async () => {
    const scene = await aGrant({ nominal: 2 });
    await aDeadHold(scene);
    await aBooking(scene, 'booked');

    await Promise.all([sweep(), sweep()]);
    await sweep();

    expect(await balanceOf(scene)).toMatchObject({ committed: 1, available: 1 });
  });

  test('keeps nobody from booking the same patient at once', async () => {
    const scene = await aGrant({ nominal: 2 });
    const patient = aPatient();
    await aDeadHold(scene, { patient });

    const booking = await aBooking(scene, 'held', { patient });

    expect(booking.status).toBe('held');
    expect(await balanceOf(scene)).toMatchObject({ committed: 1 });
  });

  test('keeps nobody from booking the same patient on another grant', async () => {
    const scene = await aGrant();
    const other = await aGrant(scene);
    const patient = aPatient();
    await aDeadHold(scene, { patient });

    const booking = await aBooking(other, 'held', { patient });

    expect(booking.status).toBe('held');
    expect(await balanceOf(scene)).toMatchObject({ committed: 0 });
  });

  test('is what a repetition of its request answers with', async () => {
    const scene = await aGrant();
    const params = { grantId: scene.grant.id };
    const options = { params, body: aBookingBody(), key: 'expired-1' };
    const { ok: booking } = await scene.beneficiary.coordinator.call('holdBooking', options);
    await elapse(booking);

    const again = await scene.beneficiary.coordinator.call('holdBooking', options);

    expect(again.ok).toMatchObject({ id: booking.id, status: 'expired' });
  });
});

describe('the sweep', () => {
  test('leaves living holds and bookings alone', async () => {
    const scene = await aGrant({ nominal: 3 });
    const held = await aBooking(scene, 'held');
    const booked = await aBooking(scene, 'booked');
    const commission = await aBooking(scene, 'held', { holdFor: 'commission' });

    await sweep();

    const after = await Promise.all([held, booked, commission].map(({ id }) => read(scene, id)));
    expect(after).toEqual([held, booked, commission]);
    expect(await balanceOf(scene)).toMatchObject({ committed: 3 });
  });

  test('gives back a unit that a request took over a minute ago and never wrote down', async () => {
    const scene = await aGrant({ nominal: 1 });
    await abandonUnit(scene, 65);

    await sweep();

    expect(await balanceOf(scene)).toMatchObject({ committed: 0, held: 0, available: 1 });
  });

  test('leaves a unit to a request that may still be under way', async () => {
    const scene = await aGrant({ nominal: 1 });
    await abandonUnit(scene, 5);

    await sweep();

    expect(await balanceOf(scene)).toMatchObject({ committed: 1, available: 0 });
  });

  test('gives an abandoned unit back when its time is over at the latest', async () => {
    const scene = await aGrant({ nominal: 1 });
    await abandonUnit(scene, 16 * 60);

    await sweep();

    expect(await balanceOf(scene)).toMatchObject({ committed: 0 });
  });

  test.skipIf(DEPLOYED)('says in its log how much it found, and nothing else', async () => {
    const scene = await aGrant();
    await aDeadHold(scene);
    await sweep();

    const line = (await hub.logs()).findLast((each) => each.includes('"job":"sweep"')) ?? '{}';

    const { level, message, timestamp: _, job, _aws: __, ...counts } = JSON.parse(line) as Record<string, unknown>;
    expect([level, message, job]).toEqual(['INFO', 'job', 'sweep']);
    expect(counts['GrantsSwept']).toBeGreaterThan(0);
    expect(Object.keys(counts).length).toBeGreaterThan(5);
    expect(Object.values(counts).every(Number.isInteger)).toBe(true);
  });
});
