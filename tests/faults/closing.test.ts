import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Reality } from '../properties/loan-reality.ts';
import type { Wanted } from '../properties/loan-steps.ts';
import { World } from '../properties/world.ts';
import { isLong } from '../support/selection.ts';
import { TRIED } from './fault-proxy.ts';
import { losing } from './losing.ts';
import { Scene } from './scene.ts';

/** The end of a period when calls to the database fail, replies are lost, or the process dies. */

const AFTER = '2027-01-01T00:00:00Z';

let scene: Scene;
/** Reaches its database through the proxy, after the period. */
let disturbed: World;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  disturbed = new World(scene.hub, scene.proxy.url);
  disturbed.goTo(AFTER);
});
afterAll(async () => {
  disturbed.close();
  await scene.close();
});

const hold = (grant: number, who: 'child' | 'adult' | 'adult-who-waits'): Wanted => ({ do: 'hold', grant, who });
const act = (action: 'confirm' | 'release', booking: number): Wanted => ({ do: 'act', action, booking });
/** Something of everything: a hold, an offer, a wait, a loan of which a part comes back, reserved courses, bookings. */
const STEPS: readonly Wanted[] = [
  hold(0, 'child'),
  { do: 'lend', from: 0, to: 1, units: 2 },
  ...Array.from({ length: 6 }, () => hold(1, 'adult')),
  hold(1, 'adult-who-waits'),
  hold(1, 'adult-who-waits'),
  ...[1, 2, 3, 4, 5].map((booking) => act('confirm', booking)),
  act('release', 6),
];
/** What is carried over then, and all the room there is for it. */
const CARRIED = 1;

/** A period that is over and not closed. */
async function prepared(): Promise<Reality> {
  const real = new Reality(scene.hub, 2);
  const terms = [
    { reserve: 1, carryOver: { percent: 50, max: 3 } },
    { reserve: 0, carryOver: { percent: 100, max: 5 } },
  ];
  await real.open(terms, { nominal: 4, limit: 4, capacity: 8, next: CARRIED });
  for (const step of STEPS) await real.carryOut(step);
  real.world.goTo(AFTER);
  return real;
}

/** Nothing is made or lost, also half-way. */
async function expectSums(real: Reality, when: string): Promise<void> {
  const { capacities, found } = await real.sums();
  expect(found, when).toEqual(capacities);
}

const endOf = async (real: Reality) => ({
  ...(await real.state()),
  carriedIn: await real.carriedIn(),
  ...(await real.sums()),
  statuses: await real.statuses(),
});

/** Closes as the job does: again until it comes to its end. */
async function closeAtLast(real: Reality): Promise<void> {
  for (let run = 0; run < 40; run++) {
    const outcome = await real.closeGrants(disturbed).catch(() => 'failed');
    if (outcome === 'not-closing') return;
    if (outcome === 'held-up') throw new Error('There is room for what is carried over');
  }
  throw new Error('The period is still not closed');
}

async function undisturbed() {
  const real = await prepared();
  await real.closePeriod(false);
  expect(await real.closeGrants()).toBe('closed');
  const end = await endOf(real);
  real.world.close();
  expect(end.carriedIn).toEqual([CARRIED, 0]);
  expect(end.loans).toEqual([{ status: 'settled', outstanding: 0, returned: 1 }]);
  return end;
}

/** At some of the calls; in the long run at every call. */
const STRIDE = isLong ? 1 : 8;

describe.each(TRIED)('when a call is %s', (fault) => {
  test('the job comes to the same end', async () => {
    const expected = await undisturbed();
    let calls = 0;
    for (let at = 1; ; at += STRIDE) {
      const real = await prepared();
      await real.closePeriod(false);
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      await real.closeGrants(disturbed).catch(() => 'failed');
      const reached = scene.proxy.calls >= at;
      calls = Math.max(calls, scene.proxy.calls);
      scene.proxy.follow();
      await expectSums(real, `${fault} at call ${String(at)}`);
      await closeAtLast(real);
      expect(await endOf(real), `${fault} at call ${String(at)}`).toEqual(expected);
      real.world.close();
      if (!reached) break;
    }
    expect(calls).toBeGreaterThan(20);
  }, 600_000);

  test('the request comes to the same end', async () => {
    const expected = await undisturbed();
    for (let at = 1; ; at += STRIDE) {
      const real = await prepared();
      const close = () => real.closePeriod(false, disturbed, 'the same');
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      await close().catch(() => 'failed');
      const reached = scene.proxy.calls >= at;
      scene.proxy.follow();
      expect((await close()).value.status, `${fault} at call ${String(at)}`).toBe('closing');
      await closeAtLast(real);
      expect(await endOf(real), `${fault} at call ${String(at)}`).toEqual(expected);
      real.world.close();
      if (!reached) break;
    }
  }, 600_000);
});

test.each([0.05, 0.2, 0.5])(
  'when %f of the replies are lost the job comes to the same end',
  async (share) => {
    const expected = await undisturbed();
    for (let run = 0; run < (isLong ? 20 : 2); run++) {
      const real = await prepared();
      await real.closePeriod(false);
      scene.proxy.follow(losing(share + run / 100));
      await closeAtLast(real);
      scene.proxy.follow();
      expect(await endOf(real)).toEqual(expected);
      real.world.close();
    }
  },
  600_000,
);

test('when three jobs close it at the same moment they come to the same end', async () => {
  const expected = await undisturbed();
  const real = await prepared();
  await real.closePeriod(false);
  const outcomes = await Promise.all([real.closeGrants(), real.closeGrants(disturbed), real.closeGrants()]);
  expect(outcomes).not.toContain('held-up');
  expect(await endOf(real)).toEqual(expected);
  real.world.close();
});
