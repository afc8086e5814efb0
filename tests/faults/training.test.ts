import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { sweepCohort } from '../../lambdas/training/sweeping.ts';
import { TrainingWorld } from '../properties/training-world.ts';
import { isLong } from '../support/selection.ts';
import { aCohortBody, aNominee, aProgrammeBody } from '../support/training.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { type Answer, Scene } from './scene.ts';

/**
 * Every call that a request about training makes to the database, each fault at each of them, then the client's repetition:
 * all must come to the same end as if nothing had happened.
 */

let scene: Scene;
let world: TrainingWorld;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  world = new TrainingWorld(scene.hub);
}, 180_000);
afterAll(async () => {
  world.close();
  await scene.close();
});

interface Request {
  readonly who: string;
  readonly path: string;
  readonly body?: unknown;
  /** What the request is about, once there is one. */
  readonly cohortId?: string;
}

/** A published cohort with so many seats. */
async function aCohort(total: number) {
  const [host, applicant] = [uuidv7(), uuidv7()];
  await world.activate(host, applicant);
  const programme = await scene.insist(host, '/v1/programmes', aProgrammeBody());
  await patch(host, `/v1/programmes/${String(programme.body['id'])}`, { status: 'published' });
  const path = `/v1/programmes/${String(programme.body['id'])}/cohorts`;
  const cohort = await scene.insist(host, path, aCohortBody({ seats: { total } }));
  const cohortId = String(cohort.body['id']);
  await patch(host, `/v1/cohorts/${cohortId}`, { status: 'published' });
  return { host, applicant, cohortId, path };
}

async function patch(institution: string, path: string, body: unknown): Promise<void> {
  const token = await scene.hub.token({ institution, role: 'coordinator' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '"1"' };
  const { status } = await fetch(scene.hub.url + path, { method: 'PATCH', headers, body: JSON.stringify(body) });
  expect(status).toBe(200);
}

/** Brings things to where the request can be made, and says how. */
async function prepare(name: string): Promise<Request> {
  const { host, applicant, cohortId, path } = await aCohort(name.includes('group') ? 3 : 1);
  if (name === 'draft') return { who: host, path: '/v1/programmes', body: aProgrammeBody() };
  if (name === 'draft a cohort') return { who: host, path, body: aCohortBody({ seats: { total: 30 } }) };
  const apply = (size: number) => ({
    ...{ who: applicant, path: `/v1/cohorts/${cohortId}/applications`, cohortId },
    body: { nominees: Array.from({ length: size }, () => aNominee()) },
  });
  if (name === 'apply') return apply(1);
  if (name === 'apply for a group') return apply(3);
  const applied = async (size = 1): Promise<string> => {
    const { path: to, body } = apply(size);
    return `/v1/applications/${String((await scene.insist(applicant, to, body)).body['id'])}`;
  };
  const first = await applied(name.includes('group') ? 3 : 1);
  if (name === 'accept' || name === 'accept a group') return { who: host, path: `${first}/accept`, cohortId };
  await scene.insist(host, `${first}/accept`);
  const granting = await grants(name, { host, applicant, cohortId, application: first });
  if (granting !== undefined) return granting;
  if (name === 'confirm' || name === 'confirm a group') return { who: applicant, path: `${first}/confirm`, cohortId };
  if (name === 'withdraw a group') return { who: applicant, path: `${first}/withdraw`, cohortId };
  const second = await applied();
  if (name === 'wait') return { who: host, path: `${second}/accept`, cohortId };
  await scene.insist(host, `${second}/accept`);
  if (name === 'decline') return { who: host, path: `${second}/decline`, body: {}, cohortId };
  return { who: applicant, path: `${first}/withdraw`, cohortId };
}

interface Granting {
  readonly host: string;
  readonly applicant: string;
  readonly cohortId: string;
  /** Its path. */
  readonly application: string;
}

/** The same for what is about money; `undefined` when the request is not. */
async function grants(
  name: string,
  { host, applicant, cohortId, application }: Granting,
): Promise<Request | undefined> {
  const money = { amount: 400, currency: 'EUR' };
  const opening = { path: `/v1/cohorts/${cohortId}/budgets`, body: { payer: { source: 'host' }, limit: money } };
  if (name === 'open a budget') return { who: host, ...opening, cohortId };
  const applicationId = application.slice(application.lastIndexOf('/') + 1);
  const asking = { path: '/v1/travel-grants', body: { applicationId, items: [{ kind: 'ticket', money }] } };
  if (name === 'ask for money') return { who: applicant, ...asking, cohortId };
  if (!name.startsWith('money')) return undefined;
  const budget = await scene.insist(host, opening.path, opening.body);
  const path = `/v1/travel-grants/${String((await scene.insist(applicant, asking.path, asking.body)).body['id'])}`;
  const offer = { path: `${path}/offer`, body: { budgetId: budget.body['id'], amount: money } };
  if (name === 'money offered') return { who: host, ...offer, cohortId };
  await scene.insist(host, offer.path, offer.body);
  if (name === 'money declined') return { who: applicant, path: `${path}/decline`, cohortId };
  await scene.insist(applicant, `${path}/accept`);
  const body = { paid: { amount: 300, currency: 'EUR' }, receipts: [uuidv7()] };
  return { who: host, path: `${path}/disburse`, body, cohortId };
}

/** What is there in the end, when the sweep has been by. */
async function endOf({ cohortId }: Request, { status, body }: Answer) {
  if (cohortId === undefined) return { status, shown: body['status'], applications: [], budgets: [], faults: [] };
  await sweepCohort(world, cohortId);
  const applications = await world.applications.allOf(cohortId);
  const budgets = await world.funding.budgetsOf(cohortId);
  return {
    ...{ status, shown: body['status'], faults: await world.faultsOf(cohortId) },
    budgets: budgets.map(({ bound, disbursed: paid }) => [bound, paid]),
    applications: applications.map((each) => `${each.status} ${String(each.version)}`).toSorted(),
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
  ...['accept a group', 'withdraw', 'money offered'],
  ...(isLong
    ? [
        'draft',
        'draft a cohort',
        'apply',
        'apply for a group',
        'accept',
        'wait',
        'confirm',
        'confirm a group',
        'decline',
        'withdraw a group',
      ]
    : []),
  ...(isLong ? ['open a budget', 'ask for money', 'money declined', 'money paid'] : []),
];
/** The SDK waits about a second before it tries again when it is throttled: two stand for all. */
const cases = TRIED.flatMap((fault) =>
  (fault === 'throttled' ? REQUESTS.slice(0, 2) : REQUESTS).map((name) => [name, fault] as const),
);

test.each(cases)('%s comes to the same end when any call is %s', { timeout: 240_000 }, async (name, fault) => {
  const request = await prepare(name);
  const expected = await endOf(request, await scene.insist(request.who, request.path, request.body));
  expect(expected.faults).toEqual([]);
  let calls = 0;
  for (let at = 1; ; at++) {
    const { end, reached } = await disturbed(name, fault, at);
    if (!reached) break;
    calls = at;
    expect(end, `${fault} at call ${String(at)}`).toEqual(expected);
  }
  expect(calls).toBeGreaterThan(1);
});
