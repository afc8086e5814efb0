import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { act } from '../../lambdas/quotas/booking-operations.ts';
import { bookingsAsClaims, subjectOf } from '../../lambdas/quotas/bookings-as-claims.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { hold } from '../../lambdas/quotas/hold.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { settle } from '../../lambdas/shared/capacity/settle.ts';
import { sweepAccount } from '../../lambdas/shared/capacity/sweep.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { grantsIn } from '../properties/grants.ts';
import { as, outcomeOf, World } from '../properties/world.ts';
import { startQuietHub } from '../support/quiet-hub.ts';

/** Several attempts of one request in each other's way, held and let go at chosen moments. */

let hub: Hub;
let world: World;
let grantId: string;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

/** A grant of two segments. */
beforeEach(async () => {
  world = new World(hub);
  [grantId = ''] = await grantsIn(world, [50]);
});

const request = (patient: string, idempotencyKey: string) => ({
  permission: as(world.beneficiary, quotaRoutes.holdBooking),
  grantId,
  body: { patient, ageBand: '0-17', diagnosis: 'C71.6', holdFor: 'interactive' } as const,
  idempotencyKey,
});

const confirm = (bookingId: string) =>
  act(world, {
    permission: as(world.beneficiary, quotaRoutes.confirmBooking),
    bookingId,
    action: 'confirm',
    body: {},
    idempotencyKey: undefined,
    expectedVersion: undefined,
  });

async function account() {
  return (await world.quotas.accounts.load(accountKey(grantId), { consistent: true })).account;
}

async function holders() {
  return (await account()).flatMap((segment) => segment.holders.map(({ state }) => ({ state, in: segment.number })));
}

/** A world in which the next booking is only put once `go` is called. */
function gated(): { ports: World; waiting: Promise<void>; go: () => void } {
  const arrived = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<undefined>();
  const ports = new World(hub);
  const put = ports.quotas.putNewBooking.bind(ports.quotas);
  ports.quotas.putNewBooking = async (booking) => {
    arrived.resolve(undefined);
    await gate.promise;
    return put(booking);
  };
  return {
    ports,
    waiting: arrived.promise,
    go: () => {
      gate.resolve(undefined);
    },
  };
}

test('a unit that a late attempt took in another segment is given back by the sweep', async () => {
  const { value } = await hold(world, request('A-1', 'key'));
  const other = value.segment === 0 ? 1 : 0;
  const late = { id: value.id, subject: subjectOf(value), state: 'held', takenAt: 1, minutes: 15 } as const;
  await world.quotas.accounts.take(accountKey(grantId), other, late);
  await confirm(value.id);
  expect(await holders()).toHaveLength(2);

  await sweepAccount(bookingsAsClaims(world), accountKey(grantId));

  expect(await holders()).toEqual([{ state: 'confirmed', in: value.segment }]);
});

test('an attempt with another patient does not take over the unit, so that no patient is booked twice', async () => {
  const slow = gated();
  const first = hold(slow.ports, request('A-1', 'key'));
  await slow.waiting;

  const reused = await outcomeOf(hold(world, request('A-2', 'key')), () => 'held');
  const rival = outcomeOf(hold(world, request('A-1', 'other key')), () => 'held');
  slow.go();
  await first;

  expect(reused).toBe('idempotency-key-reused');
  expect(await rival).not.toBe('held');
  expect(await holders()).toHaveLength(1);
});

test('of two attempts that took a unit each, the one that put the booking keeps its unit', async () => {
  const slow = gated();
  const first = hold(slow.ports, request('A-1', 'key'));
  await slow.waiting;
  const [{ holder, segment } = { holder: undefined, segment: 0 }] = (await account()).flatMap((s) =>
    s.holders.map((h) => ({ holder: h, segment: s.number })),
  );
  if (holder === undefined) throw new Error('The first attempt took nothing');
  const other = segment === 0 ? 1 : 0;
  // The second attempt has not seen the first one's unit, and wins.
  await world.quotas.accounts.take(accountKey(grantId), other, holder);
  const template = (await hold(world, request('A-2', 'another'))).value;
  await world.quotas.putNewBooking({ ...template, id: holder.id, patient: 'A-1', segment: other });
  slow.go();

  await outcomeOf(first, () => 'held');
  await sweepAccount(bookingsAsClaims(world), accountKey(grantId));

  const kept = (await account()).filter((s) => s.holders.some(({ id }) => id === holder.id));
  expect(kept.map(({ number }) => number)).toEqual([other]);
});

test('a settlement that comes late does not take a later state back', async () => {
  const { value } = await hold(world, request('A-1', 'key'));
  const { value: confirmed } = await confirm(value.id);
  const arrived = { ...confirmed, status: 'in-treatment', version: confirmed.version + 1 } as const;
  await world.quotas.putNextBooking(arrived);
  await settle(bookingsAsClaims(world), arrived);

  expect(await settle(bookingsAsClaims(world), confirmed)).toBe(true);

  expect(await holders()).toEqual([{ state: 'arrived', in: value.segment }]);
});

test('a provider’s own cancellation never uses up the unit it promised', async () => {
  const { value } = await hold(world, request('A-1', 'key'));
  await confirm(value.id);

  const cancelled = await act(world, {
    permission: as(world.provider, quotaRoutes.cancelBooking),
    bookingId: value.id,
    action: 'cancel',
    body: { reason: 'provider-unavailable' },
    idempotencyKey: 'cancel',
    expectedVersion: undefined,
  });

  expect(cancelled.value).toMatchObject({ status: 'cancelled', unitForfeited: false });
  expect(await holders()).toEqual([]);
});

test('an action repeated with its key and another body is refused', async () => {
  const { value } = await hold(world, request('A-1', 'key'));
  await confirm(value.id);
  const cancel = (reason: 'patient-declined' | 'medical-grounds') =>
    outcomeOf(
      act(world, {
        permission: as(world.beneficiary, quotaRoutes.cancelBooking),
        bookingId: value.id,
        action: 'cancel',
        body: { reason },
        idempotencyKey: 'cancel',
        expectedVersion: undefined,
      }),
      ({ replayed }) => (replayed ? 'replayed' : 'done'),
    );

  expect(await cancel('patient-declined')).toBe('done');
  expect(await cancel('patient-declined')).toBe('replayed');
  expect(await cancel('medical-grounds')).toBe('idempotency-key-reused');
});
