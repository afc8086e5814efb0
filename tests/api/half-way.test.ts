import { expect, test } from 'vitest';

import { aBooking, aGrant, balanceOf, stepHalfWay } from '../support/factories.ts';
import { hub } from '../support/hub.ts';

/** A step writes the booking, then its account. If the request dies in between, the job that follows the stream goes on. */

test('a confirmation that died half-way shows in the balance once the stream has been followed', async () => {
  const scene = await aGrant({ nominal: 1 });
  await stepHalfWay(await aBooking(scene, 'held'), 'booked');

  await hub.drainStreams();

  expect(await balanceOf(scene)).toMatchObject({ held: 0, booked: 1, available: 0 });
});

test('a cancellation that died half-way gives its unit back once the stream has been followed', async () => {
  const scene = await aGrant({ nominal: 1 });
  await stepHalfWay(await aBooking(scene, 'booked'), 'cancelled');

  await hub.drainStreams();

  expect(await balanceOf(scene)).toMatchObject({ committed: 0, available: 1 });
});
