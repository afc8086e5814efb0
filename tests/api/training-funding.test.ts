import { beforeAll, describe, expect, test } from 'vitest';

import { anInstitution, type Institution } from '../support/factories.ts';
import {
  aBudget,
  aBudgetBody,
  actOnGrant,
  anOffer,
  aRequest,
  askFor,
  aTicket,
  budgetOf,
  countersOf,
  eur,
  offerOf,
  payment,
  RECEIPTS,
  usd,
} from '../support/funding.ts';
import { hubFacts } from '../support/hub.ts';
import {
  aCohort,
  actOn,
  aNominee,
  anAccepted,
  aProgramme,
  applyFor,
  changeCohort,
  cohortOf,
  elapseSeat,
  type Training,
} from '../support/training.ts';

/** Who pays for training: budgets that are never promised twice, and travel grants that give back what is not needed. */

beforeAll(() => hubFacts().then(() => undefined));

const aScene = (total = 30) => aCohort({}, { seats: { total } });

async function changeBudget({ host }: Pick<Training, 'host'>, { id }: { readonly id: string }, body: object) {
  const params = { budgetId: id };
  const ifMatch = String((await host.coordinator.call('getBudget', { params })).headers.etag);
  return host.coordinator.call('updateBudget', { params, body, ifMatch });
}

describe('a cohort', () => {
  test('says who pays for taking part, and a sponsor’s name', async () => {
    const funding = { source: 'sponsor', sponsor: { en: 'A fund', ru: 'Фонд' } };
    const scene = await aCohort({}, { funding });
    expect((await cohortOf(scene)).funding).toEqual(funding);
    expect((await changeCohort(scene, { funding: { source: 'host' } })).ok.funding).toEqual({ source: 'host' });
  });
});

describe('a budget', () => {
  test('is made once, and read by the host and its partners only', async () => {
    const [host, partner] = [await anInstitution(), await anInstitution()];
    const programme = await aProgramme(host, { partners: [partner.id] });
    const scene = await aCohort({ host, programme });
    const request = { params: { cohortId: scene.cohort.id }, body: aBudgetBody(), key: 'once' };
    const { ok: budget } = await host.coordinator.call('createBudget', request);
    const again = await host.coordinator.call('createBudget', request);
    expect([again.ok, again.headers['idempotency-replayed']]).toEqual([budget, 'true']);
    const other = { ...request, body: aBudgetBody({ limit: eur(5) }) };
    expect((await host.coordinator.call('createBudget', other)).code).toBe('idempotency-key-reused');
    expect(await budgetOf(scene, budget)).toEqual(budget);
    expect(budget).toMatchObject({ committed: eur(0), disbursed: eur(0), available: eur(100_000) });

    const params = { budgetId: budget.id, cohortId: scene.cohort.id };
    const seen = async ({ coordinator }: Institution) => [
      (await coordinator.call('getBudget', { params })).code,
      (await coordinator.call('listBudgets', { params })).code,
    ];
    expect(await Promise.all([host, partner, scene.applicant].map(seen))).toEqual([
      ['200', '200'],
      ['200', '200'],
      ['not-found', 'role-not-permitted'],
    ]);
    expect((await partner.coordinator.call('listBudgets', { params })).ok.items).toEqual([budget]);
  });

  test('has no limit below what is promised and paid, keeps its currency, and its payer once it is used', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    expect((await changeBudget(scene, budget, { payer: { source: 'programme' } })).status).toBe(200);
    await anOffer(scene, budget, 40_000);
    const refused = await changeBudget(scene, budget, { limit: eur(39_999) });
    expect(refused.problem).toMatchObject({ type: '/problems/budget-in-use', committed: eur(40_000) });
    expect((await changeBudget(scene, budget, { limit: usd(90_000) })).code).toBe('currencies-mixed');
    expect((await changeBudget(scene, budget, { payer: { source: 'host' } })).code).toBe('budget-in-use');
    expect((await changeBudget(scene, budget, { limit: eur(40_000) })).ok.available).toEqual(eur(0));
    const stale = { params: { budgetId: budget.id }, body: { limit: eur(50_000) }, ifMatch: '"1"' };
    expect((await scene.host.coordinator.call('updateBudget', stale)).code).toBe('stale-version');
  });

  test('of a cancelled cohort is not made', async () => {
    const scene = await aScene();
    await changeCohort(scene, { status: 'cancelled', cancellationReason: 'budget' });
    const request = { params: { cohortId: scene.cohort.id }, body: aBudgetBody() };
    expect((await scene.host.coordinator.call('createBudget', request)).code).toBe('cohort-state-conflict');
  });
});

describe('a travel grant', () => {
  test('is asked for, offered, accepted and paid; the rest goes back', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const asked = await aRequest(scene);
    expect(asked).toMatchObject({ status: 'submitted', asked: eur(50_000) });
    const offered = await actOnGrant(scene.host, 'offerTravelGrant', asked, offerOf(budget.id, eur(45_000)));
    expect(offered.ok).toMatchObject({ status: 'offered', offered: eur(45_000), budgetId: budget.id });
    expect(await countersOf(scene, budget)).toEqual([45_000, 0, 55_000]);
    expect((await actOnGrant(scene.applicant, 'acceptTravelGrant', asked)).ok.status).toBe('accepted');
    const tooMuch = await actOnGrant(scene.host, 'disburseTravelGrant', asked, payment(eur(45_001)));
    expect(tooMuch.problem).toMatchObject({ type: '/problems/more-than-agreed', most: eur(45_000) });
    const foreign = await actOnGrant(scene.host, 'disburseTravelGrant', asked, payment(usd(1)));
    expect(foreign.code).toBe('currencies-mixed');
    const paid = await actOnGrant(scene.host, 'disburseTravelGrant', asked, payment(eur(44_000)));
    expect(paid.ok).toMatchObject({ status: 'disbursed', paid: eur(44_000), receipts: RECEIPTS });
    expect(await countersOf(scene, budget)).toEqual([0, 44_000, 56_000]);
    expect((await askFor(scene.applicant, { id: asked.applicationId })).problem).toMatchObject({
      ...{ type: '/problems/travel-grant-exists', travelGrantId: asked.id },
    });
    expect((await actOnGrant(scene.applicant, 'withdrawTravelGrant', asked)).problem).toMatchObject({
      ...{ type: '/problems/travel-grant-state-conflict', travelGrantStatus: 'disbursed' },
    });
  });

  test('is asked for who has a seat, once until it has ended, in one currency', async () => {
    const scene = await aScene(2);
    const applied = (await applyFor(scene, scene.applicant)).ok;
    expect((await askFor(scene.applicant, applied)).problem).toMatchObject({
      ...{ type: '/problems/application-state-conflict', applicationStatus: 'submitted' },
    });
    const accepted = await anAccepted(scene);
    const mixed = { items: [aTicket(1), { kind: 'visa', money: usd(1) }] };
    expect((await askFor(scene.applicant, accepted, mixed)).code).toBe('currencies-mixed');
    const rate = { items: [{ kind: 'per-diem', rate: usd(10), days: 2, money: eur(20) }] };
    expect((await askFor(scene.applicant, accepted, rate)).code).toBe('currencies-mixed');
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => askFor(scene.applicant, accepted)),
    ).then((answers) => answers.toSorted((a, b) => a.status - b.status));
    expect(first?.status).toBe(201);
    expect(others.every(({ code }) => ['travel-grant-exists', 'busy'].includes(code))).toBe(true);
    expect((await askFor(scene.host, accepted)).code).toBe('role-not-permitted');
    await actOnGrant(scene.applicant, 'withdrawTravelGrant', first!.ok);
    expect((await askFor(scene.applicant, accepted)).status).toBe(201);
    const late = await anAccepted(scene);
    await elapseSeat(late);
    expect((await askFor(scene.applicant, late)).problem).toMatchObject({ applicationStatus: 'lapsed' });
  });

  test('is offered of a budget of its own cohort and currency, no more than was asked for and there is', async () => {
    const scene = await aScene();
    const [small, dollars] = [
      await aBudget(scene, { limit: eur(10_000) }),
      await aBudget(scene, { limit: usd(100_000), payer: { source: 'sponsor', sponsor: { en: 'A fund' } } }),
    ];
    const elsewhere = await aBudget(await aScene());
    const grant = await aRequest(scene);
    const offer = async (budgetId: string, amount: object) =>
      actOnGrant(scene.host, 'offerTravelGrant', grant, offerOf(budgetId, amount));
    expect((await offer(elsewhere.id, eur(1))).code).toBe('budget-unknown');
    expect((await offer(crypto.randomUUID(), eur(1))).code).toBe('budget-unknown');
    expect((await offer(dollars.id, eur(1))).code).toBe('currencies-mixed');
    expect((await offer(dollars.id, usd(1))).code).toBe('currencies-mixed');
    expect((await offer(small.id, eur(50_001))).problem).toMatchObject({ most: eur(50_000) });
    expect((await offer(small.id, eur(10_001))).problem).toMatchObject({
      ...{ type: '/problems/budget-exceeded', available: eur(10_000) },
    });
    expect((await offer(small.id, eur(10_000))).status).toBe(200);
    expect(await countersOf(scene, small)).toEqual([10_000, 0, 0]);
  });

  test('is declined by the host before, and by who has asked after the offer; withdrawn until it is paid', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const refused = await aRequest(scene);
    expect((await actOnGrant(scene.applicant, 'declineTravelGrant', refused)).code).toBe('travel-grant-state-conflict');
    expect((await actOnGrant(scene.host, 'declineTravelGrant', refused)).ok.status).toBe('declined');
    const offered = await anOffer(scene, budget);
    expect((await actOnGrant(scene.host, 'declineTravelGrant', offered)).code).toBe('travel-grant-state-conflict');
    expect((await actOnGrant(scene.applicant, 'declineTravelGrant', offered)).ok.status).toBe('declined');
    expect(await countersOf(scene, budget)).toEqual([0, 0, 100_000]);
    const accepted = await anOffer(scene, budget);
    await actOnGrant(scene.applicant, 'acceptTravelGrant', accepted);
    expect((await actOnGrant(scene.applicant, 'withdrawTravelGrant', accepted)).ok.status).toBe('withdrawn');
    expect(await countersOf(scene, budget)).toEqual([0, 0, 100_000]);
  });

  test('of the host’s own staff is declined by it before and after the offer', async () => {
    const host = await anInstitution();
    const scene = await aCohort({ host, applicant: host }, { seats: { total: 2 } });
    const budget = await aBudget(scene);
    expect((await actOnGrant(host, 'declineTravelGrant', await aRequest(scene))).ok.status).toBe('declined');
    expect((await actOnGrant(host, 'declineTravelGrant', await anOffer(scene, budget))).ok.status).toBe('declined');
    expect(await countersOf(scene, budget)).toEqual([0, 0, 100_000]);
  });

  test('repeated with its key changes nothing more', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const grant = await aRequest(scene);
    const offer = () =>
      actOnGrant(scene.host, 'offerTravelGrant', grant, { ...offerOf(budget.id, eur(30_000)), key: 'offer-once' });
    const [first, again] = [await offer(), await offer()];
    expect([again.ok, again.headers['idempotency-replayed']]).toEqual([first.ok, 'true']);
    expect(await countersOf(scene, budget)).toEqual([30_000, 0, 70_000]);
  });

  test('is its institution’s, the host’s and its partners’ to see, and lists are', async () => {
    const [host, partner, other] = [await anInstitution(), await anInstitution(), await anInstitution()];
    const programme = await aProgramme(host, { partners: [partner.id] });
    const scene = await aCohort({ host, programme });
    const grant = await aRequest(scene);
    const seen = async ({ coordinator }: Institution) =>
      (await coordinator.call('getTravelGrant', { params: { travelGrantId: grant.id } })).code;
    const all = [host, partner, scene.applicant, other];
    expect(await Promise.all(all.map(seen))).toEqual(['200', '200', '200', 'not-found']);
    const listed = async ({ coordinator }: Institution, query: Record<string, string>) =>
      (await coordinator.call('listTravelGrants', { query })).ok.items.map(({ id }) => id);
    const cohortId = scene.cohort.id;
    expect(await Promise.all(all.map((who) => listed(who, { cohortId })))).toEqual([
      [grant.id],
      [grant.id],
      [grant.id],
      [],
    ]);
    expect(await Promise.all(all.map((who) => listed(who, {})))).toEqual([[], [], [grant.id], []]);
  });
});

test('of twenty offers at once exactly those are made for which there is money', async () => {
  const scene = await aScene();
  const budget = await aBudget(scene, { limit: eur(100_000) });
  const group = async () => {
    const nominees = Array.from({ length: 10 }, () => aNominee());
    const first = (await applyFor(scene, scene.applicant, nominees)).ok;
    await actOn(scene.host, 'acceptApplication', first);
    return first.group ?? [];
  };
  const applications = [...(await group()), ...(await group())];
  const grants = await Promise.all(
    applications.map(async (id) => (await askFor(scene.applicant, { id }, { items: [aTicket(15_000)] })).ok),
  );
  const answers = await Promise.all(
    grants.map(async (grant) => {
      for (;;) {
        const how = { ...offerOf(budget.id, eur(15_000)), key: grant.id };
        const answer = await actOnGrant(scene.host, 'offerTravelGrant', grant, how);
        if (answer.status !== 503) return answer.code;
      }
    }),
  );
  expect(answers.toSorted()).toEqual([...Array<string>(6).fill('200'), ...Array<string>(14).fill('budget-exceeded')]);
  expect(await countersOf(scene, budget)).toEqual([90_000, 0, 10_000]);
});
