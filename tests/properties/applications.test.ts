import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Caller } from '../../lambdas/shared/auth/caller.ts';
import { accept, confirm, decline, withdraw } from '../../lambdas/training/application-actions.ts';
import { apply } from '../../lambdas/training/application-operations.ts';
import { createCohort, getCohort, updateCohort } from '../../lambdas/training/cohort-operations.ts';
import { trainingRoutes as routes } from '../../lambdas/training/contract.ts';
import { createProgramme, updateProgramme } from '../../lambdas/training/programme-operations.ts';
import { sweepCohort } from '../../lambdas/training/sweeping.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { isLong } from '../support/selection.ts';
import { sequenceOf, tryAll } from './sequences.ts';
import { TrainingWorld } from './training-world.ts';
import { as, callerOf, outcomeOf } from './world.ts';

/** Seats are units of the capacity model: whatever is asked for in whatever order, its invariants hold. */

const INSTITUTIONS = 3;

let hub: Hub;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

const ACTIONS = { accept, decline, confirm, withdraw };
const ROUTES = {
  accept: routes.acceptApplication,
  decline: routes.declineApplication,
  confirm: routes.confirmApplication,
  withdraw: routes.withdrawApplication,
};

const institution = fc.nat({ max: INSTITUTIONS - 1 });
const kept = fc.array(fc.record({ institution, seats: fc.integer({ min: 1, max: 2 }), days: fc.constantFrom(5, 20) }), {
  maxLength: 2,
});
const seats = fc.record({ total: fc.integer({ min: 1, max: 5 }), kept });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant('apply' as const), institution, first: fc.nat({ max: 6 }) },
      size: fc.constantFrom(1, 1, 1, 2, 3),
      accepted: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      action: fc.constantFrom<keyof typeof ACTIONS>('accept', 'confirm', 'confirm', 'decline', 'withdraw', 'withdraw'),
      application: fc.nat({ max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 4, 8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('seats' as const), seats }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Seats = typeof seats extends fc.Arbitrary<infer S> ? S : never;

async function newScene() {
  const world = new TrainingWorld(hub);
  const host = callerOf(uuidv7());
  const applicants = Array.from({ length: INSTITUTIONS }, () => callerOf(uuidv7()));
  await world.activate(...[host, ...applicants].map(({ institutionId }) => institutionId));
  const { value: programme } = await createProgramme(world, {
    permission: as(host, routes.createProgramme),
    idempotencyKey: 'programme',
    body: {
      ...{ kind: 'course', title: { en: 'A course' }, fields: ['nursing'], languages: [], partners: [], syllabus: [] },
      ...{ prerequisites: { professions: [], yearsOfPractice: 0 }, reviewsNeeded: 0 },
      completion: { attendancePercent: 80, assessment: false },
    },
  });
  const programmeId = programme.id;
  const published = { body: { status: 'published' as const }, expectedVersion: 1 };
  await updateProgramme(world, { permission: as(host, routes.updateProgramme), programmeId, ...published });
  const { value } = await createCohort(world, {
    ...{ permission: as(host, routes.createCohort), programmeId, idempotencyKey: 'cohort' },
    body: {
      ...{ dates: { from: '2026-07-10', to: '2026-07-12' }, timeZone: 'UTC', venue: { link: 'https://example.org' } },
      ...{ seats: { minimum: 1, total: 3, kept: [] }, applications: { from: '2026-06-01', to: '2026-07-10' } },
      ...{ confirmWithinDays: 7, invited: [], agenda: [] },
    },
  });
  const cohortId = value.cohort.id;
  await updateCohort(world, { permission: as(host, routes.updateCohort), cohortId, ...published });
  return { world, host, applicants, cohortId, made: new Map<string, Caller>() };
}
type Scene = Awaited<ReturnType<typeof newScene>>;

async function carryOut(scene: Scene, wanted: Step): Promise<string> {
  const { world, applicants, cohortId, made } = scene;
  // The line is ordered by the time of acceptance: no two at the same.
  world.advance(1 / 60);
  switch (wanted.do) {
    case 'apply': {
      const caller = applicants[wanted.institution]!;
      const nominees = Array.from({ length: wanted.size }, (_, index) => ({
        ...{ pseudonym: `STAFF-${String(wanted.first + index)}`, profession: 'nurse' as const },
        ...{ yearsOfPractice: 1, languages: [] },
      }));
      const request = { permission: as(caller, routes.createApplication), cohortId, body: { nominees, documents: [] } };
      let first: string | undefined;
      const applied = await outcomeOf(apply(world, { ...request, idempotencyKey: uuidv7() }), ({ value }) => {
        first = value.id;
        for (const each of value.group ?? [first]) made.set(each, caller);
        return 'applied';
      });
      return first === undefined || !wanted.accepted ? applied : act(scene, 'accept', first, caller);
    }
    case 'act': {
      const entry = [...made][wanted.application % Math.max(1, made.size)];
      return entry === undefined ? 'no application' : act(scene, wanted.action, ...entry);
    }
    case 'wait':
      world.advance(wanted.days * 24 * 60);
      return 'waited';
    case 'sweep':
      await sweepCohort(world, cohortId);
      return 'swept';
    case 'seats':
      return changeSeats(scene, wanted.seats);
  }
}

function act(
  { world, host }: Scene,
  action: keyof typeof ACTIONS,
  applicationId: string,
  caller: Caller,
): Promise<string> {
  const who = action === 'accept' || action === 'decline' ? host : caller;
  const request = { permission: as(who, ROUTES[action]), applicationId, body: {} };
  const keys = { idempotencyKey: undefined, expectedVersion: undefined };
  return outcomeOf(ACTIONS[action](world, { ...request, ...keys }), ({ value }) => value.application.status);
}

async function changeSeats(
  { world, host, applicants, cohortId }: Scene,
  { total, kept: wanted }: Seats,
): Promise<string> {
  const { cohort } = await getCohort(world, as(host, routes.getCohort), cohortId);
  const releaseDate = (days: number): string => new Date(Date.UTC(2026, 5, 1 + days)).toISOString().slice(0, 10);
  const keeping = wanted.map(({ institution: index, seats: count, days }) => ({
    ...{ institutionId: applicants[index]!.institutionId, seats: count, releaseDate: releaseDate(days) },
  }));
  const body = { seats: { minimum: 1, total, kept: keeping } };
  const request = { permission: as(host, routes.updateCohort), cohortId, body, expectedVersion: cohort.version };
  return outcomeOf(updateCohort(world, request), () => 'changed');
}

const REFUSALS = [
  ...['already-applied', 'application-state-conflict', 'application-window-closed', 'cohort-state-conflict'],
  ...['confirmation-late', 'impossible-dates', 'seats-below-accepted', 'seats-do-not-add-up'],
];
const DONE = ['applied', 'waited', 'swept', 'changed', 'no application'];
const STATUSES = ['accepted', 'waitlisted', 'confirmed', 'declined', 'withdrawn'];

test('any sequence of applications, decisions, waits and changes of seats leaves every invariant true', async () => {
  const seen = new Set<string>();
  await tryAll(
    'applications',
    sequenceOf(step, 40),
    async (steps) => {
      const scene = await newScene();
      try {
        for (const wanted of steps) {
          const outcome = await carryOut(scene, wanted);
          seen.add(outcome);
          expect([...REFUSALS, ...DONE, ...STATUSES], JSON.stringify(wanted)).toContain(outcome);
          // What time has changed by itself is written by whoever comes by.
          if (wanted.do === 'wait') await sweepCohort(scene.world, scene.cohortId);
          expect(await scene.world.faultsOf(scene.cohortId), JSON.stringify(wanted)).toEqual([]);
        }
      } finally {
        await scene.world.cohorts.retire(scene.cohortId);
        scene.world.close();
      }
    },
    { share: 1 / 4, most: 2500 },
  );
  // A quick run tries too few to reach each of these for sure.
  if (isLong)
    expect([...seen]).toEqual(expect.arrayContaining(['accepted', 'waitlisted', 'confirmed', 'seats-below-accepted']));
}, 3_600_000);
