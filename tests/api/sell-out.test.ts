import { expect, test } from 'vitest';

import { aBooking, aBookingBody, act, aGrant, balanceOf, type Scene } from '../support/factories.ts';
import { DEPLOYED } from '../support/hub.ts';

const holdAny = ({ beneficiary, grant }: Scene) =>
  beneficiary.coordinator.call('holdBooking', { params: { grantId: grant.id }, body: aBookingBody() });

/** An emulator starts a process for each of the requests at once, and is busy with that when their time is over. */
const RUSHES = [{ nominal: 5, patients: 20 }, ...(DEPLOYED ? [] : [{ nominal: 30, patients: 45 }])];

test.each(RUSHES)(
  'of $patients patients at once $nominal get the $nominal courses there are',
  async ({ nominal, patients }) => {
    const scene = await aGrant({ nominal, poolBody: { capacity: nominal } });

    const answers = await Promise.all(Array.from({ length: patients }, () => holdAny(scene)));

    const codes = answers.map(({ code }) => code);
    expect(codes.filter((code) => code === '201')).toHaveLength(nominal);
    expect(codes.filter((code) => code === 'quota-exhausted')).toHaveLength(patients - nominal);
    expect(await balanceOf(scene)).toMatchObject({ committed: nominal, held: nominal, available: 0 });
  },
);

test('a sold-out grant says so, and how to wait', async () => {
  const scene = await aGrant({ nominal: 1 });
  await aBooking(scene);

  const answer = await holdAny(scene);

  expect(answer.code).toBe('quota-exhausted');
  expect(answer.problem).toMatchObject({ available: 0, waitlist: { length: 0, joinable: true } });
});

test('a course that is released is free at once', async () => {
  const scene = await aGrant({ nominal: 1 });
  const booking = await aBooking(scene);
  await act(scene, 'releaseBooking', booking.id);

  const answer = await holdAny(scene);

  expect(answer.ok.status).toBe('held');
});
