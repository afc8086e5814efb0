import { beforeAll, describe, expect, test } from 'vitest';

import type { BookingRepresentation } from '../../lambdas/quotas/booking-contract.ts';
import type { GrantRepresentation } from '../../lambdas/quotas/grant-contract.ts';
import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { api } from '../support/client.ts';
import { aPatient, aPoolBody, expectBalance } from '../support/factories.ts';

const minsk = api('alexandrov', 'coordinator');
const minskClinician = api('alexandrov', 'clinician');
const dimitrovgrad = api('dimitrovgrad', 'coordinator');
const minskId = DEMO_INSTITUTIONS.find(({ alias }) => alias === 'alexandrov')?.id;

/** A child from Minsk is treated in Dimitrovgrad, step by step. Each test leans on the one before. */
describe('a course of proton therapy abroad', () => {
  const patient = aPatient();
  let grant: GrantRepresentation;
  let booking: BookingRepresentation;

  beforeAll(async () => {
    const pool = (await dimitrovgrad.call('createPool', { body: aPoolBody({ capacity: 40 }) })).ok;
    const body = { beneficiaryId: minskId, nominal: 2 };
    grant = (await dimitrovgrad.call('createGrant', { params: { poolId: pool.id }, body })).ok;
  });

  const balance = async () => (await minsk.call('getGrant', { params: { grantId: grant.id } })).ok.balance;
  const empty = { entitled: 2, held: 0, booked: 0, inTreatment: 0, fulfilled: 0, forfeited: 0 };

  test('begins with a grant that is all free', async () => {
    await expectBalance(balance, { ...empty, committed: 0, available: 2 });
  });

  test('a coordinator holds a course for a pseudonymous child', async () => {
    const body = { patient, ageBand: '0-17', diagnosis: 'C71.6' };
    const answer = await minsk.call('holdBooking', { params: { grantId: grant.id }, body });

    booking = answer.ok;
    expect(booking).toMatchObject({ status: 'held', patient, ageBand: '0-17', service: 'proton-therapy' });
    await expectBalance(balance, { ...empty, held: 1, committed: 1, available: 1 });
  });

  test('the hold lasts fifteen minutes', () => {
    const minutes = (Date.parse(booking.expiresAt ?? '') - Date.parse(booking.createdAt)) / 60_000;
    expect(minutes).toBeCloseTo(15, 1);
  });

  test('confirming makes it a booking', async () => {
    const confirmed = (await minsk.call('confirmBooking', { params: { bookingId: booking.id } })).ok;

    expect(confirmed.status).toBe('booked');
    expect(confirmed).not.toHaveProperty('expiresAt');
    await expectBalance(balance, { ...empty, booked: 1, committed: 1, available: 1 });
  });

  test('the provider sees who is coming', async () => {
    const seen = (await dimitrovgrad.call('getBooking', { params: { bookingId: booking.id } })).ok;
    const list = (await dimitrovgrad.call('listBookings', { query: { grantId: grant.id } })).ok;

    expect(seen).toMatchObject({ status: 'booked', patient, beneficiaryId: minskId });
    expect(list.items).toEqual([seen]);
  });

  test('the provider sees that the child has come', async () => {
    const arrived = (await dimitrovgrad.call('arriveBooking', { params: { bookingId: booking.id } })).ok;

    expect(arrived.status).toBe('in-treatment');
    await expectBalance(balance, { ...empty, inTreatment: 1, committed: 1, available: 1 });
  });

  test('a clinician completes the course', async () => {
    const completed = (await minskClinician.call('completeBooking', { params: { bookingId: booking.id } })).ok;

    expect(completed.status).toBe('fulfilled');
    await expectBalance(balance, { ...empty, fulfilled: 1, committed: 1, available: 1 });
  });

  test('both sides read the same booking in the end', async () => {
    const params = { bookingId: booking.id };
    const [here, there] = await Promise.all([
      minsk.call('getBooking', { params }),
      dimitrovgrad.call('getBooking', { params }),
    ]);
    expect(here.ok).toEqual(there.ok);
  });
});
