import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  aNextGrant,
  askToClose,
  CARRY,
  closed,
  dryRun,
  ledgerOf,
  NEXT_PERIOD,
  untilClosed,
} from '../support/closing.ts';
import { aGrant, anInstitution, aPool, elapsePeriod } from '../support/factories.ts';
import { aPair, grantOf, propose } from '../support/loans.ts';

describe('closing', () => {
  test('before the period is over is refused, and can be tried out', async () => {
    const scene = await aGrant({ nominal: 3 });
    const answer = await askToClose(scene.provider, scene.pool);
    expect(answer.code).toBe('period-not-over');
    expect((await dryRun(scene)).grants).toMatchObject([{ expired: 3 }]);
    expect(await grantOf(scene)).toMatchObject({ status: 'active' });
  });

  test('twice is refused; the same request again is not', async () => {
    const scene = await aGrant();
    await elapsePeriod(scene.pool, [scene.grant]);
    const key = randomUUID();
    const first = await askToClose(scene.provider, scene.pool, {}, key);
    await untilClosed([scene]);

    const again = await askToClose(scene.provider, scene.pool, {}, key);

    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.ok.status).toBe('closed');
    expect((await askToClose(scene.provider, scene.pool)).code).toBe('period-closed');
    expect((await askToClose(scene.provider, scene.pool, { dryRun: true })).code).toBe('period-closed');
  });

  test('at the same moment closes once', async () => {
    const scene = await aGrant({ nominal: 4 });
    await elapsePeriod(scene.pool, [scene.grant]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => askToClose(scene.provider, scene.pool)));
    expect(answers.every(({ status }) => status === 200 || status === 409 || status === 503)).toBe(true);
    await untilClosed([scene]);
    const types = (await ledgerOf(scene)).map(({ type }) => type);
    expect(types).toEqual(['grant', 'cut-off', 'expire-units', 'close']);
  });

  test('without a pool for what is carried over is refused', async () => {
    const scene = await aGrant({ nominal: 4, grantBody: CARRY });
    await elapsePeriod(scene.pool, [scene.grant]);
    expect((await askToClose(scene.provider, scene.pool)).code).toBe('next-pool-missing');
    expect((await grantOf(scene)).status).toBe('active');
  });

  test('into a pool that does not suit is refused', async () => {
    const scene = await aGrant({ nominal: 4, grantBody: CARRY });
    await elapsePeriod(scene.pool, [scene.grant]);
    const unsuitable = [
      { id: randomUUID() },
      scene.pool,
      await aPool(await anInstitution(), { period: NEXT_PERIOD }),
      await aPool(scene.provider, { period: NEXT_PERIOD, service: 'gamma-knife' }),
      await aPool(scene.provider, { period: { ...NEXT_PERIOD, start: '2020-01-01' } }),
    ];
    for (const { id } of unsuitable) {
      expect((await askToClose(scene.provider, scene.pool, { nextPoolId: id })).code).toBe('next-pool-unsuitable');
    }
  });

  test('into a pool without a grant for the partner names the partner', async () => {
    const scene = await aGrant({ nominal: 4, grantBody: CARRY });
    await elapsePeriod(scene.pool, [scene.grant]);
    const next = await aPool(scene.provider, { period: NEXT_PERIOD });
    const answer = await askToClose(scene.provider, scene.pool, { nextPoolId: next.id });
    expect(answer.code).toBe('next-grant-missing');
    expect(answer.problem['beneficiaryIds']).toEqual([scene.beneficiary.id]);
  });

  test('into a pool that is too small says how many courses it needs', async () => {
    const scene = await aGrant({ nominal: 4, grantBody: CARRY });
    const next = await aNextGrant(scene, { capacity: 1 });
    await elapsePeriod(scene.pool, [scene.grant]);
    const answer = await askToClose(scene.provider, scene.pool, { nextPoolId: next.pool.id });
    expect(answer.code).toBe('pool-capacity-exceeded');
    expect(answer.problem).toMatchObject({ unallocated: 1, needed: 2 });
    expect((await grantOf(scene)).status).toBe('active');
  });

  test('has not begun: nothing has been done', async () => {
    const scene = await aGrant();
    const { coordinator } = scene.provider;
    const { ok } = await coordinator.call('getClosing', { params: { poolId: scene.pool.id } });
    expect(ok).toEqual({ poolId: scene.pool.id, status: 'open', grants: [] });
  });
});

describe('in a closed period', () => {
  const aClosedScene = async () => {
    const scene = await aGrant({ nominal: 2 });
    await closed([scene]);
    return scene;
  };

  test('nothing is granted any more, and no terms change', async () => {
    const { provider, beneficiary, pool, grant } = await aClosedScene();
    const { coordinator } = provider;
    const version = (await coordinator.call('getGrant', { params: { grantId: grant.id } })).headers['etag'];
    const poolVersion = (await coordinator.call('getPool', { params: { poolId: pool.id } })).headers['etag'];
    const body = { beneficiaryId: beneficiary.id, nominal: 1 };
    expect((await coordinator.call('createGrant', { params: { poolId: pool.id }, body })).code).toBe('period-closed');
    for (const change of [{ nominal: 5, reason: 'correction' }, { status: 'active' }, { lendingLimit: 1 }]) {
      const params = { grantId: grant.id };
      const answer = await coordinator.call('updateGrant', { params, body: change, ifMatch: version ?? '' });
      expect(answer.code).toBe('period-closed');
    }
    const raised = { params: { poolId: pool.id }, body: { capacity: 50 }, ifMatch: poolVersion ?? '' };
    expect((await coordinator.call('updatePool', raised)).code).toBe('period-closed');
  });

  test('nothing is lent', async () => {
    const pair = await aPair();
    const { id } = (await propose(pair, 1)).ok;
    await closed([pair.lender, pair.borrower]);
    const approval = await pair.lender.beneficiary.coordinator.call('approveLoan', { params: { loanId: id } });
    expect(approval.status).toBe(422);
    expect((await propose(pair, 1)).status).toBe(422);
  });
});
