import { describe, expect, test } from 'vitest';

import type { QuotaUsage } from '../../lambdas/quotas/usage-contract.ts';
import { aNextGrant, CARRY, closed } from '../support/closing.ts';
import { aBooking, act, aGrant, anInstitution, aPool, type Institution, type Scene } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { aLoan, aPair, doTo, transfer } from '../support/loans.ts';

const report = async ({ coordinator }: Institution, query: Record<string, string | number> = {}) => {
  await hub.drainStreams();
  return (await coordinator.call('reportQuotaUsage', { query })).ok.items;
};
const usageOf = async (scene: Scene, query: Record<string, string | number> = {}) =>
  (await report(scene.beneficiary, query)).find(({ grantId }) => grantId === scene.grant.id);

describe('the report of how courses were used', () => {
  test('counts what became of them', async () => {
    const scene = await aGrant({ nominal: 9 });
    for (const status of ['held', 'booked', 'booked', 'in-treatment', 'fulfilled', 'noshow', 'cancelled'] as const) {
      await aBooking(scene, status);
    }

    expect(await usageOf(scene)).toMatchObject({
      grantId: scene.grant.id,
      poolId: scene.pool.id,
      providerId: scene.provider.id,
      beneficiaryId: scene.beneficiary.id,
      service: 'proton-therapy',
      granted: 9,
      entitled: 9,
      used: 2,
      booked: 2,
      held: 1,
      forfeited: 1,
      unused: 3,
      noShows: 1,
      expired: 0,
      waits: { joined: 0, served: 0, withdrawn: 0, waiting: 0 },
    });
  });

  test('counts what was lent and borrowed, also what came back', async () => {
    const pair = await aPair({ nominal: 6 });
    const { id } = await aLoan(pair, 4);
    await doTo(pair, 'borrower', 'returnLoan', id, { body: { units: 3 } });
    await transfer(pair.lender, pair.borrower, 1);

    expect(await usageOf(pair.lender)).toMatchObject({ lent: 4, transferredOut: 1, entitled: 4 });
    expect(await usageOf(pair.borrower)).toMatchObject({ borrowed: 4, transferredIn: 1, entitled: 8 });
  });

  test('says how long patients waited', async () => {
    const scene = await aGrant({ nominal: 1 });
    const taken = await aBooking(scene, 'booked');
    const [first, second, third] = [
      await aBooking(scene, 'held', { joinWaitlist: true }),
      await aBooking(scene, 'held', { joinWaitlist: true }),
      await aBooking(scene, 'held', { joinWaitlist: true }),
    ];
    await act(scene, 'withdrawBooking', third.id);
    await act(scene, 'cancelBooking', taken.id);
    await act(scene, 'acceptOffer', first.id);

    expect((await usageOf(scene))?.waits).toEqual({
      joined: 3,
      served: 1,
      withdrawn: 1,
      waiting: 1,
      medianHours: 0,
      p90Hours: 0,
    });
    expect(second.status).toBe('waitlisted');
  });

  test('shows each side its grants: all it has, or those of one of its pools', async () => {
    const scene = await aGrant();
    const other = await aGrant({ provider: scene.provider });

    const ids = (items: readonly QuotaUsage[]) => items.map(({ grantId }) => grantId);
    expect(ids(await report(scene.provider)).toSorted()).toEqual([scene.grant.id, other.grant.id].toSorted());
    expect(ids(await report(scene.provider, { poolId: other.pool.id }))).toEqual([other.grant.id]);
    expect(ids(await report(scene.beneficiary))).toEqual([scene.grant.id]);
    expect(ids(await report(await anInstitution()))).toEqual([]);
  });

  test('does not show the pools and grants of others', async () => {
    const scene = await aGrant();
    const { coordinator } = await anInstitution();
    for (const query of [{ poolId: scene.pool.id }, { institutionId: scene.beneficiary.id }]) {
      expect((await coordinator.call('reportQuotaUsage', { query })).code).toBe('not-found');
    }
    const answer = await scene.beneficiary.coordinator.call('reportQuotaUsage', { query: { poolId: scene.pool.id } });
    expect(answer.code).toBe('not-found');
  });

  test('comes page by page', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider, { capacity: 30 });
    const grants = [
      await aGrant({ provider, pool }),
      await aGrant({ provider, pool }),
      await aGrant({ provider, pool }),
    ];
    await hub.drainStreams();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 1, ...(cursor === undefined ? {} : { cursor }) };
      const { items, next } = (await provider.coordinator.call('reportQuotaUsage', { query })).ok;
      seen.push(...items.map(({ grantId }) => grantId));
      cursor = next;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(grants.map(({ grant }) => grant.id).toSorted());
  });
});

describe('as CSV', () => {
  const csv = async ({ coordinator }: Institution, accept: string, query = {}) =>
    coordinator.call('reportQuotaUsage', { query, headers: { accept } });

  test('has one line per grant, headed by the names of its columns', async () => {
    const scene = await aGrant({ nominal: 7 });
    await aBooking(scene, 'fulfilled');
    await hub.drainStreams();

    const answer = await csv(scene.beneficiary, 'text/csv');

    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['vary']).toBe('accept');
    const [head = '', line = '', ...rest] = String(answer.body).split('\r\n');
    expect(rest).toEqual(['']);
    const cells = line.split(',');
    const columns = head.split(',');
    expect(cells).toHaveLength(columns.length);
    const cell = (name: string) => cells[columns.indexOf(name)];
    expect(['grantId', 'granted', 'used', 'unused', 'periodEnd', 'waitsMedianHours'].map(cell)).toEqual([
      scene.grant.id,
      '7',
      '1',
      '6',
      '2099-12-31',
      '',
    ]);
  });

  test('names the next page in its Link header', async () => {
    const provider = await anInstitution();
    const pool = await aPool(provider, { capacity: 30 });
    await aGrant({ provider, pool });
    await aGrant({ provider, pool });
    await hub.drainStreams();
    const answer = await csv(provider, 'text/csv', { limit: 1 });
    expect(answer.headers['link']).toMatch(/^<[^>]*\/v1\/reports\/quota-usage\?limit=1&cursor=[^>]+>; rel="next"$/);
  });

  test.each([
    ['*/*', 'application/json'],
    ['application/json, text/csv;q=0.5', 'application/json'],
    ['text/csv;q=0.9, application/json;q=0.1', 'text/csv'],
    ['text/*', 'text/csv'],
  ])('for Accept: %s it answers in %s', async (accept, type) => {
    const { beneficiary } = await aGrant();
    expect((await csv(beneficiary, accept)).headers['content-type']).toContain(type);
  });

  test('is refused in a media type that it does not have', async () => {
    const { beneficiary } = await aGrant();
    expect((await csv(beneficiary, 'application/pdf')).code).toBe('not-acceptable');
  });
});

describe('of a closed period', () => {
  test('is frozen; what happens later is in a new version', async () => {
    const scene = await aGrant({ nominal: 6, grantBody: CARRY });
    const [one, two] = [await aBooking(scene, 'booked'), await aBooking(scene, 'booked')];
    const next = await aNextGrant(scene);
    expect((await usageOf(scene))?.version).toBeUndefined();
    await closed([scene], next.pool);
    const first = await usageOf(scene);
    expect(first).toMatchObject({ version: 1, booked: 2, used: 0, carriedOut: 2, expired: 2, unused: 0 });

    await act(scene, 'arriveBooking', one.id);
    await act(scene, 'cancelBooking', two.id);
    expect(await usageOf(scene)).toEqual(first);

    const restated = await restate(scene);
    expect(restated.ok).toEqual({ poolId: scene.pool.id, restated: [{ grantId: scene.grant.id, version: 2 }] });
    expect(await usageOf(scene)).toMatchObject({ version: 2, booked: 0, used: 1, unused: 1, carriedOut: 2 });
    expect(await usageOf(scene, { version: 1 })).toEqual(first);
    expect(await usageOf(scene, { version: 3 })).toBeUndefined();
  });

  test('has no new version when nothing has happened', async () => {
    const scene = await aGrant();
    await closed([scene]);
    expect((await restate(scene)).ok.restated).toEqual([]);
  });

  test('has one new version, however often it is asked for', async () => {
    const scene = await aGrant();
    const booking = await aBooking(scene, 'booked');
    await closed([scene]);
    await act(scene, 'arriveBooking', booking.id);
    await hub.drainStreams();
    const { coordinator } = scene.provider;
    const ask = () =>
      coordinator.call('restateUsage', { params: { poolId: scene.pool.id }, body: { reason: 'correction' } });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.flatMap(({ ok }) => ok.restated)).toHaveLength(1);
    expect((await restate(scene)).ok.restated).toEqual([]);
  });

  test('before it is closed there is nothing to restate', async () => {
    expect((await restate(await aGrant())).code).toBe('period-not-closed');
  });
});

async function restate({ provider, pool }: Scene) {
  await hub.drainStreams();
  const params = { poolId: pool.id };
  return provider.coordinator.call('restateUsage', { params, body: { reason: 'correction' } });
}
