import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { eventsRoutes as routes } from '../../lambdas/events/contract.ts';
import { createEvent, getEvent, updateEvent } from '../../lambdas/events/event-operations.ts';
import { programmeRoutes } from '../../lambdas/events/programme-contract.ts';
import { register } from '../../lambdas/events/register.ts';
import { takeStep } from '../../lambdas/events/registration-actions.ts';
import { cancelSession, createSession, updateSession } from '../../lambdas/events/session-operations.ts';
import { sweepEvent } from '../../lambdas/events/sweeping.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { isLong } from '../support/selection.ts';
import { EventsWorld } from './events-world.ts';
import { sequenceOf, tryAll } from './sequences.ts';
import { as, callerOf, outcomeOf } from './world.ts';

/** Places are units of the capacity model, and a programme has no clashes: whatever is asked for, in whatever order. */

const INSTITUTIONS = 3;

let hub: Hub;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

const ACTIONS = {
  confirmRegistration: 'confirm',
  acceptRegistrationOffer: 'accept-offer',
  declineRegistrationOffer: 'decline-offer',
  cancelRegistration: 'cancel',
} as const;
type Act = keyof typeof ACTIONS;

const institution = fc.nat({ max: INSTITUTIONS - 1 });
const mode = fc.constantFrom('on-site' as const, 'online' as const);
const wanted = fc.record({
  ...{ institution, mode, first: fc.nat({ max: 7 }), size: fc.constantFrom(1, 1, 1, 2, 3) },
  ...{ together: fc.boolean(), hold: fc.boolean(), joinWaitlist: fc.boolean() },
});
type Wanted = typeof wanted extends fc.Arbitrary<infer S> ? S : never;
const kept = fc.array(
  fc.record({ institution, places: fc.integer({ min: 1, max: 2 }), days: fc.constantFrom(3, 20) }),
  {
    maxLength: 2,
  },
);
const capacity = fc.record({ total: fc.integer({ min: 1, max: 4 }), kept });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('register' as const), wanted }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('at once' as const),
      all: fc.array(wanted, { minLength: 2, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      action: fc.constantFrom<Act>(
        ...(['confirmRegistration', 'acceptRegistrationOffer', 'declineRegistrationOffer'] as const),
        ...(['cancelRegistration', 'cancelRegistration'] as const),
      ),
      registration: fc.nat({ max: 11 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 25, 50, 100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resize' as const), mode, capacity }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const ROOMS = ['hall-a', 'hall-b'];

async function newScene() {
  const world = new EventsWorld(hub);
  const organiser = callerOf(uuidv7());
  const guests = Array.from({ length: INSTITUTIONS }, () => callerOf(uuidv7()));
  await world.activate(...[organiser, ...guests].map(({ institutionId }) => institutionId));
  const { value } = await createEvent(world, {
    permission: as(organiser, routes.createEvent),
    idempotencyKey: 'event',
    body: {
      ...{
        kind: 'congress',
        title: { en: 'A congress' },
        languages: ['en'],
        timeZone: 'Europe/Chisinau',
        publish: true,
      },
      ...{
        starts: '2026-10-24T09:00',
        ends: '2026-10-26T18:00',
        venue: {},
        coOrganisers: [],
        invited: [],
        sponsors: [],
      },
      ...{ approval: false, offerHours: 48, visibility: 'partners', cases: [], tracks: [] },
      rooms: ROOMS.map((id) => ({ id, name: { en: id } })),
      places: { 'on-site': { capacity: 2, kept: [] }, online: { capacity: 1, kept: [] } },
      registration: { from: '2026-06-01', to: '2026-10-20' },
    },
  });
  return { world, organiser, guests, eventId: value.event.id };
}
type Scene = Awaited<ReturnType<typeof newScene>>;

function registering({ world, guests, eventId }: Scene, { institution: index, first, size, ...how }: Wanted) {
  const attendees = Array.from({ length: size }, (_, each) => ({ pseudonym: `STAFF-${String(first + each)}` }));
  const request = { permission: as(guests[index]!, routes.createRegistration), eventId, body: { attendees, ...how } };
  return outcomeOf(register(world, { ...request, idempotencyKey: uuidv7() }), ({ value }) => value.status);
}

async function carryOut(scene: Scene, wish: Step): Promise<string[]> {
  const { world, guests, eventId } = scene;
  // The line is ordered by the time of registering: but for those at once no two are at the same.
  world.advance(1 / 60);
  switch (wish.do) {
    case 'register':
      return [await registering(scene, wish.wanted)];
    case 'at once':
      return Promise.all(wish.all.map((each) => registering(scene, each)));
    case 'act': {
      const all = await world.registrationsOf(eventId);
      const registration = all[wish.registration % Math.max(1, all.length)];
      if (registration === undefined) return ['nobody'];
      const caller = guests.find((guest) => guest.institutionId === registration.institutionId)!;
      const request = { permission: as(caller, routes[wish.action]), registrationId: registration.id, body: {} };
      const keys = { idempotencyKey: undefined, expectedVersion: undefined };
      const done = takeStep(world, { ...request, ...keys }, wish.action, ACTIONS[wish.action]);
      return [await outcomeOf(done, ({ value }) => value.status)];
    }
    case 'wait':
      world.advance(wish.hours * 60);
      return ['waited'];
    case 'sweep':
      await sweepEvent(world, eventId);
      return ['swept'];
    case 'resize':
      return [await resize(scene, wish)];
  }
}

async function resize(
  { world, organiser, guests, eventId }: Scene,
  { mode: changed, capacity: { total, kept: keeping } }: Extract<Step, { do: 'resize' }>,
): Promise<string> {
  const event = await getEvent(world, as(organiser, routes.getEvent), eventId);
  const releaseDate = (days: number): string => new Date(Date.UTC(2026, 5, 1 + days)).toISOString().slice(0, 10);
  const one = {
    capacity: total,
    kept: keeping.map(({ institution: index, places, days }) => ({
      ...{ institutionId: guests[index]!.institutionId, places, releaseDate: releaseDate(days) },
    })),
  };
  const body = { places: { ...event.places, [changed]: one } };
  const request = { permission: as(organiser, routes.updateEvent), eventId, body, expectedVersion: event.version };
  return outcomeOf(updateEvent(world, request), () => 'changed');
}

const OUTCOMES = [
  ...['held', 'waitlisted', 'offered', 'confirmed', 'cancelled', 'nobody', 'waited', 'swept', 'changed'],
  ...['already-registered', 'places-exhausted', 'registration-state-conflict', 'offer-late', 'busy'],
  ...['capacity-below-confirmed', 'places-do-not-add-up', 'impossible-dates', 'registration-window-closed'],
];

test('any sequence of registrations, actions, waits and changes of places leaves every invariant true', async () => {
  const seen = new Set<string>();
  await tryAll(
    'events',
    sequenceOf(step, 40),
    async (steps) => {
      const scene = await newScene();
      try {
        for (const wish of steps) {
          const outcomes = await carryOut(scene, wish);
          for (const outcome of outcomes) seen.add(outcome);
          expect(OUTCOMES, JSON.stringify(wish)).toEqual(expect.arrayContaining(outcomes));
          // What time has changed by itself, requests that met have left, and new places are for whoever comes by.
          if (['wait', 'at once', 'resize'].includes(wish.do)) await sweepEvent(scene.world, scene.eventId);
          expect(await scene.world.faultsOf(scene.eventId), JSON.stringify(wish)).toEqual([]);
        }
      } finally {
        await scene.world.events.retire(scene.eventId);
        scene.world.close();
      }
    },
    { share: 1 / 4, most: 2500 },
  );
  // A quick run tries too few to reach each of these for sure.
  if (isLong)
    expect([...seen]).toEqual(expect.arrayContaining(['confirmed', 'waitlisted', 'capacity-below-confirmed']));
}, 3_600_000);

const sessionWish = fc.record({
  day: fc.constantFrom('2026-10-24', '2026-10-25'),
  // The clocks are put back in the second night.
  hour: fc.integer({ min: 9, max: 12 }),
  minutes: fc.constantFrom(0, 30),
  hours: fc.integer({ min: 1, max: 3 }),
  room: fc.option(fc.constantFrom(...ROOMS), { nil: undefined }),
  people: fc.uniqueArray(fc.constantFrom('SPK-1', 'SPK-2', 'SPK-3'), { maxLength: 2 }),
});
type SessionWish = typeof sessionWish extends fc.Arbitrary<infer S> ? S : never;
const programmeStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      all: fc.array(sessionWish, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('move' as const), session: fc.nat({ max: 9 }), to: sessionWish }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), session: fc.nat({ max: 9 }) }) },
);
type ProgrammeStep = typeof programmeStep extends fc.Arbitrary<infer S> ? S : never;

const two = (value: number): string => String(value).padStart(2, '0');
const bodyOf = ({ day, hour, minutes, hours, room, people }: SessionWish) => ({
  starts: `${day}T${two(hour)}:${two(minutes)}`,
  ends: `${day}T${two(hour + hours)}:${two(minutes)}`,
  chairs: people.slice(0, 1).map((code) => ({ code })),
  speakers: people.slice(1).map((code) => ({ code })),
  ...(room === undefined ? {} : { room }),
});

async function plan({ world, organiser, eventId }: Scene, wish: ProgrammeStep): Promise<string[]> {
  if (wish.do === 'plan') {
    const made = wish.all.map((each) => {
      const body = { title: { en: 'A session' }, kind: 'lecture' as const, languages: [], ...bodyOf(each) };
      const permission = as(organiser, programmeRoutes.createSession);
      return outcomeOf(createSession(world, { permission, eventId, body, idempotencyKey: uuidv7() }), () => 'planned');
    });
    return Promise.all(made);
  }
  const { sessions } = await world.sessions.listOf(eventId, 100);
  const session = sessions[wish.session % Math.max(1, sessions.length)];
  if (session === undefined) return ['nothing'];
  const request = { eventId, sessionId: session.id, expectedVersion: session.version };
  const permission = as(organiser, programmeRoutes.updateSession);
  const done =
    wish.do === 'cancel'
      ? cancelSession(world, { ...request, permission })
      : updateSession(world, { ...request, permission, body: bodyOf(wish.to) });
  return [await outcomeOf(done, () => 'changed')];
}

test('any sequence of sessions that are planned at once, moved and cancelled leaves no room and nobody in two at a time', async () => {
  const seen = new Set<string>();
  await tryAll(
    'programmes',
    sequenceOf(programmeStep, 24),
    async (steps) => {
      const scene = await newScene();
      try {
        for (const wish of steps) {
          const outcomes = await plan(scene, wish);
          for (const outcome of outcomes) seen.add(outcome);
          const possible = ['planned', 'changed', 'nothing', 'session-clash', 'session-cancelled', 'busy'];
          expect(possible, JSON.stringify(wish)).toEqual(expect.arrayContaining(outcomes));
          expect(await scene.world.faultsOfProgramme(scene.eventId), JSON.stringify(wish)).toEqual([]);
        }
      } finally {
        await scene.world.events.retire(scene.eventId);
        scene.world.close();
      }
    },
    { share: 1 / 4, most: 2500 },
  );
  expect([...seen]).toEqual(expect.arrayContaining(['planned', 'session-clash']));
}, 3_600_000);
