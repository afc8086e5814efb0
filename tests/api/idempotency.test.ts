import { describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { aBookingBody, act, aGrant, anInstitution, aPoolBody, balanceOf, type Scene } from '../support/factories.ts';

const holdWith = ({ beneficiary, grant }: Scene, key: string | null, body: object) =>
  beneficiary.coordinator.call('holdBooking', { params: { grantId: grant.id }, body, key });

describe('a repeated request', () => {
  test('to hold a course answers with the same booking, and takes no second unit', async () => {
    const scene = await aGrant();
    const body = aBookingBody();
    const first = await holdWith(scene, 'again-1', body);

    const second = await holdWith(scene, 'again-1', body);

    expect(second.ok).toEqual(first.ok);
    expect(second.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers.location });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(await balanceOf(scene)).toMatchObject({ committed: 1 });
  });

  test('to make a pool answers with the same pool', async () => {
    const { coordinator } = await anInstitution();
    const options = { body: aPoolBody(), key: 'pool-1' };
    const first = await coordinator.call('createPool', options);

    const second = await coordinator.call('createPool', options);

    expect(second.ok).toEqual(first.ok);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await coordinator.call('listPools')).ok.items).toHaveLength(1);
  });

  test('to grant courses answers with the same grant, and takes no more of the pool', async () => {
    const { provider, beneficiary, pool } = await aGrant({ nominal: 1 });
    const options = {
      params: { poolId: pool.id },
      body: { beneficiaryId: beneficiary.id, nominal: 4 },
      key: 'grant-1',
    };
    const first = await provider.coordinator.call('createGrant', options);

    const second = await provider.coordinator.call('createGrant', options);

    expect(second.ok).toEqual(first.ok);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await provider.coordinator.call('getPool', { params: options.params })).ok.allocated).toBe(5);
  });

  test('may send its fields in another order', async () => {
    const scene = await aGrant();
    const body = aBookingBody();
    const first = await holdWith(scene, 'order-1', body);

    const second = await holdWith(scene, 'order-1', Object.fromEntries(Object.entries(body).toReversed()));

    expect(second.ok.id).toBe(first.ok.id);
  });

  test('may leave out what was sent as its default', async () => {
    const scene = await aGrant();
    const body = aBookingBody();
    const first = await holdWith(scene, 'default-1', { ...body, holdFor: 'interactive' });

    const second = await holdWith(scene, 'default-1', body);

    expect(second.ok.id).toBe(first.ok.id);
  });

  test('may quote its key, as the IETF draft does', async () => {
    const scene = await aGrant();
    const body = aBookingBody();
    const first = await holdWith(scene, 'quoted-1', body);

    const second = await holdWith(scene, '"quoted-1"', body);

    expect(second.ok.id).toBe(first.ok.id);
  });

  test('shows the booking as it is by now', async () => {
    const scene = await aGrant();
    const body = aBookingBody();
    const { id } = (await holdWith(scene, 'later-1', body)).ok;
    await act(scene, 'confirmBooking', id);

    const again = await holdWith(scene, 'later-1', body);

    expect(again.ok).toMatchObject({ id, status: 'booked' });
  });

  test('after the release answers with the released booking, and takes nothing', async () => {
    const scene = await aGrant({ nominal: 1 });
    const body = aBookingBody();
    const { id } = (await holdWith(scene, 'released-1', body)).ok;
    await act(scene, 'releaseBooking', id);

    const again = await holdWith(scene, 'released-1', body);

    expect(again.ok).toMatchObject({ id, status: 'released' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await balanceOf(scene)).toMatchObject({ committed: 0, available: 1 });
  });

  test('after the release answers the same when the grant is sold out by then', async () => {
    const scene = await aGrant({ nominal: 1 });
    const body = aBookingBody();
    const { id } = (await holdWith(scene, 'soldout-1', body)).ok;
    await act(scene, 'releaseBooking', id);
    await holdWith(scene, 'soldout-2', aBookingBody());

    const again = await holdWith(scene, 'soldout-1', body);

    expect(again.ok).toMatchObject({ id, status: 'released' });
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, available: 0 });
  });

  test('is recognised while the grant is suspended', async () => {
    const scene = await aGrant();
    const body = aBookingBody();
    const { id } = (await holdWith(scene, 'suspended-1', body)).ok;
    const params = { grantId: scene.grant.id };
    await scene.provider.coordinator.call('updateGrant', { params, body: { status: 'suspended' }, ifMatch: '"1"' });

    const again = await holdWith(scene, 'suspended-1', body);

    expect(again.ok.id).toBe(id);
  });

  test('sent twenty times at once takes one unit', async () => {
    const scene = await aGrant({ nominal: 30, poolBody: { capacity: 30 } });
    const body = aBookingBody();

    const answers = await Promise.all(Array.from({ length: 20 }, () => holdWith(scene, 'rush-1', body)));

    const made = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ status }) => status !== 201 && status !== 503).map(({ code }) => code)).toEqual([]);
    expect(new Set(made.map(({ ok }) => ok.id)).size).toBe(1);
    expect(await balanceOf(scene)).toMatchObject({ committed: 1, held: 1 });
  });

  test('to make a pool, sent ten times at once, makes one', async () => {
    const { coordinator } = await anInstitution();
    const options = { body: aPoolBody(), key: 'rush-2' };

    const answers = await Promise.all(Array.from({ length: 10 }, () => coordinator.call('createPool', options)));

    expect(answers.filter(({ status }) => status !== 201 && status !== 503).map(({ code }) => code)).toEqual([]);
    expect((await coordinator.call('listPools')).ok.items).toHaveLength(1);
  });
});

describe('a key', () => {
  test.each(['createPool', 'createGrant', 'holdBooking'] as const)('has to be sent to %s', async (operationId) => {
    const { provider, beneficiary, pool, grant } = await aGrant();
    const { coordinator } = operationId === 'holdBooking' ? beneficiary : provider;
    const bodies = {
      createPool: aPoolBody(),
      createGrant: { beneficiaryId: beneficiary.id, nominal: 1 },
      holdBooking: aBookingBody(),
    };

    const params = { poolId: pool.id, grantId: grant.id };
    const answer = await coordinator.call(operationId, { params, body: bodies[operationId], key: null });

    expect(answer.code).toBe('idempotency-key-missing');
  });

  test('with another body is refused, and takes nothing', async () => {
    const scene = await aGrant();
    await holdWith(scene, 'reused-1', aBookingBody());

    const answer = await holdWith(scene, 'reused-1', aBookingBody());

    expect(answer.code).toBe('idempotency-key-reused');
    expect(await balanceOf(scene)).toMatchObject({ committed: 1 });
  });

  test('of a pool with another body is refused', async () => {
    const { coordinator } = await anInstitution();
    await coordinator.call('createPool', { body: aPoolBody(), key: 'reused-2' });

    const answer = await coordinator.call('createPool', { body: aPoolBody({ capacity: 11 }), key: 'reused-2' });

    expect(answer.code).toBe('idempotency-key-reused');
  });

  test('of another caller is another key', async () => {
    const scene = await aGrant();
    const integration = api(scene.beneficiary.id, 'integration');
    const params = { grantId: scene.grant.id };
    const first = await holdWith(scene, 'shared-1', aBookingBody());

    const second = await integration.call('holdBooking', { params, body: aBookingBody(), key: 'shared-1' });

    expect(second.ok.id).not.toBe(first.ok.id);
    expect(await balanceOf(scene)).toMatchObject({ committed: 2 });
  });

  test('on another grant is another key', async () => {
    const scene = await aGrant({ nominal: 1 });
    const other = await aGrant({ ...scene, nominal: 1 });
    const first = await holdWith(scene, 'shared-2', aBookingBody());

    const second = await holdWith(other, 'shared-2', aBookingBody());

    expect(second.ok).toMatchObject({ grantId: other.grant.id });
    expect(second.ok.id).not.toBe(first.ok.id);
  });

  test('of a refused request can be used once the cause is gone', async () => {
    const scene = await aGrant({ nominal: 1 });
    const { id } = (await holdWith(scene, 'first-1', aBookingBody())).ok;
    const body = aBookingBody();
    const refused = await holdWith(scene, 'second-1', body);
    await act(scene, 'releaseBooking', id);

    const answer = await holdWith(scene, 'second-1', body);

    expect(refused.code).toBe('quota-exhausted');
    expect(answer.ok.status).toBe('held');
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
  });

  test.each([
    { what: 'a space', key: 'a b' },
    { what: 'a tab', key: 'a\tb' },
    { what: 'a letter outside ASCII', key: 'cl\u00e9' },
    { what: 'nothing between quotes', key: '""' },
    { what: '256 characters', key: 'k'.repeat(256) },
  ])('with $what is refused', async ({ key }) => {
    const scene = await aGrant();

    const answer = await holdWith(scene, key, aBookingBody());

    expect(answer.code).toBe('invalid-parameter');
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toEqual(['Idempotency-Key']);
    expect(await balanceOf(scene)).toMatchObject({ committed: 0 });
  });

  test.each(['k', 'k'.repeat(255), 'a,b', '019a8f3e-7c00-7a11-8000-000000000001', '{"k":1}', 'it"s'])(
    'such as %s is accepted',
    async (key) => {
      const answer = await holdWith(await aGrant(), key, aBookingBody());
      expect(answer.ok.status).toBe('held');
    },
  );
});
