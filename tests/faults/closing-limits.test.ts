import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { expireCarried } from '../../lambdas/quotas/carried-units.ts';
import { quotaRoutes as routes } from '../../lambdas/quotas/contract.ts';
import { readGrant, updateGrant } from '../../lambdas/quotas/grant-operations.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { SEGMENT_UNITS, totals } from '../../lambdas/shared/capacity/account.ts';
import { deriveId, type Holder } from '../../lambdas/shared/capacity/holder.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { Reality } from '../properties/loan-reality.ts';
import type { Terms } from '../properties/loan-steps.ts';
import { as, outcomeOf } from '../properties/world.ts';
import { startQuietHub } from '../support/quiet-hub.ts';

/** The end of a period where it is larger than one transaction, or its surroundings are not as they were foreseen. */

const AFTER = '2027-01-01T00:00:00Z';
const ALL = { percent: 100, max: 2000 };

let hub: Hub;
const opened: Reality[] = [];
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(async () => {
  for (const { world } of opened) world.close();
  await hub.stop();
});

async function aPeriod(terms: readonly Terms[], nominal: number, next: number): Promise<Reality> {
  const real = new Reality(hub, terms.length);
  opened.push(real);
  await real.open(terms, { nominal, limit: nominal, capacity: nominal * terms.length, next });
  return real;
}

const grantOf = (real: Reality, index: number) => readGrant(real.world, real.grantIds[index] ?? '');
const nextOf = (real: Reality, index: number) => readGrant(real.world, real.nextGrantIds[index] ?? '');

async function change(real: Reality, grantId: string, body: object): Promise<void> {
  const { grant } = await readGrant(real.world, grantId);
  const permission = as(real.world.provider, routes.updateGrant);
  await updateGrant(real.world, { permission, grantId, body, expectedVersion: grant.version });
}

/** Has a patient's course in every segment of an account. @returns gives them back again */
async function scatter(real: Reality, grantId: string): Promise<() => Promise<unknown>> {
  const key = accountKey(grantId);
  const { accounts } = real.world.quotas;
  const { account } = await accounts.load(key, { consistent: true });
  const holders = account.map(({ number }) => {
    const holder: Holder = { id: deriveId(grantId, String(number)), subject: 'nobody', state: 'confirmed' };
    return { number, holder };
  });
  await Promise.all(holders.map(({ number, holder }) => accounts.take(key, number, holder)));
  return () => Promise.all(holders.map(({ number, holder }) => accounts.free(key, number, holder.id, 0)));
}

/** Has a patient's course in every place of one segment. */
async function fill(real: Reality, grantId: string, number: number): Promise<void> {
  for (let place = 0; place < SEGMENT_UNITS; place++) {
    const id = deriveId(grantId, 'full', String(place));
    await real.world.quotas.accounts.take(accountKey(grantId), number, { id, subject: 'nobody', state: 'confirmed' });
  }
}

async function expectSums(real: Reality): Promise<void> {
  const { capacities, found } = await real.sums();
  expect(found).toEqual(capacities);
}

async function end(real: Reality): Promise<string> {
  real.world.goTo(AFTER);
  await real.closePeriod(false);
  return real.closeGrants();
}

describe('a grant of two thousand courses', () => {
  test('is carried over in as many steps as that takes', async () => {
    const real = await aPeriod([{ reserve: 0, carryOver: ALL }], 2000, 2000);
    await scatter(real, real.grantIds[0] ?? '');

    expect(await end(real)).toBe('closed');

    expect(await real.carriedIn()).toEqual([1920]);
    expect(totals((await grantOf(real, 0)).account)).toMatchObject({ entitled: 80, committed: 80 });
    await expectSums(real);
  });

  test('in more segments than one transaction can write is cut off, and expires', async () => {
    const real = await aPeriod([{ reserve: 0 }], 2000, 0);
    const [grantId = ''] = real.grantIds;
    const giveBack = await scatter(real, grantId);
    await change(real, grantId, { paediatricReserve: { units: 1000, releaseDate: '2026-12-31' } });
    await giveBack();
    const last = (await grantOf(real, 0)).account.at(-1);
    expect(last).toMatchObject({ entitled: SEGMENT_UNITS, reserved: true });
    expect((await grantOf(real, 0)).account.length).toBeGreaterThan(100);
    // One that is full is not written again after the cut-off.
    await fill(real, grantId, last?.number ?? 0);

    expect(await end(real)).toBe('closed');

    const { grant, account } = await grantOf(real, 0);
    expect(grant).toMatchObject({ adjustments: { expired: 1975 }, paediatricReserve: { units: 25 } });
    expect(account.filter(({ closed }) => !closed)).toEqual([]);
    await expectSums(real);
  });
});

describe('a period that cannot be closed as it was foreseen', () => {
  /** One that carries over a course only because a booking was cancelled after the answer. */
  async function fullyBooked(): Promise<Reality> {
    const real = await aPeriod([{ reserve: 0, carryOver: ALL }], 1, 5);
    await real.carryOut({ do: 'hold', grant: 0, who: 'adult' });
    await real.carryOut({ do: 'act', action: 'confirm', booking: 0 });
    real.world.goTo(AFTER);
    return real;
  }

  test('as no pool was named takes one later', async () => {
    const real = await fullyBooked();
    await real.closePeriod(false, real.world, 'first', {});
    await real.carryOut({ do: 'act', action: 'cancel', booking: 0 });
    expect(await real.closeGrants()).toBe('held-up');
    await expectSums(real);
    expect(await outcomeOf(real.closePeriod(false, real.world, 'again', {}), () => '')).toBe('next-pool-missing');

    await real.closePeriod(false);

    expect(await real.closeGrants()).toBe('closed');
    expect(await real.carriedIn()).toEqual([1]);
    expect((await real.world.quotas.getPool(real.poolId))?.nextPoolId).toBe(real.nextPoolId);
    await expectSums(real);
  });

  test('as the next pool is being closed itself takes another one, and only then', async () => {
    const real = await fullyBooked();
    await real.closePeriod(false);
    await real.carryOut({ do: 'act', action: 'cancel', booking: 0 });
    const first = { poolId: real.poolId, nextPoolId: real.nextPoolId };
    const { poolId, grantId } = await real.another('next', 5, { nominal: 0 });
    const other = { nextPoolId: poolId };
    expect(await outcomeOf(real.closePeriod(false, real.world, 'early', other), () => '')).toBe('period-closed');
    real.world.goTo('2028-01-01T00:00:00Z');
    real.poolId = first.nextPoolId;
    await real.closePeriod(false, real.world, 'the next one', {});
    real.poolId = first.poolId;
    expect(await real.closeGrants()).toBe('held-up');

    await real.closePeriod(false, real.world, 'late', other);

    expect(await real.closeGrants()).toBe('closed');
    expect((await readGrant(real.world, grantId)).grant.adjustments.carriedIn).toBe(1);
    expect(await real.carriedIn()).toEqual([0]);
  });

  test('as there is no room goes on when there is', async () => {
    const real = await aPeriod([{ reserve: 0, carryOver: ALL }, { reserve: 0 }], 3, 3);
    real.world.goTo(AFTER);
    await real.closePeriod(false);
    await change(real, real.nextGrantIds[1] ?? '', { nominal: 1, reason: 'correction' });
    expect(await real.closeGrants()).toBe('held-up');
    // The others are not kept waiting.
    expect(await real.statuses()).toEqual(['closing', 'closing', 'closed']);
    expect(await outcomeOf(real.closePeriod(true), () => '')).toBe('pool-capacity-exceeded');
    await change(real, real.nextGrantIds[1] ?? '', { nominal: 0 });

    expect((await real.closePeriod(true)).value.grants).toMatchObject([{ carriedOut: 3 }, { expired: 0 }]);
    await real.closePeriod(false);

    expect(await real.closeGrants()).toBe('closed');
    expect(await real.carriedIn()).toEqual([3, 0]);
    await expectSums(real);
  });

  test('carries into a grant that is suspended, where nobody can use it yet', async () => {
    const real = await aPeriod([{ reserve: 0, carryOver: ALL }], 30, 30);
    await change(real, real.nextGrantIds[0] ?? '', { status: 'suspended' });

    expect(await end(real)).toBe('closed');

    const { grant, account } = await nextOf(real, 0);
    expect(grant).toMatchObject({ status: 'suspended', adjustments: { carriedIn: 30 } });
    expect(account.every(({ closed }) => closed)).toBe(true);
    await change(real, grant.id, { status: 'active' });
    expect((await nextOf(real, 0)).account.some(({ closed }) => closed)).toBe(false);
    await expectSums(real);
  });

  test('a course that comes back to a closed grant stays there, and is nobody’s', async () => {
    const real = await aPeriod([{ reserve: 0 }, { reserve: 0, carryOver: ALL }], 1, 1);
    await real.carryOut({ do: 'hold', grant: 0, who: 'adult' });
    await real.carryOut({ do: 'act', action: 'confirm', booking: 0 });
    real.world.goTo(AFTER);
    await real.closePeriod(false);
    await change(real, real.nextGrantIds[0] ?? '', { nominal: 1, reason: 'correction' });
    expect(await real.closeGrants()).toBe('held-up');
    await real.carryOut({ do: 'act', action: 'cancel', booking: 0 });
    await change(real, real.nextGrantIds[0] ?? '', { nominal: 0 });

    const { grants } = (await real.closePeriod(true)).value;

    expect(grants).toMatchObject([{ expired: 0 }, { carriedOut: 1 }]);
    await real.closePeriod(false);
    expect(await real.closeGrants()).toBe('closed');
    const { grant, account } = await grantOf(real, 0);
    expect([grant.adjustments.expired, totals(account).available]).toEqual([0, 1]);
    expect(account.every(({ closed }) => closed)).toBe(true);
    await expectSums(real);
  });
});

test('of several lots of carried courses each expires once', async () => {
  const days = 10;
  const real = await aPeriod([{ reserve: 0, carryOver: { percent: 100, max: 3, days } }], 3, 20);
  const [nextId = ''] = real.nextGrantIds;
  await change(real, nextId, { nominal: 10, reason: 'correction' });
  const second = await real.another('this', 3, { nominal: 3, carryOver: { percent: 100, max: 3, days } });
  expect(await end(real)).toBe('closed');
  real.world.goTo('2027-02-01T00:00:00Z');
  expect(await expireCarried(real.world, nextId)).toBe(3);

  real.poolId = second.poolId;
  await real.closePeriod(false);
  expect(await real.closeGrants()).toBe('closed');

  expect(await expireCarried(real.world, nextId)).toBe(3);
  expect(await expireCarried(real.world, nextId)).toBe(0);
  expect(totals((await nextOf(real, 0)).account).entitled).toBe(10);
});
