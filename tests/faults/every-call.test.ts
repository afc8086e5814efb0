import { afterAll, beforeAll, expect, test } from 'vitest';

import { FAULTS, type Fault } from './fault-proxy.ts';
import { type Answer, newPatient, Scene } from './scene.ts';

/**
 * Every call a request makes to the database, each fault at each of them, then the client's repetition: all must come
 * to the same end as if nothing had happened.
 */

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
});
afterAll(() => scene.close());

interface Request {
  readonly path: string;
  readonly body?: unknown;
  readonly grantId: string;
  readonly beneficiary: string;
}

/** Brings a booking to where `action` can be done to it, and says how to ask for that. */
async function prepare(action: string): Promise<Request> {
  const { id: grantId, beneficiary } = await scene.grant(2);
  const hold = { path: `/v1/grants/${grantId}/bookings`, body: newPatient(), grantId, beneficiary };
  if (action === 'hold') return hold;
  const booking = await scene.insist(beneficiary, hold.path, hold.body);
  const path = `/v1/bookings/${String(booking.body['id'])}`;
  if (['cancel', 'arrive', 'no-show'].includes(action)) await scene.insist(beneficiary, `${path}/confirm`);
  return { path: `${path}/${action}`, grantId, beneficiary };
}

/** What is true of an undisturbed run. */
async function undisturbed(action: string) {
  const { path, body, grantId, beneficiary } = await prepare(action);
  const { status, body: booking } = await scene.insist(beneficiary, path, body);
  const { committed } = await scene.stateOf(grantId);
  return { status, bookingStatus: booking['status'], committed };
}

async function disturbed(
  action: string,
  fault: Fault,
  at: number,
): Promise<{ answer: Answer; grantId: string; reached: boolean }> {
  const { path, body, grantId, beneficiary } = await prepare(action);
  const key = `${action}-${fault}-${String(at)}`;
  scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
  await scene.send(beneficiary, path, body, key);
  const reached = scene.proxy.calls >= at;
  scene.proxy.follow();
  return { answer: await scene.insist(beneficiary, path, body, key), grantId, reached };
}

/** The SDK waits about a second before it tries again when it is throttled: two actions stand for all. */
const ACTIONS = ['hold', 'confirm', 'release', 'cancel', 'no-show'];
const cases = FAULTS.flatMap((fault) =>
  (fault === 'throttled' ? ACTIONS.slice(0, 2) : ACTIONS).map((action) => [action, fault] as const),
);

test.each(cases)('%s comes to the same end when any call is %s', async (action, fault) => {
  const expected = await undisturbed(action);
  let calls = 0;
  for (let at = 1; ; at++) {
    const { answer, grantId, reached } = await disturbed(action, fault, at);
    if (!reached) break;
    calls = at;
    const { committed, holders, bookings } = await scene.stateOf(grantId);
    const end = { status: answer.status, bookingStatus: answer.body['status'], committed };
    expect(end, `${fault} at call ${String(at)}`).toEqual(expected);
    expect(holders, `${fault} at call ${String(at)}`).toEqual(bookings);
  }
  expect(calls).toBeGreaterThan(1);
});
