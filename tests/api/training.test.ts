import { beforeAll, describe, expect, test } from 'vitest';

import { anAgreement } from '../support/agreements.ts';
import { api } from '../support/client.ts';
import { anInstitution } from '../support/factories.ts';
import { caughtUp, hubFacts } from '../support/hub.ts';
import {
  aCohort,
  aCohortBody,
  actOn,
  aDraftCohort,
  aProgramme,
  aProgrammeBody,
  applicationSeenBy,
  applyFor,
  change,
  changeCohort,
  cohortOf,
  day,
  expectBalance,
} from '../support/training.ts';

// The first file of a run waits for the hub, which takes longer than a test may.
beforeAll(() => hubFacts().then(() => undefined));

test('a programme is drafted, published, filled, held and completed', async () => {
  const [host, partner, applicant] = [await anInstitution(), await anInstitution(), await anInstitution()];
  const body = aProgrammeBody({
    ...{ partners: [partner.id], reviewsNeeded: 1, illustrative: true },
    prerequisites: { professions: ['surgeon'], yearsOfPractice: 2 },
    completion: { attendancePercent: 100 },
  });
  const draft = (await host.coordinator.call('createProgramme', { body })).ok;
  expect(draft).toMatchObject({ hostId: host.id, status: 'draft', completion: { assessment: false } });
  const params = { programmeId: draft.id };
  expect((await applicant.coordinator.call('getProgramme', { params })).code).toBe('not-found');
  const publish = { params, body: { status: 'published' }, ifMatch: '"1"' };
  const programme = (await host.coordinator.call('updateProgramme', publish)).ok;
  expect((await applicant.coordinator.call('getProgramme', { params })).ok).toEqual(programme);

  // Held on one day, which is today: applications are taken and seats given until it is over.
  const today = { from: day(0), to: day(0) };
  const of = { host, applicant, programme };
  const scene = await aCohort(of, { dates: today, applications: { from: day(-1), to: day(0) }, seats: { total: 2 } });
  expect(scene.cohort).toMatchObject({
    status: 'running',
    balance: { free: 2 },
    waitlist: false,
    minimumReached: false,
  });

  const submitted = await applyFor(scene, applicant);
  expect(submitted.headers.location).toBe(`/v1/applications/${submitted.ok.id}`);
  expect(submitted.ok).toMatchObject({
    institutionId: applicant.id,
    hostId: host.id,
    status: 'submitted',
    named: false,
  });
  expect((await actOn(host, 'acceptApplication', submitted.ok)).code).toBe('reviews-missing');
  const review = { params: { applicationId: submitted.ok.id }, body: { score: 88 } };
  const reviewed = (await partner.coordinator.call('reviewApplication', review)).ok;
  expect(reviewed).toMatchObject({ status: 'under-review', reviews: [{ institutionId: partner.id, score: 88 }] });
  expect(await applicationSeenBy(applicant, submitted.ok)).not.toHaveProperty('reviews');

  const accepted = (await actOn(host, 'acceptApplication', submitted.ok)).ok;
  expect(accepted.status).toBe('accepted');
  expect(Date.parse(accepted.confirmBy ?? '')).toBeLessThanOrEqual(Date.parse(day(1)));
  await expectBalance(scene, { accepted: 1, free: 1 });
  expect((await actOn(applicant, 'confirmApplication', submitted.ok)).ok.status).toBe('confirmed');
  await expectBalance(scene, { accepted: 0, confirmed: 1, free: 1 });
  expect((await cohortOf(scene)).minimumReached).toBe(true);

  const name = { displayName: 'Aigerim B.', consent: true };
  expect((await change(applicant, 'nameTrainee', submitted.ok, name)).ok.named).toBe(true);
  expect((await actOn(host, 'completeApplication', submitted.ok, { body: { assessmentPassed: false } })).code).toBe(
    'completion-rule-not-met',
  );
  const attended = await change(
    host,
    'recordAttendance',
    { id: submitted.ok.id, date: day(0) },
    { presence: 'present' },
  );
  expect(attended.ok.attendance).toEqual({ [day(0)]: 'present' });
  const completed = await actOn(host, 'completeApplication', submitted.ok, { body: {} });
  expect(completed.ok.status).toBe('completed');
  await expectBalance(scene, { accepted: 0, confirmed: 0, completed: 1, free: 1 });
  expect(await applicationSeenBy(applicant, submitted.ok)).toMatchObject({ status: 'completed', named: true });
});

describe('a programme', () => {
  test('is made once, however often it is repeated', async () => {
    const host = await anInstitution();
    const options = { body: aProgrammeBody(), key: 'once' };
    const first = await host.coordinator.call('createProgramme', options);
    const again = await host.coordinator.call('createProgramme', options);
    expect(again.ok).toEqual(first.ok);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = { body: aProgrammeBody({ reviewsNeeded: 2 }), key: 'once' };
    expect((await host.coordinator.call('createProgramme', other)).code).toBe('idempotency-key-reused');
    expect((await host.coordinator.call('listProgrammes', { query: { own: 'true' } })).ok.items).toEqual([first.ok]);
  });

  test('is listed to all once it is published, and to its host before', async () => {
    const [host, other] = [await anInstitution(), await anInstitution()];
    const { id } = await aProgramme(host);
    const draft = (await host.coordinator.call('createProgramme', { body: aProgrammeBody() })).ok;
    const listed = async (query: Record<string, string>, who = other): Promise<string[]> => {
      const ids: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const { ok } = await who.coordinator.call('listProgrammes', {
          query: { limit: 100, ...query, ...(cursor && { cursor }) },
        });
        ids.push(...ok.items.map((item) => item.id));
        if (ok.next === undefined) return ids;
        cursor = ok.next;
      }
    };
    expect(await listed({})).toContain(id);
    expect(await listed({})).not.toContain(draft.id);
    expect(await listed({ own: 'true' })).toEqual([]);
    expect(await listed({ own: 'true' }, host)).toEqual([id, draft.id]);
  });

  test('is offered under an agreement that is in force and names its kind', async () => {
    const terms = { programmes: ['fellowship'], services: [], funding: [] };
    const { id: agreementId, parties } = await anAgreement(undefined, { terms });
    await caughtUp();
    const [host] = parties;
    const offer = (over: object, who = host) =>
      who.coordinator.call('createProgramme', { body: aProgrammeBody({ agreementId, ...over }) });
    expect((await offer({ kind: 'fellowship' })).ok).toMatchObject({ agreementId, agreementVersion: 1 });
    expect((await offer({ kind: 'course' })).problem).toMatchObject({ because: 'kind-not-named' });
    expect((await offer({ kind: 'fellowship' }, await anInstitution())).problem).toMatchObject({ because: 'unknown' });
  });

  test('has active partners only', async () => {
    const host = await anInstitution();
    const partners = [crypto.randomUUID()];
    const made = await host.coordinator.call('createProgramme', { body: aProgrammeBody({ partners }) });
    expect(made.code).toBe('named-institution-not-active');
    expect(made.problem).toMatchObject({ institutions: partners });
    const { id } = await aProgramme(host);
    const changed = { params: { programmeId: id }, body: { partners }, ifMatch: '"2"' };
    expect((await host.coordinator.call('updateProgramme', changed)).code).toBe('named-institution-not-active');
    const stranger = api(crypto.randomUUID(), 'coordinator');
    expect((await stranger.call('createProgramme', { body: aProgrammeBody() })).code).toBe('institution-not-active');
  });

  test('that is published changes where nobody has relied on it, and only from what was read', async () => {
    const host = await anInstitution();
    const { id } = await aProgramme(host);
    const update = (body: object, ifMatch: string) =>
      host.coordinator.call('updateProgramme', { params: { programmeId: id }, body, ifMatch });
    expect((await update({ reviewsNeeded: 5 }, '"2"')).code).toBe('programme-state-conflict');
    expect((await update({ title: { en: 'Another title' } }, '"1"')).code).toBe('stale-version');
    expect((await update({ title: { en: 'Another title' } }, '"2"')).ok.title).toEqual({ en: 'Another title' });
    expect((await update({ status: 'retired' }, '"3"')).ok.status).toBe('retired');
    expect((await aDraftCohort(host, id)).code).toBe('programme-state-conflict');
  });
});

describe('a cohort', () => {
  test('is its host’s alone until it is published', async () => {
    const [host, other] = [await anInstitution(), await anInstitution()];
    const { id: programmeId } = await aProgramme(host);
    const draft = await aDraftCohort(host, programmeId);
    expect(draft.ok).toMatchObject({
      status: 'draft',
      seats: { minimum: 1, total: 2, kept: [] },
      confirmWithinDays: 7,
    });
    const params = { cohortId: draft.ok.id };
    const list = async (who: typeof host) =>
      (await who.coordinator.call('listCohorts', { params: { programmeId } })).ok.items.map(({ id }) => id);
    expect((await other.coordinator.call('getCohort', { params })).code).toBe('not-found');
    expect([await list(host), await list(other)]).toEqual([[draft.ok.id], []]);
    expect((await applyFor({ cohort: draft.ok }, other)).code).toBe('not-found');
    const published = await changeCohort({ host, cohort: draft.ok }, { status: 'published' });
    expect(published.ok.status).toBe('open');
    expect(await list(other)).toEqual([draft.ok.id]);
  });

  test('of a draft is not published', async () => {
    const host = await anInstitution();
    const { id } = (await host.coordinator.call('createProgramme', { body: aProgrammeBody() })).ok;
    const draft = await aDraftCohort(host, id);
    const published = await changeCohort({ host, cohort: draft.ok }, { status: 'published' });
    expect(published.problem).toMatchObject({ type: '/problems/programme-state-conflict', programmeStatus: 'draft' });
  });

  test.each([
    ['impossible-dates', { dates: { from: day(30), to: day(29) } }],
    ['impossible-dates', { dates: { from: day(-3), to: day(29) } }],
    ['impossible-dates', { applications: { from: day(1), to: day(31) } }],
    ['impossible-dates', { applications: { from: day(9), to: day(8) } }],
    ['impossible-dates', { days: [day(29)] }],
    ['seats-do-not-add-up', { seats: { total: 2, minimum: 3 } }],
  ])('with %s is refused, and nothing is changed: %j', async (code, over) => {
    const host = await anInstitution();
    const { id: programmeId } = await aProgramme(host);
    expect((await aDraftCohort(host, programmeId, over)).code).toBe(code);
    const draft = await aDraftCohort(host, programmeId);
    expect((await changeCohort({ host, cohort: draft.ok }, over)).code).toBe(code);
    const { items } = (await host.coordinator.call('listCohorts', { params: { programmeId } })).ok;
    expect(items).toEqual([draft.ok]);
  });

  test('is made once, and keeps seats for active partners only', async () => {
    const host = await anInstitution();
    const { id: programmeId } = await aProgramme(host);
    const options = { params: { programmeId }, body: aCohortBody(), key: 'once' };
    const first = await host.coordinator.call('createCohort', options);
    const again = await host.coordinator.call('createCohort', options);
    expect([again.ok, again.headers['idempotency-replayed']]).toEqual([first.ok, 'true']);
    const other = { ...options, body: aCohortBody({ seats: { total: 9 } }) };
    expect((await host.coordinator.call('createCohort', other)).code).toBe('idempotency-key-reused');
    const kept = [{ institutionId: crypto.randomUUID(), seats: 1, releaseDate: day(10) }];
    expect((await aDraftCohort(host, programmeId, { seats: { total: 2, kept } })).code).toBe(
      'named-institution-not-active',
    );
    const changed = await changeCohort({ host, cohort: first.ok }, { seats: { total: 2, kept } });
    expect(changed.code).toBe('named-institution-not-active');
  });

  test('that is cancelled ends its applications, tells their institutions, and takes nobody any more', async () => {
    const scene = await aCohort();
    const { host, applicant } = scene;
    const seated = (await actOn(host, 'acceptApplication', (await applyFor(scene, applicant)).ok)).ok;
    const open = (await applyFor(scene, applicant)).ok;
    const declined = (await applyFor(scene, applicant)).ok;
    await actOn(host, 'declineApplication', declined, { body: { reason: 'selection' } });
    const cancelled = await changeCohort(scene, { status: 'cancelled', cancellationReason: 'security' });
    expect(cancelled.ok).toMatchObject({ status: 'cancelled', cancellationReason: 'security' });

    await expect.poll(async () => (await applicationSeenBy(applicant, seated)).status).toBe('cancelled');
    await expect.poll(async () => (await applicationSeenBy(applicant, open)).status).toBe('cancelled');
    expect((await applicationSeenBy(applicant, declined)).status).toBe('declined');
    await expect.poll(async () => (await cohortOf(scene)).balance.accepted).toBe(0);
    expect((await applyFor(scene, applicant)).code).toBe('application-window-closed');
    expect((await changeCohort(scene, { seats: { total: 9 } })).code).toBe('cohort-state-conflict');
    await caughtUp();
    const { items } = (await applicant.coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
    const told = items.filter(({ type }) => type === 'org.oncology-hub.application.cancelled.v1');
    expect(told.map(({ data }) => data.id).toSorted()).toEqual([seated.id, open.id].toSorted());
  });
});
