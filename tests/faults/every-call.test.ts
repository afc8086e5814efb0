import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Fault, TRIED } from './fault-proxy.ts';
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

/** A grant of one course, which is taken, with two who wait; after a cancellation the first has an offer. */
async function prepareLine(action: string): Promise<Request> {
  const { id: grantId, beneficiary } = await scene.grant(1);
  const bookings = `/v1/grants/${grantId}/bookings`;
  const taken = await scene.insist(beneficiary, bookings, newPatient());
  const join = { path: bookings, body: { ...newPatient(), joinWaitlist: true }, grantId, beneficiary };
  const first = await scene.insist(beneficiary, bookings, { ...newPatient(), joinWaitlist: true });
  if (action === 'join') return join;
  await scene.insist(beneficiary, join.path, join.body);
  const release = `/v1/bookings/${String(taken.body['id'])}/release`;
  if (action === 'pass-on') return { path: release, grantId, beneficiary };
  await scene.insist(beneficiary, release);
  return { path: `/v1/bookings/${String(first.body['id'])}/${action}`, grantId, beneficiary };
}

/** Brings a booking to where `action` can be done to it, and says how to ask for that. */
async function prepare(action: string): Promise<Request> {
  if (IN_LINE.includes(action)) return prepareLine(action);
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
  const { committed, statuses } = await scene.stateOf(grantId);
  return { status, bookingStatus: booking['status'], committed, statuses };
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
const IN_LINE = ['join', 'pass-on', 'accept-offer', 'decline-offer', 'withdraw'];
const ACTIONS = ['hold', 'confirm', 'release', 'cancel', 'no-show', ...IN_LINE];
const cases = TRIED.flatMap((fault) =>
  (fault === 'throttled' ? ACTIONS.slice(0, 2) : ACTIONS).map((action) => [action, fault] as const),
);

test.each(cases)('%s comes to the same end when any call is %s', { timeout: 120_000 }, async (action, fault) => {
  const expected = await undisturbed(action);
  let calls = 0;
  for (let at = 1; ; at++) {
    const { answer, grantId, reached } = await disturbed(action, fault, at);
    if (!reached) break;
    calls = at;
    const { committed, holders, bookings, statuses } = await scene.stateOf(grantId);
    const end = { status: answer.status, bookingStatus: answer.body['status'], committed, statuses };
    expect(end, `${fault} at call ${String(at)}`).toEqual(expected);
    expect(holders, `${fault} at call ${String(at)}`).toEqual(bookings);
  }
  expect(calls).toBeGreaterThan(1);
});
