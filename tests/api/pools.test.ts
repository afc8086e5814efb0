import { describe, expect, test } from 'vitest';

import { aGrant, anInstitution, aPool, aPoolBody } from '../support/factories.ts';

describe('a pool', () => {
  test('is made for the caller’s institution, with everything unallocated', async () => {
    const provider = await anInstitution();

    const answer = await provider.coordinator.call('createPool', { body: aPoolBody({ capacity: 12 }) });

    expect(answer.ok).toMatchObject({ providerId: provider.id, capacity: 12, allocated: 0, unallocated: 12 });
    expect(answer.ok).toMatchObject({ cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' });
  });

  test('is read as it was made', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider, { name: { en: 'Protons', ru: 'Протоны' }, illustrative: true });

    const answer = await provider.coordinator.call('getPool', { params: { poolId: pool.id } });

    expect(answer.ok).toEqual(pool);
  });

  test('may have a capacity of nothing', async () => {
    const pool = await aPool(await anInstitution(), { capacity: 0 });
    expect(pool).toMatchObject({ capacity: 0, unallocated: 0 });
  });

  test('changes only what the change names', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider, { name: { en: 'Before' } });

    const params = { poolId: pool.id };
    const answer = await provider.coordinator.call('updatePool', { params, body: { capacity: 11 }, ifMatch: '"1"' });

    expect(answer.ok).toEqual({ ...pool, capacity: 11, unallocated: 11, updatedAt: answer.ok.updatedAt });
    expect(answer.headers.etag).toBe('"2"');
  });

  test('takes a new name and new policies', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider);

    const body = { name: { kk: 'Кейін' }, cancellationPolicy: 'forfeit-unit', noShowPolicy: 'return-unit' };
    const answer = await provider.coordinator.call('updatePool', { params: { poolId: pool.id }, body, ifMatch: '"1"' });

    expect(answer.ok).toMatchObject(body);
  });

  test('cannot be cut below what is granted', async () => {
    const { provider, pool } = await aGrant({ nominal: 5 });
    const params = { poolId: pool.id };

    const answer = await provider.coordinator.call('updatePool', { params, body: { capacity: 4 }, ifMatch: '"1"' });

    expect(answer.code).toBe('capacity-below-allocated');
    expect(answer.problem).toMatchObject({ capacity: 10, allocated: 5 });
    expect((await provider.coordinator.call('getPool', { params })).ok.capacity).toBe(10);
  });

  test('can be cut to exactly what is granted', async () => {
    const { provider, pool } = await aGrant({ nominal: 5 });

    const params = { poolId: pool.id };
    const answer = await provider.coordinator.call('updatePool', { params, body: { capacity: 5 }, ifMatch: '"1"' });

    expect(answer.ok).toMatchObject({ capacity: 5, allocated: 5, unallocated: 0 });
  });
});

describe('the ETag of a pool', () => {
  test('has to be sent with a change', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider);

    const answer = await provider.coordinator.call('updatePool', {
      params: { poolId: pool.id },
      body: { capacity: 1 },
    });

    expect(answer.code).toBe('if-match-missing');
  });

  test.each(['"7"', '"0"', '1', '*', 'W/"1"', '""', '"1', '"1", "2"', 'nonsense', `"${'9'.repeat(30)}"`])(
    '%s does not let a change pass',
    async (ifMatch) => {
      const provider = await anInstitution();
      const pool = await aPool(provider);
      const params = { poolId: pool.id };

      const answer = await provider.coordinator.call('updatePool', { params, body: { capacity: 1 }, ifMatch });

      expect(answer.code).toBe('stale-version');
      expect((await provider.coordinator.call('getPool', { params })).ok).toEqual(pool);
    },
  );

  test('lets one of two simultaneous changes pass', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider);
    const change = (capacity: number) =>
      provider.coordinator.call('updatePool', { params: { poolId: pool.id }, body: { capacity }, ifMatch: '"1"' });

    const answers = await Promise.all([change(20), change(30)]);

    const codes = answers.map(({ code }) => code);
    expect(codes).toContain('200');
    expect(['stale-version', 'busy']).toContain(codes.find((code) => code !== '200'));
  });
});
