import { expect, test } from 'vitest';

import { aBooking, aGrant, balanceOf, stepHalfWay } from '../support/factories.ts';

/** A step writes the booking, then its account. If the request dies in between, the job that follows the stream goes on. */

test('a confirmation that died half-way shows in the balance soon', async () => {
  const scene = await aGrant({ nominal: 1 });
  await stepHalfWay(await aBooking(scene, 'held'), 'booked');

  await expect.poll(() => balanceOf(scene)).toMatchObject({ held: 0, booked: 1, available: 0 });
});

test('a cancellation that died half-way gives its unit back soon', async () => {
  const scene = await aGrant({ nominal: 1 });
  await stepHalfWay(await aBooking(scene, 'booked'), 'cancelled');

  await expect.poll(() => balanceOf(scene)).toMatchObject({ committed: 0, available: 1 });
});

test('a cancellation that died half-way is an offer to the next in line soon', async () => {
  // More than one, because the sweep comes by as well.
  const scene = await aGrant({ nominal: 3 });
  const booked = [await aBooking(scene, 'booked'), await aBooking(scene, 'booked'), await aBooking(scene, 'booked')];
  const waiting = await Promise.all(booked.map(() => aBooking(scene, 'held', { joinWaitlist: true })));
  for (const booking of booked) await stepHalfWay(booking, 'cancelled');

  const { coordinator } = scene.beneficiary;
  const statusOf = async ({ id }: { id: string }) =>
    (await coordinator.call('getBooking', { params: { bookingId: id } })).ok.status;
  await expect.poll(() => Promise.all(waiting.map(statusOf))).toEqual(['offered', 'offered', 'offered']);
});
