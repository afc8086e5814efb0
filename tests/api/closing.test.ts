import { describe, expect, test } from 'vitest';

import { aNextGrant, askToClose, CARRY, closed, dryRun, ledgerOf, untilClosed } from '../support/closing.ts';
import {
  aBooking,
  aBookingBody,
  abandonUnit,
  act,
  aGrant,
  balanceOf,
  elapse,
  elapseCarried,
  elapsePeriod,
  type Scene,
} from '../support/factories.ts';
import { DEPLOYED, hasUsed, hub } from '../support/hub.ts';
import { aLoan, aPair, grantOf } from '../support/loans.ts';

const statusOf = async ({ beneficiary }: Scene, bookingId: string) =>
  (await beneficiary.coordinator.call('getBooking', { params: { bookingId } })).ok.status;
const poolOf = async ({ provider, pool }: Scene) =>
  (await provider.coordinator.call('getPool', { params: { poolId: pool.id } })).ok;
describe('the end of a period', () => {
  test('keeps what has a date, releases what is held, and lets the rest expire', async () => {
    const scene = await aGrant({ nominal: 6 });
    const booked = await aBooking(scene, 'booked');
    await aBooking(scene, 'fulfilled');
    await aBooking(scene, 'noshow');
    const held = await aBooking(scene);

    const { status, grants } = await closed([scene]);

    expect(status).toBe('closed');
    expect(grants).toEqual([
      {
        grantId: scene.grant.id,
        beneficiaryId: scene.beneficiary.id,
        status: 'closed',
        holdsReleased: 1,
        waitingWithdrawn: 0,
        lentReturned: 0,
        lentKept: 0,
        borrowedReturned: 0,
        borrowedKept: 0,
        committed: 3,
        carriedOut: 0,
        expired: 3,
      },
    ]);
    expect(await statusOf(scene, booked.id)).toBe('booked');
    expect(await statusOf(scene, held.id)).toBe('released');
    expect(await balanceOf(scene)).toMatchObject({ entitled: 3, committed: 3, available: 0, booked: 1, held: 0 });
    expect(await poolOf(scene)).toMatchObject({ status: 'closed', allocated: 3, unallocated: 7 });
  });

  test('withdraws who waits and what is offered', async () => {
    const scene = await aGrant({ nominal: 1 });
    const taken = await aBooking(scene, 'booked');
    const offered = await aBooking(scene, 'held', { joinWaitlist: true });
    const waiting = await aBooking(scene, 'held', { joinWaitlist: true });
    await act(scene, 'cancelBooking', taken.id);
    await expect
      .poll(async () => [await statusOf(scene, offered.id), await statusOf(scene, waiting.id)])
      .toEqual(['offered', 'waitlisted']);

    const { grants } = await closed([scene]);

    expect(grants).toMatchObject([{ waitingWithdrawn: 2, expired: 1, committed: 0 }]);
    expect([await statusOf(scene, offered.id), await statusOf(scene, waiting.id)]).toEqual(['withdrawn', 'withdrawn']);
  });

  test('withdraws also whose offer has lapsed just now', async () => {
    const scene = await aGrant({ nominal: 1 });
    const taken = await aBooking(scene, 'booked');
    const { id } = await aBooking(scene, 'held', { joinWaitlist: true });
    await act(scene, 'cancelBooking', taken.id);
    await elapse((await scene.beneficiary.coordinator.call('getBooking', { params: { bookingId: id } })).ok);

    const { grants } = await closed([scene]);

    expect(grants).toMatchObject([{ waitingWithdrawn: 1, expired: 1, committed: 0 }]);
    expect(await statusOf(scene, id)).toBe('withdrawn');
  });

  test('carries a part into the partner’s grant of the next period', async () => {
    const scene = await aGrant({ nominal: 9, grantBody: CARRY });
    await aBooking(scene, 'booked');
    const next = await aNextGrant(scene, {}, 1);

    const { grants } = await closed([scene], next.pool);

    expect(grants).toMatchObject([{ carriedOut: 3, expired: 5, committed: 1 }]);
    expect((await grantOf(scene)).adjustments).toMatchObject({ carriedOut: 3, expired: 5 });
    expect(await grantOf(next)).toMatchObject({
      adjustments: { carriedIn: 3 },
      balance: { entitled: 4, available: 4 },
    });
    expect(await poolOf(next)).toMatchObject({ allocated: 4 });
    expect(await poolOf(scene)).toMatchObject({ allocated: 1, nextPoolId: next.pool.id });
  });

  test('offers what is carried over to who waits there', async () => {
    const scene = await aGrant({ nominal: 2, grantBody: CARRY });
    const next = await aNextGrant(scene);
    const waiting = await aBooking(next, 'held', { joinWaitlist: true });
    expect(await statusOf(next, waiting.id)).toBe('waitlisted');

    await closed([scene], next.pool);

    await expect.poll(() => statusOf(next, waiting.id)).toBe('offered');
  });

  /** Closes a period with a loan by several runs of the job at once. */
  async function closedByMany(): Promise<void> {
    const pair = await aPair({ nominal: 4 });
    await aLoan(pair, 3);
    const { pool, grant } = pair.lender;
    await elapsePeriod(pool, [grant, pair.borrower.grant]);
    await askToClose(pair.lender.provider, pool);
    const event = { Records: [{ eventName: 'MODIFY', dynamodb: { NewImage: { id: { S: pool.id } } } }] };
    await Promise.all(Array.from({ length: 6 }, () => hub.invoke('QuotasClosing', event)));
    await untilClosed([pair.lender, pair.borrower]);

    const params = { poolId: pool.id };
    expect((await pair.lender.provider.coordinator.call('getClosing', { params })).ok.grants).toMatchObject([
      { grantId: grant.id, lentReturned: 3, lentKept: 0, expired: 4 },
      { grantId: pair.borrower.grant.id, borrowedReturned: 3, borrowedKept: 0, expired: 4 },
    ]);
  }

  test('settles a loan once, however many runs of the job are at it', { timeout: 120_000 }, async () => {
    await closedByMany();
    // Whether two of them meet at the loan is a matter of luck: until one has looked what another has done.
    for (let round = 0; !DEPLOYED && round < 10 && !(await hasUsed('QuotasClosing', 'GetItem', 'REQUEST#*')); round++) {
      await closedByMany();
    }
  });

  test('settles loans: free courses go back and are the lender’s to carry, used ones stay', async () => {
    const pair = await aPair({ nominal: 4, lending: CARRY });
    await aLoan(pair, 3);
    // Six of the borrower’s seven are used: one can go back.
    for (let booking = 0; booking < 6; booking++) await aBooking(pair.borrower, 'booked');
    const next = await aNextGrant(pair.lender);

    const { grants } = await closed([pair.lender, pair.borrower], next.pool);

    expect(grants).toMatchObject([
      { grantId: pair.lender.grant.id, lentReturned: 1, lentKept: 2, carriedOut: 1, expired: 1, committed: 0 },
      { grantId: pair.borrower.grant.id, borrowedReturned: 1, borrowedKept: 2, expired: 0, committed: 6 },
    ]);
    expect((await grantOf(next)).adjustments.carriedIn).toBe(1);
  });

  test('gives back a unit that a request took and never wrote down', async () => {
    const scene = await aGrant({ nominal: 2 });
    await abandonUnit(scene, 90);
    expect((await closed([scene])).grants).toMatchObject([{ committed: 0, expired: 2 }]);
  });

  test('ends the reserve for children with the rest', async () => {
    const paediatricReserve = { units: 2, releaseDate: '2099-10-01' };
    const scene = await aGrant({ nominal: 4, grantBody: { paediatricReserve, ...CARRY } });
    await aBooking(scene, 'booked', { ageBand: '0-17' });
    const next = await aNextGrant(scene);

    expect((await closed([scene], next.pool)).grants).toMatchObject([{ committed: 1, carriedOut: 1, expired: 2 }]);
    expect((await grantOf(scene)).paediatricReserve?.units).toBe(1);
  });

  test('is told step by step in the ledger', async () => {
    const scene = await aGrant({ nominal: 4, grantBody: CARRY });
    await aBooking(scene);
    const next = await aNextGrant(scene);

    await closed([scene], next.pool);

    const rows = (await ledgerOf(scene)).slice(2);
    expect(rows.map(({ type, deltas }) => [type, deltas])).toEqual([
      ['cut-off', {}],
      ['release', { held: -1 }],
      ['carry-over', { carriedOut: 2 }],
      ['expire-units', { expired: 2 }],
      ['close', {}],
    ]);
    expect(rows.map(({ role }) => role)).toEqual(Array.from(rows, () => 'coordinator'));
    expect(rows[2]?.cause).toBe(next.grant.id);
    expect((await ledgerOf(next)).at(-1)).toMatchObject({ type: 'carry-over', cause: scene.grant.id });
  });

  test('leaves bookings with a date to go on', async () => {
    const scene = await aGrant({ nominal: 3 });
    const [one, two] = [await aBooking(scene, 'booked'), await aBooking(scene, 'booked')];
    await closed([scene]);

    expect((await act(scene, 'arriveBooking', one.id)).ok.status).toBe('in-treatment');
    expect((await act(scene, 'completeBooking', one.id)).ok.status).toBe('fulfilled');
    expect((await act(scene, 'cancelBooking', two.id)).ok.status).toBe('cancelled');

    expect(await balanceOf(scene)).toMatchObject({ entitled: 2, fulfilled: 1, available: 1 });
    const answer = await scene.beneficiary.coordinator.call('holdBooking', {
      params: { grantId: scene.grant.id },
      body: aBookingBody(),
    });
    expect(answer.code).toBe('outside-period');
  });

  test('is the same as the dry run said', async () => {
    const pair = await aPair({ nominal: 5, lending: CARRY, borrowing: { carryOver: { percent: 100, max: 1 } } });
    await aLoan(pair, 4);
    for (const status of ['booked', 'held', 'booked', 'fulfilled', 'held'] as const) {
      await aBooking(pair.borrower, status);
    }
    const next = await aNextGrant(pair.lender);
    await aGrant({ ...next, beneficiary: pair.borrower.beneficiary, nominal: 0 });
    const before = await Promise.all([grantOf(pair.lender), grantOf(pair.borrower)]);

    const foreseen = await dryRun(pair.lender, { nextPoolId: next.pool.id });

    expect(foreseen.status).toBe('dry-run');
    expect(await Promise.all([grantOf(pair.lender), grantOf(pair.borrower)])).toEqual(before);
    const done = await closed([pair.lender, pair.borrower], next.pool);
    const counts = (grants: typeof done.grants) => grants.map(({ status: _, ...rest }) => rest);
    expect(counts(foreseen.grants)).toEqual(counts(done.grants));
  });

  test('takes a grant that is over out of the sweep’s way', async () => {
    const scene = await aGrant({ nominal: 2 });
    const booking = await aBooking(scene, 'booked');
    await closed([scene]);
    const sweep = () => hub.runSchedule('QuotasSweepSchedule');

    await sweep();
    await act(scene, 'arriveBooking', booking.id);
    await act(scene, 'completeBooking', booking.id);
    await sweep();

    // It is still there for everybody to read, and the patient can be booked again elsewhere.
    const { items } = (await scene.beneficiary.coordinator.call('listGrants')).ok;
    expect(items.map(({ id, status }) => [id, status])).toEqual([[scene.grant.id, 'closed']]);
    const other = await aGrant({ provider: scene.provider, beneficiary: scene.beneficiary });
    expect((await aBooking(other, 'held', { patient: booking.patient })).status).toBe('held');
  });

  test('of which a patient still has a course keeps it the only one', async () => {
    const scene = await aGrant({ nominal: 2 });
    const booking = await aBooking(scene, 'booked');
    await closed([scene]);
    await hub.runSchedule('QuotasSweepSchedule');
    const other = await aGrant({ provider: scene.provider, beneficiary: scene.beneficiary });

    const answer = await other.beneficiary.coordinator.call('holdBooking', {
      params: { grantId: other.grant.id },
      body: aBookingBody({ patient: booking.patient }),
    });

    expect(answer.code).toBe('patient-already-booked');
  });
});

describe('courses that were carried over', () => {
  const carriedFor = async (days: number) => {
    const scene = await aGrant({ nominal: 6, grantBody: { carryOver: { percent: 50, max: 5, days } } });
    const next = await aNextGrant(scene, {}, 1);
    await closed([scene], next.pool);
    return next;
  };

  test('have their last day', async () => {
    const next = await carriedFor(31);
    expect(await grantOf(next)).toMatchObject({ carriedUntil: '2100-01-31', adjustments: { carriedIn: 3 } });
  });

  test('expire then, but for those that were used, which are the first', async () => {
    const next = await carriedFor(31);
    await aBooking(next, 'booked');
    await elapseCarried(next);

    await hub.runSchedule('QuotasSweepSchedule');

    const grant = await grantOf(next);
    expect(grant).toMatchObject({ adjustments: { carriedIn: 3, expired: 2 }, balance: { entitled: 2, available: 1 } });
    expect(grant.carriedUntil).toBeUndefined();
    expect(await poolOf(next)).toMatchObject({ allocated: 2 });
    await hub.runSchedule('QuotasSweepSchedule');
    expect((await grantOf(next)).adjustments.expired).toBe(2);
  });
});
