import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { deriveId } from '../../lambdas/shared/capacity/holder.ts';
import { type Application, newApplication, step as stepOf } from '../../lambdas/training/application-model.ts';
import { createBudget, getBudget, updateBudget } from '../../lambdas/training/budget-operations.ts';
import { createCohort, updateCohort } from '../../lambdas/training/cohort-operations.ts';
import { trainingRoutes as routes } from '../../lambdas/training/contract.ts';
import { createProgramme, updateProgramme } from '../../lambdas/training/programme-operations.ts';
import { releaseTravelGrant } from '../../lambdas/training/releasing.ts';
import {
  accept,
  createTravelGrant,
  decline,
  disburse,
  offer,
  withdraw,
} from '../../lambdas/training/travel-grant-operations.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { sequenceOf, tryAll } from './sequences.ts';
import { TrainingWorld } from './training-world.ts';
import { as, callerOf, outcomeOf } from './world.ts';

/** Whatever is asked for, promised, paid and given back in whatever order: no budget is overspent, and its counters are right. */

let hub: Hub;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const amount = fc.integer({ min: 0, max: 80 });
const TRAVELLERS = 3;
const traveller = fc.nat({ max: TRAVELLERS - 1 });
const budget = fc.nat({ max: 1 });
const SIMPLE = { accept, decline, withdraw };
const SIMPLE_ROUTES = {
  accept: routes.acceptTravelGrant,
  decline: routes.declineTravelGrant,
  withdraw: routes.withdrawTravelGrant,
};

const one = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), traveller, amount }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('offer' as const), traveller, budget, amount }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      action: fc.constantFrom<keyof typeof SIMPLE>('accept', 'accept', 'decline', 'withdraw'),
      ...{ traveller, byHost: fc.boolean() },
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pay' as const), traveller, amount }) },
  // All the way at once, so that it is gone often enough.
  { weight: 4, arbitrary: fc.record({ do: fc.constant('travel' as const), traveller, budget, amount, paid: amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('limit' as const), budget, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), traveller }) },
);
type One = typeof one extends fc.Arbitrary<infer S> ? S : never;
/** Some steps are made at the same time. */
const step = fc.array(one, { minLength: 1, maxLength: 3 });

async function newScene() {
  const world = new TrainingWorld(hub);
  const [host, applicant] = [callerOf(uuidv7()), callerOf(uuidv7())];
  await world.activate(host.institutionId, applicant.institutionId);
  const { value: programme } = await createProgramme(world, {
    ...{ permission: as(host, routes.createProgramme), idempotencyKey: 'programme' },
    body: {
      ...{ kind: 'course', title: { en: 'A course' }, fields: ['nursing'], languages: [], partners: [], syllabus: [] },
      ...{ prerequisites: { professions: [], yearsOfPractice: 0 }, reviewsNeeded: 0 },
      completion: { attendancePercent: 80, assessment: false },
    },
  });
  const published = { body: { status: 'published' as const }, expectedVersion: 1 };
  const programmeId = programme.id;
  await updateProgramme(world, { permission: as(host, routes.updateProgramme), programmeId, ...published });
  const { value } = await createCohort(world, {
    ...{ permission: as(host, routes.createCohort), programmeId, idempotencyKey: 'cohort' },
    body: {
      ...{ dates: { from: '2026-07-10', to: '2026-07-12' }, timeZone: 'UTC', venue: { link: 'https://example.org' } },
      ...{ seats: { minimum: 1, total: 9, kept: [] }, applications: { from: '2026-06-01', to: '2026-07-10' } },
      ...{ confirmWithinDays: 7, invited: [], agenda: [] },
    },
  });
  const { cohort } = value;
  await updateCohort(world, { permission: as(host, routes.updateCohort), cohortId: cohort.id, ...published });
  const budgets = [];
  for (const [index, limit] of [100, 60].entries()) {
    const made = await createBudget(world, {
      ...{ permission: as(host, routes.createBudget), cohortId: cohort.id, idempotencyKey: String(index) },
      body: { payer: { source: 'host' }, limit: eur(limit) },
    });
    budgets.push(made.value.id);
  }
  return {
    world,
    host,
    applicant,
    cohort,
    budgets,
    travellers: new Map<number, Promise<Application>>(),
    grants: new Map<number, string>(),
  };
}
type Scene = Awaited<ReturnType<typeof newScene>>;

/** Somebody who has confirmed; for whom two ask at once, the same. */
function applicationOf(scene: Scene, index: number): Promise<Application> {
  const application = scene.travellers.get(index) ?? newTraveller(scene, index);
  scene.travellers.set(index, application);
  return application;
}

/** Written as it is stored: seats are another test's. */
async function newTraveller({ world, cohort, applicant }: Scene, index: number): Promise<Application> {
  const id = deriveId(cohort.id, uuidv7());
  const nominee = {
    ...{ pseudonym: `STAFF-${String(index)}`, profession: 'nurse' as const, yearsOfPractice: 1, languages: [] },
  };
  const wanted = { id, institutionId: applicant.institutionId, nominee, documents: [] };
  const application: Application = { ...newApplication(cohort, wanted, HUB, world.now()), status: 'confirmed' };
  await world.putApplication(application);
  return application;
}

async function carryOut(scene: Scene, wanted: One): Promise<string> {
  const { world, host, applicant, budgets, travellers, grants } = scene;
  const keys = { idempotencyKey: undefined, expectedVersion: undefined };
  if (wanted.do === 'limit') {
    const budgetId = budgets[wanted.budget]!;
    const { version } = await getBudget(world, as(host, routes.getBudget), budgetId);
    const request = { permission: as(host, routes.updateBudget), budgetId, expectedVersion: version };
    return outcomeOf(updateBudget(world, { ...request, body: { limit: eur(wanted.amount) } }), () => 'limited');
  }
  const index = wanted.traveller;
  if (wanted.do === 'travel') {
    await carryOut(scene, { ...wanted, do: 'ask' });
    await carryOut(scene, { ...wanted, do: 'offer' });
    await carryOut(scene, { do: 'act', action: 'accept', traveller: index, byHost: false });
    return carryOut(scene, { ...wanted, do: 'pay', amount: Math.min(wanted.paid, wanted.amount) });
  }
  if (wanted.do === 'ask') {
    const { id } = await applicationOf(scene, index);
    const items = [{ kind: 'ticket' as const, money: eur(wanted.amount) }];
    const request = { permission: as(applicant, routes.createTravelGrant), idempotencyKey: uuidv7() };
    return outcomeOf(createTravelGrant(world, { ...request, body: { applicationId: id, items } }), ({ value }) => {
      grants.set(index, value.id);
      return 'submitted';
    });
  }
  if (wanted.do === 'end') {
    const application = await travellers.get(index);
    const ended = application && stepOf(application, 'withdraw', world.now(), { by: HUB });
    if (ended === undefined) return 'nobody';
    travellers.delete(index);
    await world.applications.putNext(ended);
    await releaseTravelGrant(world, ended);
    return 'ended';
  }
  const travelGrantId = grants.get(index);
  if (travelGrantId === undefined) return 'nobody';
  const statusOf = ({ value }: { readonly value: { readonly status: string } }) => value.status;
  switch (wanted.do) {
    case 'offer': {
      const body = { budgetId: budgets[wanted.budget]!, amount: eur(wanted.amount) };
      return outcomeOf(
        offer(world, { permission: as(host, routes.offerTravelGrant), travelGrantId, body, ...keys }),
        statusOf,
      );
    }
    case 'pay': {
      const body = { paid: eur(wanted.amount), receipts: [uuidv7()] };
      const permission = as(host, routes.disburseTravelGrant);
      return outcomeOf(disburse(world, { permission, travelGrantId, body, ...keys }), statusOf);
    }
    case 'act': {
      const who = wanted.action === 'decline' && wanted.byHost ? host : applicant;
      const permission = as(who, SIMPLE_ROUTES[wanted.action]);
      return outcomeOf(SIMPLE[wanted.action](world, { permission, travelGrantId, body: {}, ...keys }), statusOf);
    }
  }
}

const REFUSALS = [
  ...['travel-grant-exists', 'travel-grant-state-conflict', 'application-state-conflict', 'budget-exceeded'],
  ...['more-than-agreed', 'budget-in-use', 'busy', 'stale-version'],
];
const DONE = ['nobody', 'ended', 'limited', 'submitted', 'offered', 'accepted', 'disbursed', 'declined', 'withdrawn'];

test('the steps of these sequences reach every end', async () => {
  const scene = await newScene();
  const travel = { do: 'travel' as const, budget: 0, amount: 70 };
  const steps: readonly (readonly [One, string])[] = [
    [{ ...travel, traveller: 0, paid: 50 }, 'disbursed'],
    [{ do: 'ask', traveller: 1, amount: 80 }, 'submitted'],
    [{ do: 'offer', traveller: 1, budget: 0, amount: 51 }, 'budget-exceeded'],
    [{ do: 'offer', traveller: 1, budget: 0, amount: 50 }, 'offered'],
    [{ do: 'limit', budget: 0, amount: 80 }, 'budget-in-use'],
    [{ do: 'end', traveller: 1 }, 'ended'],
    [{ do: 'limit', budget: 0, amount: 80 }, 'limited'],
    [{ do: 'ask', traveller: 2, amount: 10 }, 'submitted'],
    [{ do: 'act', action: 'withdraw', traveller: 2, byHost: false }, 'withdrawn'],
    [{ do: 'ask', traveller: 2, amount: 10 }, 'submitted'],
    [{ do: 'act', action: 'decline', traveller: 2, byHost: true }, 'declined'],
  ];
  for (const [wanted, expected] of steps) expect(await carryOut(scene, wanted), JSON.stringify(wanted)).toBe(expected);
  expect(await scene.world.faultsOfFunding(scene.cohort.id)).toEqual([]);
  await scene.world.cohorts.retire(scene.cohort.id);
  scene.world.close();
});

test('any sequence of requests, offers, payments, limits and ends leaves every budget right', async () => {
  await tryAll(
    'budgets',
    sequenceOf(step, 30),
    async (steps) => {
      const scene = await newScene();
      try {
        for (const wanted of steps) {
          for (const outcome of await Promise.all(wanted.map((each) => carryOut(scene, each)))) {
            expect([...REFUSALS, ...DONE], JSON.stringify(wanted)).toContain(outcome);
          }
          expect(await scene.world.faultsOfFunding(scene.cohort.id), JSON.stringify(wanted)).toEqual([]);
        }
      } finally {
        await scene.world.cohorts.retire(scene.cohort.id);
        scene.world.close();
      }
    },
    { share: 1 / 4, most: 2500 },
  );
}, 3_600_000);
