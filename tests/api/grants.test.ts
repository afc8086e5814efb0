import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  aBooking,
  aBookingBody,
  act,
  aGrant,
  anInstitution,
  aPool,
  balanceOf,
  expectBalance,
  type Scene,
} from '../support/factories.ts';

const update = async ({ provider, grant }: Scene, body: object, ifMatch?: string) => {
  const params = { grantId: grant.id };
  const current = (await provider.coordinator.call('getGrant', { params })).headers.etag ?? '';
  return provider.coordinator.call('updateGrant', { params, body, ifMatch: ifMatch ?? current });
};
const poolOf = async ({ provider, pool }: Scene) =>
  (await provider.coordinator.call('getPool', { params: { poolId: pool.id } })).ok;

describe('a grant', () => {
  test('takes its courses out of the pool', async () => {
    const scene = await aGrant({ nominal: 4 });

    expect(scene.grant).toMatchObject({ nominal: 4, status: 'active', beneficiaryId: scene.beneficiary.id });
    expect(await poolOf(scene)).toMatchObject({ capacity: 10, allocated: 4, unallocated: 6 });
  });

  test('is the same for both sides', async () => {
    const { provider, beneficiary, grant } = await aGrant();
    const params = { grantId: grant.id };

    const given = await provider.coordinator.call('getGrant', { params });
    const held = await beneficiary.coordinator.call('getGrant', { params });

    expect(given.ok).toEqual(grant);
    expect(held.ok).toEqual(grant);
  });

  test('larger than what the pool has left is refused', async () => {
    const scene = await aGrant({ nominal: 6 });

    const params = { poolId: scene.pool.id };
    const body = { beneficiaryId: scene.beneficiary.id, nominal: 5 };
    const answer = await scene.provider.coordinator.call('createGrant', { params, body });

    expect(answer.code).toBe('pool-capacity-exceeded');
    expect(answer.problem['unallocated']).toBe(4);
  });

  test.each([
    { whom: 'nobody', beneficiary: async () => randomUUID() },
    { whom: 'the provider itself', beneficiary: async (provider: string) => provider },
  ])('to $whom is refused', async ({ beneficiary }) => {
    const provider = await anInstitution();
    const pool = await aPool(provider);

    const body = { beneficiaryId: await beneficiary(provider.id), nominal: 1 };
    const answer = await provider.coordinator.call('createGrant', { params: { poolId: pool.id }, body });

    expect(answer.code).toBe('unknown-beneficiary');
    expect((await provider.coordinator.call('listPoolGrants', { params: { poolId: pool.id } })).ok.items).toEqual([]);
  });

  test('of nothing can be made and has nothing to hold', async () => {
    const scene = await aGrant({ nominal: 0 });

    const params = { grantId: scene.grant.id };
    const answer = await scene.beneficiary.coordinator.call('holdBooking', { params, body: aBookingBody() });

    expect(answer.code).toBe('quota-exhausted');
    expect(answer.problem).toMatchObject({ available: 0, waitlist: { length: 0, joinable: true } });
  });

  test('never adds up to more than the pool, also when thirty are made at once', async () => {
    const provider = await anInstitution();
    const beneficiary = await anInstitution();
    const pool = await aPool(provider, { capacity: 20 });
    const body = { beneficiaryId: beneficiary.id, nominal: 3 };

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => provider.coordinator.call('createGrant', { params: { poolId: pool.id }, body })),
    );

    const made = answers.filter(({ status }) => status === 201).length;
    const rest = answers.filter(({ status }) => status !== 201).map(({ code }) => code);
    const params = { poolId: pool.id };
    const { items } = (await provider.coordinator.call('listPoolGrants', { params, query: { limit: 100 } })).ok;
    const { allocated, unallocated } = (await provider.coordinator.call('getPool', { params })).ok;
    expect(rest.filter((code) => code !== 'pool-capacity-exceeded' && code !== 'busy')).toEqual([]);
    expect(items).toHaveLength(made);
    expect(made).toBeLessThanOrEqual(6);
    expect({ allocated, unallocated }).toEqual({ allocated: made * 3, unallocated: 20 - made * 3 });
  });
});

describe('a grant’s nominal', () => {
  test('can be raised as far as the pool reaches', async () => {
    const scene = await aGrant({ nominal: 4 });

    const answer = await update(scene, { nominal: 10, reason: 'demand-shifted' });

    expect(answer.ok).toMatchObject({ nominal: 10, balance: { entitled: 10, available: 10 } });
    expect(await poolOf(scene)).toMatchObject({ unallocated: 0 });
  });

  test('cannot be raised beyond the pool', async () => {
    const scene = await aGrant({ nominal: 4 });

    const answer = await update(scene, { nominal: 11, reason: 'emergency' });

    expect(answer.code).toBe('pool-capacity-exceeded');
    expect(await balanceOf(scene)).toMatchObject({ entitled: 4 });
    expect(await poolOf(scene)).toMatchObject({ unallocated: 6 });
  });

  test('cannot be cut below what is committed', async () => {
    const scene = await aGrant({ nominal: 3 });
    await aBooking(scene, 'held');
    await aBooking(scene, 'booked');

    const answer = await update(scene, { nominal: 1 });

    expect(answer.code).toBe('nominal-below-committed');
    expect(answer.problem['committed']).toBe(2);
    expect(await balanceOf(scene)).toMatchObject({ entitled: 3, committed: 2 });
  });

  test('can be cut to what is committed, and the pool gets the rest', async () => {
    const scene = await aGrant({ nominal: 3 });
    await aBooking(scene, 'booked');

    const answer = await update(scene, { nominal: 1 });

    expect(answer.ok.balance).toMatchObject({ entitled: 1, committed: 1, available: 0 });
    expect(await poolOf(scene)).toMatchObject({ allocated: 1, unallocated: 9 });
  });

  test('of sixty courses is sixty courses', async () => {
    const scene = await aGrant({ nominal: 60, poolBody: { capacity: 100 } });
    expect(scene.grant).toMatchObject({ nominal: 60, balance: { entitled: 60, available: 60, committed: 0 } });
  });

  test('goes from five to eighty and back, whatever is held meanwhile', async () => {
    const scene = await aGrant({ nominal: 5, poolBody: { capacity: 100 } });
    for (let unit = 0; unit < 4; unit++) await aBooking(scene, 'held');

    const raised = await update(scene, { nominal: 80, reason: 'demand-shifted' });
    for (let unit = 0; unit < 3; unit++) await aBooking(scene, 'held');
    const cut = await update(scene, { nominal: 7 });

    expect(raised.ok.balance).toMatchObject({ entitled: 80, committed: 4, available: 76 });
    expect(cut.ok.balance).toMatchObject({ entitled: 7, committed: 7, available: 0 });
    expect((await update(scene, { nominal: 6 })).code).toBe('nominal-below-committed');
  });
});

describe('the ETag of a grant', () => {
  test('has to be sent with a change', async () => {
    const { provider, grant } = await aGrant();

    const params = { grantId: grant.id };
    const answer = await provider.coordinator.call('updateGrant', { params, body: { nominal: 1 } });

    expect(answer.code).toBe('if-match-missing');
  });

  test.each(['"9"', '*', 'W/"1"', 'nonsense'])('%s does not let a change pass', async (ifMatch) => {
    const scene = await aGrant();

    const answer = await update(scene, { nominal: 1 }, ifMatch);

    expect(answer.code).toBe('stale-version');
    expect(await balanceOf(scene)).toMatchObject({ entitled: 5 });
  });

  test('stays while bookings come and go', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'held');
    await act(scene, 'releaseBooking', booking.id);

    const answer = await update(scene, { nominal: 6, reason: 'correction' }, '"1"');

    expect(answer.ok.nominal).toBe(6);
  });
});

describe('a suspended grant', () => {
  test('takes no new holds', async () => {
    const scene = await aGrant();
    await update(scene, { status: 'suspended' });

    const params = { grantId: scene.grant.id };
    const answer = await scene.beneficiary.coordinator.call('holdBooking', { params, body: aBookingBody() });

    expect(answer.code).toBe('grant-suspended');
    expect(await balanceOf(scene)).toMatchObject({ committed: 0 });
  });

  test('leaves bookings alone: they go on to the end', async () => {
    const scene = await aGrant();
    const held = await aBooking(scene, 'held');
    const booked = await aBooking(scene, 'booked');
    await update(scene, { status: 'suspended' });

    const confirmed = await act(scene, 'confirmBooking', held.id);
    const arrived = await act(scene, 'arriveBooking', booked.id);

    expect([confirmed.ok.status, arrived.ok.status]).toEqual(['booked', 'in-treatment']);
    await expectBalance(() => balanceOf(scene), { booked: 1, inTreatment: 1, committed: 2 });
  });

  test('takes holds again once it is resumed', async () => {
    const scene = await aGrant();
    await update(scene, { status: 'suspended' });
    await update(scene, { status: 'active' });

    const booking = await aBooking(scene);

    expect(booking.status).toBe('held');
  });

  test('that grows meanwhile still takes none', async () => {
    const scene = await aGrant({ nominal: 1, poolBody: { capacity: 100 } });
    await update(scene, { status: 'suspended' });
    await update(scene, { nominal: 60, reason: 'correction' });

    const params = { grantId: scene.grant.id };
    const answer = await scene.beneficiary.coordinator.call('holdBooking', { params, body: aBookingBody() });

    expect(answer.code).toBe('grant-suspended');
  });
});

test('a grant whose period is over takes no holds', async () => {
  const period = { start: '2020-01-01', end: '2020-12-31', timeZone: 'Europe/Minsk' };
  const scene = await aGrant({ poolBody: { period } });

  const params = { grantId: scene.grant.id };
  const answer = await scene.beneficiary.coordinator.call('holdBooking', { params, body: aBookingBody() });

  expect(answer.code).toBe('outside-period');
  expect(answer.problem['period']).toEqual(period);
});
