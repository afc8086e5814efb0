import { writeSync } from 'node:fs';

import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { relationsTo } from '../../lambdas/quotas/model.ts';
import { ClientLimit } from '../../lambdas/shared/auth/client-limit.ts';
import { Doors } from '../../lambdas/shared/auth/doors.ts';
import { deriveId } from '../../lambdas/shared/capacity/holder.ts';
import { fingerprintOf, requestId } from '../../lambdas/shared/http/idempotency.ts';
import { created } from '../../lambdas/shared/http/reply.ts';
import { on, serve } from '../../lambdas/shared/http/serve.ts';
import type { EventFacts } from '../setting/events.ts';
import { gatewayEvent } from '../setting/events.ts';
import { bookingFor } from '../setting/requests.ts';
import { median } from '../statistics.ts';

/**
 * Inside of the pipeline's measurement: a booking request passes the real routes, schemas, authorization, idempotency
 * and log, and then meets no database. The bare handler parses the same body and answers the same.
 * Tells file descriptor 3 the median microseconds of both.
 */

const WARM_UP_CALLS = 20_000;
const ROUNDS = 41;
const CALLS = 500;

const grantId = '019a8f3e-7c00-7a11-8000-0000000000aa';
const parties = {
  providerId: '019a8f3e-7c00-7a11-8000-0000000000bb',
  beneficiaryId: '019a8f3e-7c00-7a11-8000-0000000000cc',
};
const { holdBooking, ...others } = quotaRoutes;

const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'bench',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: 'bench',
  logGroupName: '/aws/lambda/bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => 10_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const guards = {
  limit: new ClientLimit(1_000_000, { add: (_client, _window, requests) => Promise.resolve(requests) }),
  doors: new Doors(() => Promise.resolve(new Set())),
};

const served = serve(quotaRoutes, guards, [
  // The other routes are there, so that the router has as much to choose from as in production.
  ...Object.values(others).map((route) => on(route, () => ({ body: {} }))),
  on(holdBooking, ({ permission, body, idempotencyKey }) => {
    const { caller } = permission;
    permission.require(...relationsTo(parties, caller.institutionId));
    const id = deriveId(grantId, requestId({ caller, target: [holdBooking.operationId, grantId], idempotencyKey }));
    const value = { ...body, id, fingerprint: fingerprintOf(body) };
    return created(`/v1/bookings/${id}`, { body: value, version: 1 }, false);
  }),
]);

type Handle = (event: ReturnType<typeof gatewayEvent>) => Promise<unknown>;

const ours: Handle = (event) => served(event, context);
const bare: Handle = (event) => {
  const body: unknown = JSON.parse(event.body ?? '');
  return Promise.resolve({
    statusCode: 201,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
};

function facts(): EventFacts {
  return bookingFor({
    poolId: '',
    grantId,
    provider: { institutionId: parties.providerId },
    beneficiary: { institutionId: parties.beneficiaryId },
  });
}

/** @returns microseconds of each call */
async function time(handle: Handle, calls: number): Promise<number[]> {
  const events = Array.from({ length: calls }, () => gatewayEvent(facts()));
  const times: number[] = [];
  for (const event of events) {
    const since = process.hrtime.bigint();
    await handle(event);
    times.push(Number(process.hrtime.bigint() - since) / 1000);
  }
  return times;
}

await time(ours, WARM_UP_CALLS);
await time(bare, WARM_UP_CALLS);
const subject: number[] = [];
const baseline: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  subject.push(...(await time(ours, CALLS)));
  baseline.push(...(await time(bare, CALLS)));
}
writeSync(3, JSON.stringify({ subject: median(subject), baseline: median(baseline) }));
process.exit(0);
