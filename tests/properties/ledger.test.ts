import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { sourceOf } from '../../lambdas/quotas/ledger.ts';
import { LedgerRow } from '../../lambdas/quotas/ledger-contract.ts';
import { faultsOfChain } from '../../lambdas/shared/chain/chain.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { aHistory, entryOf, ledgerOf, type Told } from '../support/ledger.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { World } from './world.ts';

/** However a stream's records come: in another order, several times, to several writers at once. */

let hub: Hub;
let world: World;
beforeAll(async () => {
  hub = await startQuietHub();
  world = new World(hub);
});
afterAll(async () => {
  world.close();
  await hub.stop();
});

let ledgers = 0;

async function write(deliveries: readonly (readonly Told[])[], writers: number) {
  const pk = `TEST#${String(++ledgers)}`;
  const queue = [...deliveries];
  const work = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      await world.ledger.append(pk, batch.map(entryOf));
    }
  };
  await Promise.all(Array.from({ length: writers }, work));
  return (await world.ledger.everything(pk)).map((row) => LedgerRow.parse(row));
}

test('in the order in which things happened, the rows are the same whoever writes them', async () => {
  const { told } = aHistory(30);
  const twice = [told.slice(0, 12), told.slice(5, 20), told, told.slice(29), told.slice(0, 1)];
  expect(await write(twice, 1)).toEqual(ledgerOf(told));
});

test('in any order, any number of times, to any number of writers: each change has one row and the sums are right', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 25 }),
      fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
      fc.array(fc.nat(), { minLength: 25, maxLength: 25 }),
      fc.integer({ min: 1, max: 3 }),
      async (changes, some, order, writers) => {
        const { told } = aHistory(changes);
        const all = told.map((each, index) => ({ each, key: order[index] ?? 0 }));
        const shuffled = all.toSorted((a, b) => a.key - b.key).map(({ each }) => each);
        const deliveries = [...some.map((batch) => batch.map((nth) => told[nth % told.length]!)), shuffled];

        const rows = await write(deliveries, writers);

        expect(faultsOfChain(rows)).toEqual([]);
        expect(rows.map(sourceOf).toSorted()).toEqual(told.map((each) => sourceOf(entryOf(each))).toSorted());
        expect(rows.at(-1)?.balance).toEqual(ledgerOf(told).at(-1)?.balance);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
