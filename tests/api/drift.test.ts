import { UpdateCommand } from '@aws-sdk/lib-dynamodb';

import { afterEach, describe, expect, test } from 'vitest';

import { familyOf, holderKey } from '../../lambdas/shared/capacity/holder.ts';
import { metricsIn } from '../support/embedded-metrics.ts';
import { aBooking, act, aGrant, elapse, type Scene } from '../support/factories.ts';
import { engine, hub, quotasTable } from '../support/hub.ts';

/** What the sweep says when somebody has changed what is stored past the Hub. */

const sweep = (): Promise<void> => hub.runSchedule('QuotasSweepSchedule');

/** Changes a number of the first segment of a grant's account, as only a person with a console can. */
async function corrupt({ grant }: Scene, name: 'committed' | 'entitled', by: number): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await quotasTable(),
      Key: { pk: `GRANT#${familyOf(grant.id)}`, sk: 'GRANT#SEGMENT#00' },
      UpdateExpression: 'SET #name = #name + :by',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':by': by },
    }),
  );
}

/** What has been logged about a grant's account. */
async function complaintsAbout({ grant }: Scene): Promise<Record<string, unknown>[]> {
  const lines = (await hub.logs()).filter((line) => line.includes('"CapacityDrift"') && line.includes(grant.id));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function lastDrift(): Promise<number | undefined> {
  const line = (await hub.logs()).findLast((each) => each.includes('"job":"sweep"') && each.includes('GrantsSwept'));
  return metricsIn(line ?? '{}').find(({ name }) => name === 'CapacityDrift')?.value;
}

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
  await sweep();
});

async function corrupted(scene: Scene, name: 'committed' | 'entitled', by: number): Promise<void> {
  await corrupt(scene, name, by);
  undo.push(() => corrupt(scene, name, -by));
}

test('a booking that has lost its unit is told when it is next changed', async () => {
  const scene = await aGrant({ nominal: 2 });
  const { id } = await aBooking(scene, 'booked');
  // Else the record of the confirmation would tell, too.
  await hub.drainStreams();
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await quotasTable(),
      Key: { pk: `GRANT#${familyOf(id)}`, sk: 'GRANT#SEGMENT#00' },
      UpdateExpression: 'SET committed = committed - :one REMOVE holders.#holder',
      ExpressionAttributeNames: { '#holder': holderKey(id) },
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );

  expect((await act(scene, 'arriveBooking', id)).status).toBe(200);
  await hub.drainStreams();

  const told = async () =>
    (await hub.logs()).filter((line) => line.includes('"BookingWithoutUnit"') && line.includes(id));
  await expect
    .poll(async () => (await told()).flatMap(metricsIn))
    .toEqual([{ namespace: 'OncologyHub/dev', name: 'CapacityDrift', dimensions: {}, value: 1 }]);
});

describe('drift', () => {
  test.each([
    ['counts a unit that nobody holds', 'committed', 1],
    ['does not count a unit that is held', 'committed', -1],
    ['holds more than its share', 'entitled', -2],
  ] as const)('is told of a segment that %s', async (_, name, by) => {
    const scene = await aGrant({ nominal: 3 });
    await aBooking(scene, 'booked');
    await aBooking(scene, 'booked');
    await corrupted(scene, name, by);

    await sweep();

    const [complaint] = await complaintsAbout(scene);
    expect(complaint).toMatchObject({
      level: 'ERROR',
      message: 'job failed',
      job: 'sweep',
      id: scene.grant.id,
      errorName: 'CapacityDrift',
    });
    await expect.poll(lastDrift).toBeGreaterThanOrEqual(1);
  });

  test('is not told of an account that is sound, with bookings in every state', async () => {
    const scene = await aGrant({ nominal: 30, poolBody: { noShowPolicy: 'forfeit-unit' } });
    for (const status of ['held', 'booked', 'in-treatment', 'fulfilled', 'released', 'cancelled', 'noshow'] as const) {
      await aBooking(scene, status);
    }

    await sweep();

    expect(await complaintsAbout(scene)).toEqual([]);
  });

  test('does not keep the sweep from giving back what has expired', async () => {
    const scene = await aGrant({ nominal: 3 });
    await corrupted(scene, 'committed', 1);
    const held = await aBooking(scene, 'held');
    await elapse(held);

    await sweep();

    const { coordinator } = scene.beneficiary;
    expect((await coordinator.call('getBooking', { params: { bookingId: held.id } })).ok.status).toBe('expired');
    expect((await coordinator.call('getGrant', { params: { grantId: scene.grant.id } })).ok.balance.held).toBe(0);
  });
});

test('the reconciler tells of a grant that counts other than its ledger adds up to, and of no other', async () => {
  const [scene, other] = [await aGrant(), await aGrant()];
  await aBooking(other, 'booked');
  await hub.drainStreams();
  await corrupted(scene, 'committed', 1);

  await hub.runSchedule('QuotasReconcileSchedule');

  const told = async ({ grant }: Scene): Promise<boolean> =>
    (await hub.logs()).some((line) => line.includes('CountersDiffer') && line.includes(grant.id));
  await expect.poll(() => told(scene)).toBe(true);
  const run = async () => (await hub.logs()).findLast((line) => line.includes('"job":"reconcile","grants"')) ?? '{}';
  await expect
    .poll(async () => metricsIn(await run()).find(({ name }) => name === 'CapacityDrift')?.value)
    .toBeGreaterThan(0);
  expect(await told(other)).toBe(false);
});
