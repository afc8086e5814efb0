import { describe, expect, test } from 'vitest';

import { aBooking, aBookingBody, act, aGrant, aPatient, balanceOf, type Scene } from '../support/factories.ts';

const holdFor = ({ beneficiary, grant }: Scene, patient: string) =>
  beneficiary.coordinator.call('holdBooking', { params: { grantId: grant.id }, body: aBookingBody({ patient }) });

describe('a patient with a live booking', () => {
  test.each(['held', 'booked', 'in-treatment'] as const)(
    'that is %s gets no second one on the grant',
    async (status) => {
      const scene = await aGrant();
      const booking = await aBooking(scene, status);

      const answer = await holdFor(scene, booking.patient);

      expect(answer.code).toBe('patient-already-booked');
      expect(answer.problem['bookingId']).toBe(booking.id);
      expect(await balanceOf(scene)).toMatchObject({ committed: 1 });
    },
  );

  test.each(['fulfilled', 'released', 'cancelled', 'noshow', 'expired'] as const)(
    'that has ended as %s can be booked again',
    async (status) => {
      const scene = await aGrant();
      const { patient } = await aBooking(scene, status);

      const answer = await holdFor(scene, patient);

      expect(answer.ok.status).toBe('held');
    },
  );

  test('gets no second one on another grant for the same service', async () => {
    const scene = await aGrant();
    const other = await aGrant({ beneficiary: scene.beneficiary });
    const { id, patient } = await aBooking(scene, 'booked');

    const answer = await holdFor(other, patient);

    expect(answer.code).toBe('patient-already-booked');
    expect(answer.problem['bookingId']).toBe(id);
    expect(await balanceOf(other)).toMatchObject({ committed: 0 });
  });

  test('can have one for another service', async () => {
    const scene = await aGrant();
    const other = await aGrant({ beneficiary: scene.beneficiary, poolBody: { service: 'pet-ct' } });
    const { patient } = await aBooking(scene, 'booked');

    const answer = await holdFor(other, patient);

    expect(answer.ok).toMatchObject({ status: 'held', service: 'pet-ct' });
  });

  test('can move to another grant after the release', async () => {
    const scene = await aGrant();
    const other = await aGrant({ beneficiary: scene.beneficiary });
    const { id, patient } = await aBooking(scene, 'held');
    await act(scene, 'releaseBooking', id);

    const answer = await holdFor(other, patient);

    expect(answer.ok.status).toBe('held');
  });

  test('does not stand in the way of another institution’s patient of that pseudonym', async () => {
    const scene = await aGrant();
    const other = await aGrant({ provider: scene.provider });
    const { patient } = await aBooking(scene, 'booked');

    const answer = await holdFor(other, patient);

    expect(answer.ok.status).toBe('held');
  });
});

describe('two requests for one patient at the same moment', () => {
  const codes = (answers: readonly { readonly code: string }[]): string[] => answers.map(({ code }) => code).toSorted();

  test.each([1, 2, 3, 4, 5])('on one grant make one booking (round %i)', async () => {
    const scene = await aGrant();
    const patient = aPatient();

    const answers = await Promise.all([holdFor(scene, patient), holdFor(scene, patient)]);

    expect(codes(answers)).toEqual(['201', 'patient-already-booked']);
    expect(await balanceOf(scene)).toMatchObject({ committed: 1 });
  });

  test.each([1, 2, 3, 4, 5])('on two grants make one booking (round %i)', async () => {
    const scene = await aGrant();
    const other = await aGrant({ beneficiary: scene.beneficiary });
    const patient = aPatient();

    const answers = await Promise.all([holdFor(scene, patient), holdFor(other, patient)]);

    expect(codes(answers)).toEqual(['201', 'patient-already-booked']);
    const balances = await Promise.all([balanceOf(scene), balanceOf(other)]);
    expect(balances.map(({ committed }) => committed).toSorted()).toEqual([0, 1]);
  });

  test('and eight at once make at most one', async () => {
    const scene = await aGrant({ nominal: 10 });
    const patient = aPatient();

    const answers = await Promise.all(Array.from({ length: 8 }, () => holdFor(scene, patient)));

    const made = answers.filter(({ status }) => status === 201).length;
    expect(made).toBeLessThanOrEqual(1);
    expect(answers.every(({ code }) => ['201', 'patient-already-booked', 'busy'].includes(code))).toBe(true);
    expect(await balanceOf(scene)).toMatchObject({ committed: made });
  });
});
