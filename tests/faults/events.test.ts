import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { sweepEvent } from '../../lambdas/events/sweeping.ts';
import { EventsWorld } from '../properties/events-world.ts';
import { aCall, anAbstractBody } from '../support/abstracts.ts';
import { anEventBody } from '../support/events.ts';
import { anAttendee } from '../support/registrations.ts';
import { isLong } from '../support/selection.ts';
import { aSessionBody, HALLS } from '../support/sessions.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { type Answer, Scene } from './scene.ts';

/**
 * Every call that a request about an event makes to the database, each fault at each of them, then the client's repetition:
 * all must come to the same end as if nothing had happened.
 */

let scene: Scene;
let world: EventsWorld;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  world = new EventsWorld(scene.hub);
}, 180_000);
afterAll(async () => {
  world.close();
  await scene.close();
});

interface Request {
  readonly who: string;
  readonly path: string;
  readonly body?: unknown;
  readonly eventId: string;
}

/** Brings things to where the request can be made, and says how. */
async function prepare(name: string): Promise<Request> {
  const [organiser, guest] = [uuidv7(), uuidv7()];
  await world.activate(organiser, guest);
  const places = { 'on-site': { capacity: name.includes('group') ? 3 : 1 } };
  const about = { ...HALLS, places, call: aCall() };
  const body = anEventBody({ publish: true, ...about });
  const eventId = String((await scene.insist(organiser, '/v1/events', body)).body['id']);
  if (name === 'publish') return { who: organiser, path: '/v1/events', body, eventId };
  const path = `/v1/events/${eventId}`;
  const speakers = [{ code: 'SPK-1' }];
  const session = { path: `${path}/sessions`, body: aSessionBody({ room: 'hall-a', speakers }) };
  if (name === 'plan') return { who: organiser, ...session, eventId };
  if (name === 'submit') return { who: guest, path: `${path}/abstracts`, body: anAbstractBody(), eventId };
  if (name === 'link') return { who: guest, path: '/v1/calendar-links', body: {}, eventId };
  const register = (size: number) => ({
    ...{ who: guest, path: `${path}/registrations`, eventId },
    body: {
      ...{ mode: 'on-site', together: size > 1 },
      attendees: Array.from({ length: size }, () => anAttendee({ needs: { dietary: ['halal'] } })),
    },
  });
  const size = name.includes('group') ? 3 : 1;
  if (name === 'register' || name === 'register a group') return register(size);
  const registered = async (): Promise<string> => {
    const { path: to, body: said } = register(size);
    return `/v1/registrations/${String((await scene.insist(guest, to, said)).body['id'])}`;
  };
  const first = await registered();
  if (name === 'wait' || name === 'wait in a group') return register(size);
  const second = await registered();
  if (name === 'cancel' || name === 'cancel in line') {
    return { who: guest, path: `${name === 'cancel' ? first : second}/cancel`, eventId };
  }
  if (name === 'cancel it') return { who: organiser, path: `${path}/cancel`, body: { reason: 'other' }, eventId };
  await scene.insist(guest, `${first}/cancel`);
  return { who: guest, path: `${second}/accept-offer`, eventId };
}

/** What is there in the end, when the sweep has been by. */
async function endOf({ eventId }: Request, { status, body }: Answer) {
  await sweepEvent(world, eventId);
  const registrations = await world.registrationsOf(eventId);
  const abstracts = await world.abstracts.allOf(eventId, { consistent: true });
  const { sessions } = await world.sessions.listOf(eventId, 10);
  return {
    ...{ status, shown: body['status'], faults: await world.faultsOf(eventId) },
    ...{ programme: await world.faultsOfProgramme(eventId), sessions: sessions.length, abstracts: abstracts.length },
    registrations: registrations.map((each) => each.status).toSorted(),
    needs: (await Promise.all(registrations.map(({ id }) => world.registrations.getNeeds(id, world.now()))))
      .map((needs) => needs !== undefined)
      .toSorted(),
  };
}

async function disturbed(name: string, fault: Fault, at: number) {
  const request = await prepare(name);
  const key = `${name}-${fault}-${String(at)}`.replaceAll(' ', '-');
  scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
  await scene.send(request.who, request.path, request.body, key);
  const reached = scene.proxy.calls >= at;
  scene.proxy.follow();
  const answer = await scene.insist(request.who, request.path, request.body, key);
  return { end: await endOf(request, answer), reached };
}

/** A quick run tries those that write the most. */
const REQUESTS = [
  ...['register', 'wait', 'accept an offer', 'plan'],
  ...(isLong
    ? ['publish', 'register a group', 'wait in a group', 'cancel', 'cancel in line', 'cancel it', 'submit', 'link']
    : []),
];

test.each(TRIED.flatMap((fault) => REQUESTS.map((name) => ({ name, fault }))))(
  '$name: $fault at any call, and once more, is as if nothing had happened',
  async ({ name, fault }) => {
    const undisturbed = await disturbed(name, fault, Number.POSITIVE_INFINITY);
    expect(undisturbed.end).toMatchObject({ faults: [], programme: [] });
    for (let at = 1; at < 100; at++) {
      const { end, reached } = await disturbed(name, fault, at);
      if (!reached) return;
      expect(end, `call ${String(at)}`).toEqual(undisturbed.end);
    }
    throw new Error('a request makes a hundred calls');
  },
  600_000,
);
