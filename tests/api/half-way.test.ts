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
