import { beforeAll, describe, expect, test } from 'vitest';

import type { Institution } from '../support/factories.ts';
import { aBudget, actOnGrant, anOffer, aRequest, countersOf, eur, grantSeenBy, payment } from '../support/funding.ts';
import { caughtUp, hubFacts } from '../support/hub.ts';
import {
  aCohort,
  aConfirmed,
  actOn,
  anAccepted,
  changeCohort,
  elapseSeat,
  stepApplicationHalfWay,
  type Training,
} from '../support/training.ts';

/** Money that is promised to who does not come comes back by itself. */

beforeAll(() => hubFacts().then(() => undefined));

const aScene = () => aCohort({}, { seats: { total: 30 } });

describe('what is promised goes back when nobody travels:', () => {
  const ended = async (scene: Training, grant: { readonly id: string }, reason: string) => {
    await expect.poll(() => grantSeenBy(scene.applicant, grant)).toMatchObject({ status: 'withdrawn', reason });
  };

  test('the application is withdrawn', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const application = await aConfirmed(scene);
    const grant = await anOffer(scene, budget, 20_000, application);
    await actOnGrant(scene.applicant, 'acceptTravelGrant', grant);
    await actOn(scene.applicant, 'withdrawApplication', application);
    await ended(scene, grant, 'application-withdrawn');
    expect(await countersOf(scene, budget)).toEqual([0, 0, 100_000]);
    expect((await actOnGrant(scene.host, 'disburseTravelGrant', grant, payment(eur(1)))).code).toBe(
      'travel-grant-state-conflict',
    );
  });

  test('the request that withdrew the application died before anything else', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const application = await aConfirmed(scene);
    const grant = await anOffer(scene, budget, 20_000, application);
    await stepApplicationHalfWay(application, 'withdrawn');
    // Until the job has come by nothing is promised or paid to who does not come.
    const late = await actOnGrant(scene.applicant, 'acceptTravelGrant', grant);
    expect(['application-state-conflict', 'travel-grant-state-conflict']).toContain(late.code);
    await ended(scene, grant, 'application-withdrawn');
    expect(await countersOf(scene, budget)).toEqual([0, 0, 100_000]);
  });

  test('the seat has lapsed', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const application = await anAccepted(scene);
    const grant = await anOffer(scene, budget, 20_000, application);
    await elapseSeat(application);
    expect((await actOn(scene.applicant, 'confirmApplication', application)).code).toBe('confirmation-late');
    await ended(scene, grant, 'application-lapsed');
    expect(await countersOf(scene, budget)).toEqual([0, 0, 100_000]);
  });

  test('the cohort is cancelled; what was paid stays paid, and the institutions are told', async () => {
    const scene = await aScene();
    const budget = await aBudget(scene);
    const paid = await anOffer(scene, budget, 20_000);
    await actOnGrant(scene.applicant, 'acceptTravelGrant', paid);
    await actOnGrant(scene.host, 'disburseTravelGrant', paid, payment(eur(15_000)));
    const [asked, promised] = [await aRequest(scene), await anOffer(scene, budget, 30_000)];
    await changeCohort(scene, { status: 'cancelled', cancellationReason: 'security' });
    await ended(scene, asked, 'cohort-cancelled');
    await ended(scene, promised, 'cohort-cancelled');
    expect((await grantSeenBy(scene.applicant, paid)).status).toBe('disbursed');
    expect(await countersOf(scene, budget)).toEqual([0, 15_000, 85_000]);
    await caughtUp();
    const told = async ({ coordinator }: Institution) => {
      const { items } = (await coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
      return items.filter(({ type, subject }) => type.includes('travel-grant') && subject.includes(promised.id));
    };
    for (const who of [scene.applicant, scene.host]) {
      const events = await told(who);
      expect(events.map(({ type }) => type.replace('org.oncology-hub.travel-grant.', ''))).toEqual([
        ...['submitted.v1', 'offered.v1', 'withdrawn.v1'],
      ]);
      expect(events.at(-1)?.data).toMatchObject({ action: 'withdraw', status: 'withdrawn' });
    }
  });
});
