import { beforeAll, describe, expect, test, vi } from 'vitest';

import { AGREEMENT_PROBLEMS } from '../../lambdas/agreements/errors.ts';
import { QUOTA_PROBLEMS } from '../../lambdas/quotas/errors.ts';
import { Busy, RateLimited } from '../../lambdas/shared/http/problems.ts';
import { isCounted, METRICS, type MetricName } from '../../lambdas/shared/observability/metrics.ts';
import { becomes, EICAR, uploaded } from '../support/documents.ts';
import { metricsIn, type Taken } from '../support/embedded-metrics.ts';
import {
  aBooking,
  aBookingBody,
  abandonUnit,
  act,
  aGrant,
  anInstitution,
  aPatient,
  elapse,
  type Scene,
} from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { answering } from '../support/receiver.ts';
import { ALL_ROUTES } from '../support/routes.ts';
import { WebhookOwner } from '../support/webhooks.ts';

const sweep = (): Promise<void> => hub.runSchedule('QuotasSweepSchedule');

/** The log lines of what was done, and what CloudWatch takes out of them. Other test files log at the same time. */
async function linesOf(correlationId: string): Promise<string[]> {
  return (await hub.logs()).filter((line) => line.includes(correlationId));
}

async function takenFrom(correlationId: string): Promise<Taken[]> {
  await expect.poll(async () => (await linesOf(correlationId)).length).toBe(1);
  return (await linesOf(correlationId)).flatMap(metricsIn);
}

const correlation = (answer: { readonly headers: object }) =>
  String((answer.headers as Record<string, unknown>)['x-correlation-id']);

const hold = ({ beneficiary, grant }: Scene, over: object = {}, key?: string) =>
  beneficiary.coordinator.call('holdBooking', {
    params: { grantId: grant.id },
    body: aBookingBody(over),
    ...(key === undefined ? {} : { key }),
  });

const one = (name: MetricName, dimensions: Record<string, string> = {}): Taken => ({
  namespace: 'OncologyHub/dev',
  name,
  dimensions,
  value: 1,
});

describe('a request counts once', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await aGrant({ nominal: 10 });
  });

  test('as a hold', async () => {
    expect(await takenFrom(correlation(await hold(scene)))).toEqual([one('BookingsHeld')]);
  });

  test.each([
    ['confirmBooking', 'held', 'BookingsConfirmed'],
    ['releaseBooking', 'held', 'BookingsReleased'],
    ['arriveBooking', 'booked', 'BookingsArrived'],
    ['cancelBooking', 'booked', 'BookingsCancelled'],
    ['noShowBooking', 'booked', 'BookingsNoShow'],
    ['completeBooking', 'in-treatment', 'BookingsCompleted'],
  ] as const)('as %s of a booking that is %s', async (action, status, metric) => {
    const { id } = await aBooking(scene, status);
    expect(await takenFrom(correlation(await act(scene, action, id)))).toEqual([one(metric)]);
  });

  test('as a replay, and not as a second hold', async () => {
    const patient = aPatient();
    await hold(scene, { patient }, 'metrics-replay');
    expect(await takenFrom(correlation(await hold(scene, { patient }, 'metrics-replay')))).toEqual([one('Replays')]);
  });

  test('as a refusal, by its reason', async () => {
    const full = await aGrant({ nominal: 0 });
    expect(await takenFrom(correlation(await hold(full)))).toEqual([one('Refusals', { problem: 'quota-exhausted' })]);
  });

  test('as nothing when the client got it wrong, or only looked', async () => {
    const wrong = await hold(scene, { ageBand: 'young' });
    const { coordinator } = scene.beneficiary;
    const seen = await coordinator.call('getGrant', { params: { grantId: scene.grant.id } });

    expect(wrong.code).toBe('invalid-content');
    expect(await takenFrom(correlation(wrong))).toEqual([]);
    expect(await takenFrom(correlation(seen))).toEqual([]);
  });
});

test('the sweep tells what it found, and how many courses are used', async () => {
  const scene = await aGrant({ nominal: 4 });
  await elapse(await aBooking(scene, 'held'));
  await abandonUnit(scene, 65);
  await sweep();

  // Another run may have come before this one to what there was, and says so only when it is done.
  const most = async (name: MetricName): Promise<number> => {
    const taken = (await hub.logs()).filter((line) => line.includes('"job":"sweep"')).flatMap(metricsIn);
    return Math.max(...taken.filter((each) => each.name === name).map(({ value }) => value));
  };
  for (const name of ['GrantsSwept', 'BookingsExpired', 'UnitsAbandoned'] as const) {
    await expect.poll(() => most(name), { message: name }).toBeGreaterThan(0);
  }
  await expect.poll(() => most('UnitsEntitled')).toBeGreaterThanOrEqual(4);
  await expect.poll(() => most('UnitsCommitted')).toBeGreaterThanOrEqual(2);
  await expect.poll(() => most('UnitsHeld')).toBeGreaterThanOrEqual(2);
});

describe('of all lines of all tests so far', () => {
  const all = async (): Promise<Taken[]> =>
    (await hub.logs()).filter((line) => line.startsWith('{')).flatMap(metricsIn);
  let taken: Taken[];
  beforeAll(async () => {
    await sweep();
    await hub.runSchedule('AuditAnchorSchedule');
    const owner = await anInstitution();
    const malware = await uploaded(owner, EICAR, { name: 'a.txt', mediaType: 'text/plain' });
    await becomes(owner, malware, 'threats-found');
    await hub.runSchedule('DocumentsSweepSchedule');
    const gone = await WebhookOwner.open();
    gone.receiver.answer(answering(410));
    const webhook = await gone.webhook();
    await gone.trial(webhook);
    const isWaiting = async () => {
      expect(await gone.deliveries(webhook)).toMatchObject([{ status: 'waiting' }]);
    };
    await vi.waitFor(isWaiting, 30_000);
    gone.receiver.close();
    // A function's line comes after what it has done can be seen.
    const isComplete = async () => {
      taken = await all();
      expect(new Set(taken.map(({ name }) => name)).size).toBe(Object.keys(METRICS).length);
    };
    await vi.waitFor(isComplete, { timeout: 20_000, interval: 500 }).catch(() => undefined);
  });

  test('every metric there is comes from one', () => {
    expect(new Set(taken.map(({ name }) => name))).toEqual(new Set(Object.keys(METRICS)));
  });

  test('only refusals are divided, and only by what a contract refuses', () => {
    const reasons = [...QUOTA_PROBLEMS, ...AGREEMENT_PROBLEMS, Busy, RateLimited]
      .filter(isCounted)
      .map(({ code }) => code);
    const dimensions = taken.flatMap((each) => Object.entries(each.dimensions));
    expect(new Set(dimensions.map(([key]) => key))).toEqual(new Set(['problem']));
    expect(dimensions.filter(([, value]) => !reasons.includes(value))).toEqual([]);
    // Each is paid for in the months in which it has a value; most of those of loans, agreements and the end of a period never have.
    expect(reasons.length).toBeLessThanOrEqual(36);
  });

  test('none is about an institution, a client or a resource', () => {
    const uuid = /[0-9a-f]{8}-[0-9a-f]{4}/;
    expect(taken.filter((each) => uuid.test(JSON.stringify({ ...each, value: 0 })))).toEqual([]);
  });
});

test('every refusal that is counted has a place on the dashboard, whichever route gives it', () => {
  const shown = [...QUOTA_PROBLEMS, ...AGREEMENT_PROBLEMS, Busy, RateLimited];
  const counted = ALL_ROUTES.flatMap(({ problems }) => problems).filter(isCounted);
  expect(counted.length).toBeGreaterThan(5);
  expect(counted.filter((problem) => !shown.includes(problem))).toEqual([]);
});
