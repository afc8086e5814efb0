import { afterAll, beforeAll, expect, test } from 'vitest';

import { ledgerPartition } from '../../lambdas/quotas/keys.ts';
import { aHistory, ledgerOf, type Told } from '../support/ledger.ts';
import { deliver as deliverTo } from './deliveries.ts';
import { FAULTS, type Fault } from './fault-proxy.ts';
import { Scene } from './scene.ts';

/** Every call of the job that writes the ledger, each fault at each of them, then the batch comes again. */

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
});
afterAll(() => scene.close());

const deliver = (told: readonly Told[]): Promise<readonly Told[]> => deliverTo(scene.hub, 'QuotasLedger', told);

async function disturbed(fault: Fault, at: number) {
  const { told, grant } = aHistory(4);
  scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
  let rest = await deliver(told);
  const reached = scene.proxy.calls >= at;
  scene.proxy.follow();
  for (let round = 0; rest.length > 0 && round < 5; round++) rest = await deliver(rest);
  // And once more, as if nobody had heard that it was done.
  await deliver(told);
  const rows = await scene.world.ledger.everything(ledgerPartition(grant.id));
  return { reached, rows, expected: ledgerOf(told) };
}

test.each(FAULTS)(
  'the ledger is the same when any call is %s',
  async (fault) => {
    let calls = 0;
    for (let at = 1; ; at++) {
      const { reached, rows, expected } = await disturbed(fault, at);
      expect(rows, `${fault} at call ${String(at)}`).toEqual(expected);
      if (!reached) break;
      calls = at;
    }
    expect(calls).toBe(5);
  },
  120_000,
);

test('one grant that cannot be written does not keep the others waiting', async () => {
  const [one, other] = [aHistory(3), aHistory(3)];
  const broken = one.told.map((each) => ({ ...each, after: { ...each.after, by: 'nobody' } }) as unknown as Told);
  const rest = await deliver([...broken, ...other.told]);
  expect(rest).toHaveLength(6);
  expect(await scene.world.ledger.everything(ledgerPartition(other.grant.id))).toEqual(ledgerOf(other.told));
  expect(await scene.world.ledger.everything(ledgerPartition(one.grant.id))).toEqual([]);
});
