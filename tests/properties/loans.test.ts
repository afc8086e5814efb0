import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { LoanModel } from './loan-model.ts';
import { Reality } from './loan-reality.ts';
import type { BookingStep, RunOut, Terms, Wanted } from './loan-steps.ts';
import { sequenceOf, tryAll } from './sequences.ts';
import { outcomeOf } from './world.ts';

const GRANTS = 3;
const NOMINAL = 2;
const LIMIT = 4;
const CAPACITY = 8;

let hub: Hub;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

const grant = fc.nat({ max: GRANTS - 1 });
const loan = fc.nat({ max: 5 });
const units = fc.integer({ min: 1, max: 4 });
const moving = { from: grant, to: grant, units };
const does = <T extends Wanted['do']>(name: T) => fc.constant(name);
const bookingStep = fc.constantFrom<BookingStep>(
  'confirm',
  'confirm',
  'confirm',
  'release',
  'cancel',
  'accept-offer',
  'withdraw',
);
const act = fc.record({ do: does('act'), action: bookingStep, booking: fc.nat({ max: 11 }) });
const step: fc.Arbitrary<Wanted> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: does('lend'), ...moving }) },
  { weight: 3, arbitrary: fc.record({ do: does('transfer'), ...moving }) },
  { weight: 3, arbitrary: fc.record({ do: does('return'), loan, units }) },
  { weight: 3, arbitrary: fc.record({ do: does('recall'), loan, units }) },
  { weight: 1, arbitrary: fc.record({ do: does('write-off'), loan, units }) },
  { weight: 1, arbitrary: fc.record({ do: does('settle'), loan }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: does('hold'),
      grant,
      who: fc.constantFrom('child' as const, 'adult' as const, 'adult-who-waits' as const),
    }),
  },
  { weight: 5, arbitrary: act },
  { weight: 2, arbitrary: fc.record({ do: does('resize'), grant, nominal: fc.nat({ max: 7 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: does('limit'), grant, lending: fc.nat({ max: 6 }), borrowing: fc.nat({ max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: does('suspend'), grant, suspended: fc.boolean() }) },
);

/** Towards the end of the period a partner borrows, and books more than it has. */
const rush: fc.Arbitrary<Wanted[]> = fc
  .record({ lend: fc.record({ do: does('lend'), ...moving }), acts: fc.array(act, { minLength: 4, maxLength: 14 }) })
  .map(({ lend, acts }) => [
    lend,
    ...Array.from({ length: 5 }, () => ({ do: 'hold', grant: lend.to, who: 'adult-who-waits' }) as const),
    ...acts,
  ]);

const percent = fc.constantFrom(0, 33, 50, 100);
const terms: fc.Arbitrary<Terms> = fc.record(
  { reserve: fc.nat({ max: 2 }), carryOver: fc.record({ percent, max: fc.nat({ max: 4 }) }) },
  { requiredKeys: ['reserve'] },
);

/** When the period is closed: offers last two days, and these holds two weeks. */
const CLOSING_TIMES: Readonly<Record<RunOut, string>> = {
  nothing: '2027-01-01T00:00:00Z',
  offers: '2027-01-02T12:00:00Z',
  holds: '2027-02-01T00:00:00Z',
};

const sequence = fc.record({
  terms: fc.array(terms, { minLength: GRANTS, maxLength: GRANTS }),
  steps: fc.tuple(sequenceOf(step, 25), rush).map((parts) => parts.flat()),
  /** Capacity of the next pool. */
  next: fc.constantFrom(1, CAPACITY, CAPACITY),
  runOut: fc.constantFrom<RunOut>('nothing', 'offers', 'holds'),
  after: fc.array(step, { maxLength: 6 }),
});

type Sequence = typeof sequence extends fc.Arbitrary<infer S> ? S : never;

/** Takes steps in reality and in the model, and compares what they say. */
async function walk(real: Reality, model: LoanModel, steps: readonly Wanted[]): Promise<void> {
  for (const wanted of steps) expect(await real.carryOut(wanted), JSON.stringify(wanted)).toBe(model.carryOut(wanted));
}

async function expectState(real: Reality, model: LoanModel) {
  const state = await real.state();
  expect(state).toEqual(model.state());
  expect(state.grants.every(({ entitled, committed }) => 0 <= committed && committed <= entitled)).toBe(true);
  const { capacities, found } = await real.sums();
  expect(found).toEqual(capacities);
  return state;
}

/** Ends the period as foreseen. @returns false when the next pool is too small for what is to be carried over */
async function close(real: Reality, model: LoanModel, runOut: RunOut, next: number): Promise<boolean> {
  real.world.goTo(CLOSING_TIMES[runOut]);
  const before = await expectState(real, model);
  const expected = model.close(runOut);
  const carried = expected.reduce((sum, { carriedOut }) => sum + carriedOut, 0);
  if (carried > next) {
    expect(await outcomeOf(real.closePeriod(false), () => 'closing')).toBe('pool-capacity-exceeded');
    expect(await real.state()).toEqual(before);
    return false;
  }
  const foreseen = await real.closePeriod(true);
  expect(foreseen.value.grants).toMatchObject(expected);
  expect(await real.state()).toEqual(before);

  await real.closePeriod(false);
  expect(await real.closeGrants()).toBe('closed');

  const state = await expectState(real, model);
  expect(state.grants.map(({ entitled }) => entitled)).toEqual(state.grants.map(({ committed }) => committed));
  expect(await real.carriedIn()).toEqual(expected.map(({ carriedOut }) => carriedOut));
  expect(await real.closeGrants()).toBe('not-closing');
  return true;
}

test('any sequence of loans, transfers, cuts and bookings, and the end of the period, does what the model says', async () => {
  const holds = async ({ terms: given, steps, next, runOut, after }: Sequence): Promise<void> => {
    const real = new Reality(hub, GRANTS);
    await real.open(given, { nominal: NOMINAL, limit: LIMIT, capacity: CAPACITY, next });
    const model = new LoanModel(given, NOMINAL, LIMIT, CAPACITY);
    try {
      await walk(real, model, steps);
      if (await close(real, model, runOut, next)) {
        await walk(real, model, after);
        await expectState(real, model);
      }
    } finally {
      await real.world.leave(...real.grantIds);
    }
  };
  // With the end of its period, one takes ten times as long as a sequence of bookings.
  await tryAll('loans', sequence, holds, { share: 1 / 8, most: 200 });
}, 3_600_000);
