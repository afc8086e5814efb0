import { afterAll, beforeAll, expect, test } from 'vitest';

import { bookingsAsClaims } from '../../lambdas/quotas/bookings-as-claims.ts';
import { expireCarried } from '../../lambdas/quotas/carried-units.ts';
import { quotaRoutes as routes } from '../../lambdas/quotas/contract.ts';
import { readGrant } from '../../lambdas/quotas/grant-operations.ts';
import { hold } from '../../lambdas/quotas/hold.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { unitState } from '../../lambdas/quotas/model.ts';
import { isWhole } from '../../lambdas/quotas/moves.ts';
import { totals } from '../../lambdas/shared/capacity/account.ts';
import { sweepAccount } from '../../lambdas/shared/capacity/sweep.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { Reality } from '../properties/loan-reality.ts';
import type { Wanted } from '../properties/loan-steps.ts';
import { as, outcomeOf, World } from '../properties/world.ts';
import { startQuietHub } from '../support/quiet-hub.ts';

/** The end of a period while others do everything they can at the same moment. */

const LAST_SECOND = '2026-12-31T20:59:59Z';
/** So soon after the end that nothing is taken for left behind which is still under way here. */
const SOON = '2026-12-31T21:00:30Z';
const AFTER = '2026-12-31T21:02:00Z';

const ROUNDS = Math.min(50, Math.ceil(Number(process.env['HUB_SEQUENCES'] ?? 60) / 12));

let hub: Hub;
let closing: World;
let late: World;
beforeAll(async () => {
  hub = await startQuietHub();
  closing = new World(hub);
  closing.goTo(SOON);
  late = new World(hub);
  late.goTo(AFTER);
});
afterAll(async () => {
  closing.close();
  late.close();
  await hub.stop();
});

const GRANTS = 3;
const each = <T>(items: readonly T[], times: number): T[] => Array.from({ length: times }, () => items).flat();
const holds = (who: 'child' | 'adult' | 'adult-who-waits'): Wanted[] =>
  Array.from({ length: GRANTS }, (_, grant) => ({ do: 'hold', grant, who }));
const PREPARED: readonly Wanted[] = [
  { do: 'lend', from: 0, to: 1, units: 3 },
  { do: 'lend', from: 1, to: 2, units: 2 },
  { do: 'lend', from: 2, to: 0, units: 2 },
  ...each(holds('adult'), 4),
  ...holds('child'),
  ...each(holds('adult-who-waits'), 3),
  ...Array.from({ length: 6 }, (_, booking): Wanted => ({ do: 'act', action: 'confirm', booking })),
  { do: 'act', action: 'release', booking: 6 },
  { do: 'act', action: 'release', booking: 7 },
];
const bookings = Array.from({ length: 24 }, (_, booking) => booking);
const MEANWHILE: readonly Wanted[] = [
  ...holds('adult'),
  ...holds('adult-who-waits'),
  ...bookings.map((booking): Wanted => {
    const actions = ['confirm', 'cancel', 'accept-offer', 'release', 'withdraw'] as const;
    return { do: 'act', action: actions[booking % actions.length] ?? 'confirm', booking };
  }),
  { do: 'return', loan: 0, units: 1 },
  { do: 'recall', loan: 1, units: 1 },
  { do: 'write-off', loan: 2, units: 1 },
  { do: 'resize', grant: 0, nominal: 3 },
  { do: 'limit', grant: 1, lending: 9, borrowing: 9 },
  { do: 'suspend', grant: 2, suspended: true },
];

/** Every unit that counts has its booking, and every booking that needs a unit has one, in the same state. */
async function expectHolders(real: Reality, grantId: string): Promise<void> {
  const { account } = await readGrant(real.world, grantId);
  const made = await real.world.quotas.allBookings(grantId);
  const due = made.flatMap((booking) => unitState(booking) ?? []);
  expect(account.flatMap(({ holders }) => holders.map(({ state }) => state)).toSorted()).toEqual(due.toSorted());
  expect(account.every(({ committed, holders }) => committed === holders.length)).toBe(true);
}

async function closeAtLast(real: Reality): Promise<void> {
  for (let run = 0; run < 40; run++) {
    if ((await real.closeGrants(closing).catch(() => 'busy')) === 'not-closing') return;
  }
  throw new Error('The period is still not closed');
}

test.each(Array.from({ length: ROUNDS }, (_, round) => round))(
  'closing makes and loses nothing, round %i',
  async () => {
    const real = new Reality(hub, GRANTS);
    const terms = [
      { reserve: 1, carryOver: { percent: 50, max: 3 } },
      { reserve: 0, carryOver: { percent: 100, max: 9 } },
      { reserve: 1 },
    ];
    await real.open(terms, { nominal: 5, limit: 5, capacity: 16, next: 30 });
    for (const step of PREPARED) await real.carryOut(step);
    real.world.goTo(LAST_SECOND);
    await real.closePeriod(false, late);

    const steps = MEANWHILE.map((step) => ({ step, order: Math.random() })).toSorted((a, b) => a.order - b.order);
    const outcomes = await Promise.all([
      ...steps.map(({ step }) => real.carryOut(step)),
      ...[closing, closing, real.world].map((world) => real.closeGrants(world).catch(() => 'busy')),
    ]);
    expect(outcomes).not.toContain('held-up');
    await closeAtLast(real);

    // What a request wrote after all was cleared, the sweep ends with the time of its hold.
    real.world.goTo('2027-02-01T00:00:00Z');
    for (const id of real.grantIds) await sweepAccount(bookingsAsClaims(real.world), accountKey(id));
    expect(await real.statuses()).toEqual(['closed', 'closed', 'closed', 'closed']);
    const { capacities, found } = await real.sums();
    expect(found).toEqual(capacities);
    const { grants, loans } = await real.state();
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(grants.map(({ carriedOut }) => carriedOut))).toBe(sum(await real.carriedIn()));
    expect(grants.every(({ lentOut, borrowedIn }) => lentOut === 0 && borrowedIn === 0)).toBe(true);
    expect(loans.every(({ outstanding }) => outstanding === 0)).toBe(true);
    for (const id of real.grantIds) {
      await expectHolders(real, id);
      const state = await readGrant(real.world, id);
      expect(isWhole(state)).toBe(true);
      expect(totals(state.account).available).toBeGreaterThanOrEqual(0);
    }
    real.world.close();
  },
);

test('carried courses expire once, and no course that is booked at the same moment', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const real = new Reality(hub, 1);
    const carryOver = { percent: 100, max: 30, days: 10 };
    await real.open([{ reserve: 0, carryOver }], { nominal: 30, limit: 0, capacity: 30, next: 30 });
    real.world.goTo(AFTER);
    await real.closePeriod(false);
    expect(await real.closeGrants()).toBe('closed');
    real.world.goTo('2027-01-12T00:00:00Z');
    const [grantId = ''] = real.nextGrantIds;
    const [holder] = real.partners;
    const book = (key: number) => {
      const permission = as(holder ?? real.world.beneficiary, routes.holdBooking);
      const patient = {
        patient: `P-${String(key)}`,
        ageBand: '18+',
        diagnosis: 'C71.6',
        holdFor: 'interactive',
      } as const;
      const request = { permission, grantId, body: patient, idempotencyKey: String(key) };
      return outcomeOf(hold(real.world, request), ({ value }) => value.status);
    };

    const [expired, booked] = await Promise.all([
      Promise.all([0, 1].map(() => expireCarried(real.world, grantId))),
      Promise.all(Array.from({ length: 8 }, (_, key) => book(key))),
    ]);
    // Whoever met too many others leaves it to the next run.
    expired.push(await expireCarried(real.world, grantId));

    const { grant, account } = await readGrant(real.world, grantId);
    const gone = expired.reduce((sum, units) => sum + units, 0);
    expect(grant.adjustments).toMatchObject({ carriedIn: 30, expired: gone });
    expect(grant.carriedUntil).toBeUndefined();
    const held = booked.filter((outcome) => outcome === 'held').length;
    expect(totals(account)).toMatchObject({ entitled: 30 - gone, committed: held });
    expect(gone).toBeGreaterThanOrEqual(30 - 8);
    await expectHolders(real, grantId);
    const { capacities, found } = await real.sums();
    expect(found).toEqual(capacities);
    real.world.close();
  }
});
