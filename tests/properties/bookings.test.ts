import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { act } from '../../lambdas/quotas/booking-operations.ts';
import { bookingsAsClaims } from '../../lambdas/quotas/bookings-as-claims.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { getGrant, updateGrant } from '../../lambdas/quotas/grant-operations.ts';
import { hold } from '../../lambdas/quotas/hold.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { showGrant } from '../../lambdas/quotas/model.ts';
import { sweepAccount } from '../../lambdas/shared/capacity/sweep.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { type ActionName, BookingModel, KEYS_ARE_GOOD_FOR } from './booking-model.ts';
import { grantsIn } from './grants.ts';
import { sequenceOf, tryAll } from './sequences.ts';
import { as, outcomeOf, World } from './world.ts';

const GRANTS = 2;
const NOMINAL = 2;
const CAPACITY = 8;

let hub: Hub;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

const ROUTES = {
  confirm: quotaRoutes.confirmBooking,
  release: quotaRoutes.releaseBooking,
  cancel: quotaRoutes.cancelBooking,
  arrive: quotaRoutes.arriveBooking,
  complete: quotaRoutes.completeBooking,
  'no-show': quotaRoutes.noShowBooking,
  'accept-offer': quotaRoutes.acceptOffer,
  'decline-offer': quotaRoutes.declineOffer,
  withdraw: quotaRoutes.withdrawBooking,
} as const;

const grantIndex = fc.nat({ max: GRANTS - 1 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      grant: grantIndex,
      patient: fc.nat({ max: 5 }),
      key: fc.nat({ max: 9 }),
      join: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      action: fc.constantFrom<ActionName>(
        'confirm',
        'release',
        'cancel',
        'arrive',
        'complete',
        'no-show',
        'accept-offer',
        'decline-offer',
        'withdraw',
      ),
      booking: fc.nat({ max: 7 }),
      key: fc.nat({ max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(4, 16, 2900) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('resize' as const), grant: grantIndex, nominal: fc.nat({ max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('suspend' as const), grant: grantIndex, suspended: fc.boolean() }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function newWorld() {
  const world = new World(hub);
  const grantIds = await grantsIn(
    world,
    Array.from({ length: GRANTS }, () => NOMINAL),
    CAPACITY,
  );
  return { world, grantIds };
}

async function carryOut(
  real: Awaited<ReturnType<typeof newWorld>>,
  bookingIds: string[],
  wanted: Step,
): Promise<string> {
  const { world, grantIds } = real;
  switch (wanted.do) {
    case 'hold': {
      const body = {
        patient: `P-${String(wanted.patient)}`,
        ageBand: '0-17',
        diagnosis: 'C71.6',
        holdFor: 'interactive',
        joinWaitlist: wanted.join,
      } as const;
      // The line is ordered by the time of joining: no two at the same.
      world.advance(1 / 60_000);
      const request = {
        permission: as(world.beneficiary, quotaRoutes.holdBooking),
        grantId: grantIds[wanted.grant] ?? '',
        body,
        idempotencyKey: `${String(wanted.key)}-${String(Math.floor(world.minutes / KEYS_ARE_GOOD_FOR))}`,
      };
      return outcomeOf(hold(world, request), ({ value, replayed }) => {
        if (!bookingIds.includes(value.id)) bookingIds.push(value.id);
        return `${replayed ? 'replayed' : 'held'}:${String(bookingIds.indexOf(value.id))}`;
      });
    }
    case 'act': {
      const bookingId = bookingIds[wanted.booking];
      if (bookingId === undefined) return 'no booking';
      const { action, key } = wanted;
      const request = {
        permission: as(world.beneficiary, ROUTES[action]),
        body: {},
        bookingId,
        action,
        idempotencyKey: String(key),
        expectedVersion: undefined,
      };
      return outcomeOf(
        act(world, request),
        ({ value, replayed }) => `${replayed ? 'replayed' : 'done'}:${value.status}`,
      );
    }
    case 'wait':
      world.advance(wanted.minutes);
      return 'waited';
    case 'sweep':
      // Grant by grant: the list of all swept grants is shared by the worlds of this run, each with its own clock.
      for (const grantId of grantIds) await sweepAccount(bookingsAsClaims(world), accountKey(grantId));
      return 'swept';
    case 'resize':
      return update(real, wanted.grant, { nominal: wanted.nominal, reason: 'correction' });
    case 'suspend':
      return update(real, wanted.grant, { status: wanted.suspended ? 'suspended' : 'active' });
  }
}

async function update(real: Awaited<ReturnType<typeof newWorld>>, index: number, body: object): Promise<string> {
  const { world, grantIds } = real;
  const grantId = grantIds[index] ?? '';
  const { grant } = await getGrant(world, as(world.provider, quotaRoutes.getGrant), grantId);
  const request = {
    permission: as(world.provider, quotaRoutes.updateGrant),
    grantId,
    body,
    expectedVersion: grant.version,
  };
  return outcomeOf(updateGrant(world, request), () => 'updated');
}

async function balances(real: Awaited<ReturnType<typeof newWorld>>) {
  const { world, grantIds } = real;
  return Promise.all(
    grantIds.map(async (id) => {
      const { grant, account } = await getGrant(world, as(world.beneficiary, quotaRoutes.getGrant), id);
      const committed = account.reduce((sum, segment) => sum + segment.committed, 0);
      const holders = account.reduce((sum, segment) => sum + segment.holders.length, 0);
      return { ...showGrant(grant, account).balance, holdersEqualCommitted: committed === holders };
    }),
  );
}

test('any sequence of requests, waits and sweeps leaves bookings and balances as the model says', async () => {
  await tryAll('bookings', sequenceOf(step, 25), async (steps) => {
    const real = await newWorld();
    const model = new BookingModel(GRANTS, NOMINAL, CAPACITY);
    const bookingIds: string[] = [];
    try {
      for (const wanted of steps) {
        expect(await carryOut(real, bookingIds, wanted), JSON.stringify(wanted)).toBe(model.carryOut(wanted));
      }
      expect(await balances(real)).toEqual(model.balances());
    } finally {
      await real.world.leave(...real.grantIds);
    }
  });
}, 3_600_000);
