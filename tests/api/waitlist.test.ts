import { beforeEach, describe, expect, test } from 'vitest';

import type { BookingRepresentation } from '../../lambdas/quotas/booking-contract.ts';
import { PRIORITY_RULES } from '../../lambdas/quotas/priority-rules.ts';
import { api } from '../support/client.ts';
import { aBooking, aBookingBody, act, aGrant, aPatient, balanceOf, elapse, type Scene } from '../support/factories.ts';
import { hub } from '../support/hub.ts';

const ADULT = { ageBand: '18+', diagnosis: 'C61' };
const ADULT_CNS = { ageBand: '18+', diagnosis: 'C71.1' };
const CHILD = { ageBand: '0-17', diagnosis: 'C49.0' };
const CHILD_CNS = { ageBand: '0-17', diagnosis: 'C71.6' };

let scene: Scene;
let taken: BookingRepresentation;
/** A grant of one course, which is taken. */
beforeEach(async () => {
  scene = await aGrant({ nominal: 1 });
  taken = await aBooking(scene, 'booked');
});

const ask = (body: object = {}) =>
  scene.beneficiary.coordinator.call('holdBooking', {
    params: { grantId: scene.grant.id },
    body: aBookingBody({ joinWaitlist: true, ...body }),
  });

async function join(body: object = {}): Promise<BookingRepresentation> {
  return (await ask(body)).ok;
}

async function read({ id }: { id: string }): Promise<BookingRepresentation> {
  return (await scene.beneficiary.coordinator.call('getBooking', { params: { bookingId: id } })).ok;
}

const statuses = async (...bookings: readonly { id: string }[]) =>
  Promise.all(bookings.map(async (booking) => (await read(booking)).status));

describe('who finds no unit', () => {
  test('waits when they ask to, and is told their position', async () => {
    const first = await join();
    const second = await join();

    expect(first).toMatchObject({
      status: 'waitlisted',
      waiting: { priorityClass: 1, ruleVersion: 1, offersNotTaken: 0 },
    });
    expect(first.expiresAt).toBeUndefined();
    expect((await read(first)).waiting?.position).toBe(1);
    expect((await read(second)).waiting?.position).toBe(2);
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, held: 0 });
  });

  test('is refused otherwise, and told how many wait', async () => {
    await join();
    const answer = await ask({ joinWaitlist: false });
    expect(answer.code).toBe('quota-exhausted');
    expect(answer.problem).toMatchObject({ available: 0, waitlist: { length: 1, joinable: true } });
  });

  test('knows no more than their position within their class', async () => {
    await join(CHILD_CNS);
    const adult = await join(ADULT);
    const { waiting } = await read(adult);
    expect(waiting).toMatchObject({ priorityClass: 4, position: 1 });
    expect(Object.keys(waiting ?? {}).toSorted()).toEqual(
      ['joinedAt', 'offersNotTaken', 'position', 'priorityClass', 'ruleVersion'].toSorted(),
    );
  });

  test('does not wait when a unit is free', async () => {
    await act(scene, 'cancelBooking', taken.id);
    expect((await join()).status).toBe('held');
  });

  test('joins once, however often the request is sent', async () => {
    const { coordinator } = scene.beneficiary;
    const options = {
      params: { grantId: scene.grant.id },
      body: aBookingBody({ joinWaitlist: true }),
      key: crypto.randomUUID(),
    };
    const answers = await Promise.all(Array.from({ length: 3 }, () => coordinator.call('holdBooking', options)));
    const again = await coordinator.call('holdBooking', options);
    const ids = new Set([...answers, again].filter(({ status }) => status === 201).map(({ ok }) => ok.id));
    expect(ids.size).toBe(1);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await read(again.ok)).waiting?.position).toBe(1);
  });

  test('waits once for a patient', async () => {
    const patient = aPatient();
    const place = await join({ patient });
    const answer = await ask({ patient });
    expect(answer.code).toBe('patient-already-waiting');
    expect(answer.problem).toMatchObject({ bookingId: place.id });
    await act(scene, 'withdrawBooking', place.id);
    expect((await join({ patient })).status).toBe('waitlisted');
  });

  test('does not wait for a patient who has a course', async () => {
    const answer = await ask({ patient: taken.patient });
    expect(answer.code).toBe('patient-already-booked');
    expect(answer.problem).toMatchObject({ bookingId: taken.id });
  });

  test('is refused a deadline that is over', async () => {
    expect((await ask({ deadline: '2020-01-01' })).code).toBe('deadline-past');
  });

  test('is told again that the patient is booked, also with another key', async () => {
    const { patient } = taken;
    expect((await ask({ patient })).code).toBe('patient-already-booked');
    expect((await ask({ patient })).code).toBe('patient-already-booked');
  });
});

describe('a unit that becomes free', () => {
  test('is offered to the first in line, and to nobody else in between', async () => {
    const [first, second] = [await join(), await join()];

    await act(scene, 'cancelBooking', taken.id);

    const offered = await read(first);
    expect(offered.status).toBe('offered');
    const hours = (Date.parse(offered.expiresAt ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(PRIORITY_RULES.offers.hours - 1);
    expect(hours).toBeLessThanOrEqual(PRIORITY_RULES.offers.hours);
    expect((await read(second)).waiting?.position).toBe(1);
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, held: 1, booked: 0 });
    expect((await ask({ joinWaitlist: false })).code).toBe('quota-exhausted');
  });

  test.each([
    ['class', [ADULT, ADULT_CNS, CHILD, CHILD_CNS], [3, 2, 1, 0]],
    ['deadline within a class', [{ deadline: '2099-03-01' }, {}, { deadline: '2099-01-31' }], [2, 0, 1]],
    ['time of joining else', [CHILD, CHILD, CHILD], [0, 1, 2]],
  ])('reaches those who wait by %s', async (_, bodies, order) => {
    const places: BookingRepresentation[] = [];
    for (const body of bodies) places.push(await join(body));
    let unit = taken.id;
    let release: 'cancelBooking' | 'withdrawBooking' = 'cancelBooking';
    for (const expected of order) {
      await act(scene, release, unit);
      const next = places[expected]!;
      await expect.poll(async () => (await read(next)).status).toBe('offered');
      unit = next.id;
      release = 'withdrawBooking';
    }
  });

  test('is offered whatever it became free by: more courses', async () => {
    const place = await join();
    const { grant, provider } = scene;
    const { etag } = (await provider.coordinator.call('getGrant', { params: { grantId: grant.id } })).headers;
    await provider.coordinator.call('updateGrant', {
      params: { grantId: grant.id },
      body: { nominal: 2, reason: 'emergency' },
      ifMatch: etag ?? '',
    });
    await expect.poll(async () => (await read(place)).status).toBe('offered');
  });

  test('is offered whatever it became free by: a hold that expired', async () => {
    await act(scene, 'cancelBooking', taken.id);
    const hold = await aBooking(scene, 'held');
    const place = await join();
    await elapse(hold);
    await hub.runSchedule('QuotasSweep');
    await expect.poll(() => statuses(hold, place)).toEqual(['expired', 'offered']);
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, held: 1 });
  });

  test('goes past who has found a course elsewhere', async () => {
    const patient = aPatient();
    const [first, second] = [await join({ patient }), await join()];
    const elsewhere = await aGrant({ ...scene, nominal: 1 });
    await aBooking(elsewhere, 'booked', { patient });
    await act(scene, 'cancelBooking', taken.id);
    // A job that follows the bookings may be at the same line.
    await expect.poll(() => statuses(first, second)).toEqual(['withdrawn', 'offered']);
  });

  test('stays free when nobody waits any more, and is for everybody again', async () => {
    const place = await join();
    await act(scene, 'withdrawBooking', place.id);
    await act(scene, 'cancelBooking', taken.id);
    expect((await aBooking(scene)).status).toBe('held');
  });
});

describe('an offer', () => {
  let first: BookingRepresentation;
  let second: BookingRepresentation;
  beforeEach(async () => {
    first = await join();
    second = await join();
    await act(scene, 'cancelBooking', taken.id);
    // A job that follows the bookings may be at the same line.
    await expect.poll(() => statuses(first, second)).toEqual(['offered', 'waitlisted']);
  });

  test('that is accepted is a hold, to be confirmed', async () => {
    const held = (await act(scene, 'acceptOffer', first.id)).ok;
    expect(held.status).toBe('held');
    expect(Date.parse(held.expiresAt ?? '') - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    expect((await act(scene, 'confirmBooking', first.id)).ok.status).toBe('booked');
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, booked: 1 });
  });

  test('that is declined goes to the next, and who declined waits behind them', async () => {
    expect((await act(scene, 'declineOffer', first.id)).ok).toMatchObject({
      status: 'waitlisted',
      waiting: { offersNotTaken: 1 },
    });
    await expect.poll(() => statuses(first, second)).toEqual(['waitlisted', 'offered']);
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, held: 1 });
  });

  test('that lapses goes to the next', async () => {
    await elapse(await read(first));
    expect((await act(scene, 'acceptOffer', first.id)).code).toBe('offer-lapsed');
    await expect.poll(() => statuses(first, second)).toEqual(['waitlisted', 'offered']);
  });

  test('that lapses unseen is found by the sweep', async () => {
    await elapse(await read(first));
    expect((await read(first)).status).toBe('waitlisted');
    await hub.runSchedule('QuotasSweep');
    await expect.poll(() => statuses(first, second)).toEqual(['waitlisted', 'offered']);
  });

  test('is made three times at most', async () => {
    await act(scene, 'withdrawBooking', second.id);
    for (let offer = 1; offer <= PRIORITY_RULES.offers.most; offer++) {
      await expect.poll(async () => (await read(first)).status).toBe('offered');
      await act(scene, 'declineOffer', first.id);
    }
    expect(await read(first)).toMatchObject({ status: 'withdrawn', waiting: { offersNotTaken: 3 } });
    expect(await balanceOf(scene)).toMatchObject({ committed: 0, available: 1 });
    await hub.runSchedule('QuotasSweep');
    expect((await aBooking(scene)).status).toBe('held');
  });

  test.each(['confirmBooking', 'releaseBooking', 'cancelBooking', 'setPriority'] as const)(
    'is not for %s',
    async (action) => {
      const body = action === 'setPriority' ? { body: { priorityClass: 1, reason: 'relapse' } } : {};
      const client = api(scene.beneficiary.id, action === 'setPriority' ? 'commission-member' : 'coordinator');
      const answer = await client.call(action, { params: { bookingId: first.id }, ...body });
      expect(answer.code).toBe('booking-state-conflict');
      expect(answer.problem).toMatchObject({ bookingStatus: 'offered' });
    },
  );
});

describe('a commission', () => {
  test('gives another class, with a reason', async () => {
    const child = await join(CHILD);
    const adult = await join(ADULT);
    const commission = api(scene.beneficiary.id, 'commission-member');
    const body = { priorityClass: 1, reason: 'clinical-deterioration' };
    const moved = (await commission.call('setPriority', { params: { bookingId: adult.id }, body })).ok;
    expect(moved.waiting).toMatchObject({ priorityClass: 1, overrideReason: 'clinical-deterioration' });

    await act(scene, 'cancelBooking', taken.id);

    await expect.poll(() => statuses(adult, child)).toEqual(['offered', 'waitlisted']);
  });
});

describe('courses kept for children', () => {
  const reserve = async (units: number, releaseDate: string, nominal = 2) => {
    scene = await aGrant({ nominal, grantBody: { paediatricReserve: { units, releaseDate } } });
  };

  test('are not for adults before the release date', async () => {
    await reserve(1, '2099-01-01');
    expect((await aBooking(scene, 'held', ADULT)).status).toBe('held');
    const answer = await ask({ ...ADULT, joinWaitlist: false });
    expect(answer.code).toBe('quota-exhausted');
    expect((await aBooking(scene, 'held', CHILD)).status).toBe('held');
  });

  test('are used by children before the others', async () => {
    await reserve(1, '2099-01-01');
    await aBooking(scene, 'held', CHILD);
    expect((await aBooking(scene, 'held', ADULT)).status).toBe('held');
  });

  test('are for everybody from the release date on', async () => {
    await reserve(2, '2020-01-01');
    expect((await aBooking(scene, 'held', ADULT)).status).toBe('held');
    expect((await aBooking(scene, 'held', ADULT)).status).toBe('held');
  });

  test('are offered to the first child in line, past adults', async () => {
    await reserve(1, '2099-01-01');
    await aBooking(scene, 'booked', ADULT);
    const adult = await join(ADULT);
    const child = await join(CHILD);
    await expect.poll(() => statuses(adult, child)).toEqual(['waitlisted', 'offered']);
    await act(scene, 'declineOffer', child.id);
    expect((await read(adult)).status).toBe('waitlisted');
  });

  test('cannot be more than the grant has', async () => {
    const { provider, grant } = scene;
    const { etag } = (await provider.coordinator.call('getGrant', { params: { grantId: grant.id } })).headers;
    const body = { paediatricReserve: { units: 2, releaseDate: '2099-01-01' } };
    const answer = await provider.coordinator.call('updateGrant', {
      params: { grantId: grant.id },
      body,
      ifMatch: etag ?? '',
    });
    expect(answer.code).toBe('reserve-exceeds-grant');
  });
});

test('the provider sees who waits for its pool, in order', async () => {
  const adult = await join(ADULT);
  const child = await join(CHILD);
  const page = (await scene.provider.coordinator.call('listPoolWaitlist', { params: { poolId: scene.pool.id } })).ok;
  expect(page.items.map(({ id }) => id)).toEqual([child.id, adult.id]);
  const one = { params: { poolId: scene.pool.id }, query: { limit: 1 } };
  const { next = '' } = (await scene.provider.coordinator.call('listPoolWaitlist', one)).ok;
  const second = await scene.provider.coordinator.call('listPoolWaitlist', {
    ...one,
    query: { limit: 1, cursor: next },
  });
  expect(second.ok.items.map(({ id }) => id)).toEqual([adult.id]);
});

test('a rush for the unit of somebody who cancels never gets ahead of the line', async () => {
  const place = await join();
  const rush = Array.from({ length: 20 }, () => ask({ joinWaitlist: false }));
  const [, ...answers] = await Promise.all([act(scene, 'cancelBooking', taken.id), ...rush]);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['quota-exhausted']));
  await expect.poll(async () => (await read(place)).status).toBe('offered');
  expect(await balanceOf(scene)).toMatchObject({ committed: 1 });
});
