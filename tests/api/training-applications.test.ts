import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { anInstitution } from '../support/factories.ts';
import { allItems, caughtUp, DEPLOYED, hub, hubFacts } from '../support/hub.ts';
import {
  aCohort,
  aConfirmed,
  actOn,
  aNominee,
  anAccepted,
  aProgramme,
  applicationSeenBy,
  applyFor,
  change,
  cohortOf,
  day,
  elapseSeat,
  moveCohort,
} from '../support/training.ts';

beforeAll(() => hubFacts().then(() => undefined));

describe('an application', () => {
  test('is made once, however often it is repeated', async () => {
    const scene = await aCohort();
    const nominees = [aNominee()];
    const first = await applyFor(scene, scene.applicant, nominees, { key: 'once' });
    const again = await applyFor(scene, scene.applicant, nominees, { key: 'once' });
    expect([again.ok, again.headers['idempotency-replayed']]).toEqual([first.ok, 'true']);
    expect((await applyFor(scene, scene.applicant, [aNominee()], { key: 'once' })).code).toBe('idempotency-key-reused');
    const listed = await scene.applicant.coordinator.call('listApplications', {
      params: { cohortId: scene.cohort.id },
    });
    expect(listed.ok.items).toEqual([first.ok]);
  });

  test('is taken on the days of applications only', async () => {
    const early = await aCohort({}, { applications: { from: day(2), to: day(3) } });
    expect(early.cohort.status).toBe('published');
    const refused = await applyFor(early, early.applicant);
    expect(refused.problem).toMatchObject({
      type: '/problems/application-window-closed',
      ...{ applications: early.cohort.applications, timeZone: 'UTC' },
    });
  });

  test('is made once for a person, until it was given up', async () => {
    const scene = await aCohort();
    const { applicant, host } = scene;
    const nominee = aNominee();
    const { ok } = await applyFor(scene, applicant, [nominee]);
    const again = () => applyFor(scene, applicant, [aNominee(), nominee]);
    expect((await again()).problem).toMatchObject({ type: '/problems/already-applied', applicationId: ok.id });
    // Nobody of the group has applied then, and another institution's pseudonym is another person.
    const params = { cohortId: scene.cohort.id };
    expect((await applicant.coordinator.call('listApplications', { params })).ok.items).toHaveLength(1);
    expect((await applyFor(scene, await anInstitution(), [nominee])).status).toBe(201);
    await actOn(applicant, 'withdrawApplication', ok);
    const second = (await again()).ok;
    await actOn(host, 'declineApplication', second, { body: { reason: 'prerequisites' } });
    expect(await applicationSeenBy(applicant, second)).toMatchObject({
      status: 'declined',
      declineReason: 'prerequisites',
    });
    expect((await again()).code).toBe('already-applied');
  });

  test('of the same person, sent many times at once, is one', async () => {
    const scene = await aCohort();
    const nominee = aNominee();
    const answers = await Promise.all(Array.from({ length: 6 }, () => applyFor(scene, scene.applicant, [nominee])));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.every(({ code }) => ['201', 'already-applied', 'busy'].includes(code))).toBe(true);
  });

  test('is for who has what the programme asks for', async () => {
    const host = await anInstitution();
    const programme = await aProgramme(host, { prerequisites: { professions: ['surgeon'], yearsOfPractice: 5 } });
    const scene = await aCohort({ host, programme });
    const wrong = { profession: 'nurse', yearsOfPractice: 4, languages: [{ language: 'ru', level: 'A2' }] };
    const refused = await applyFor(scene, scene.applicant, [aNominee({ yearsOfPractice: 5 }), aNominee(wrong)]);
    expect(refused.code).toBe('prerequisites-not-met');
    expect(refused.problem['errors']).toEqual([
      { pointer: '/nominees/1/profession', message: 'must be one of surgeon' },
      { pointer: '/nominees/1/yearsOfPractice', message: 'must be 5 at least' },
      { pointer: '/nominees/1/languages', message: 'must have ru at B1 at least' },
    ]);
  });

  test.each(['Praskovya Zebulonova', 'zebulonova@sentinel.example', '7140215S091PB7'])(
    'does not name its nominee %s',
    async (pseudonym) => {
      const scene = await aCohort();
      const refused = await applyFor(scene, scene.applicant, [aNominee({ pseudonym })]);
      expect(refused.code).toBe('nominee-not-pseudonymous');
      expect(refused.bytes.toString()).not.toContain(pseudonym);
    },
  );

  test('is the host’s, its partners’ and its institution’s to see, and lists are', async () => {
    const [host, partner, other] = [await anInstitution(), await anInstitution(), await anInstitution()];
    const programme = await aProgramme(host, { partners: [partner.id] });
    const scene = await aCohort({ host, programme });
    const { id } = (await applyFor(scene, scene.applicant)).ok;
    const seen = async (who: typeof host) =>
      (await who.coordinator.call('getApplication', { params: { applicationId: id } })).code;
    expect(await Promise.all([host, partner, scene.applicant, other].map(seen))).toEqual([
      '200',
      '200',
      '200',
      'not-found',
    ]);
    const list = async (client: typeof host.coordinator) =>
      (await client.call('listApplications', { params: { cohortId: scene.cohort.id } })).ok.items.length;
    const clients = [
      ...[host, partner, scene.applicant, other].map(({ coordinator }) => coordinator),
      api(other.id, 'auditor'),
    ];
    expect(await Promise.all(clients.map(list))).toEqual([1, 1, 1, 0, 1]);
  });

  test('is reviewed by others than its own institution, each person once', async () => {
    const [host, partner] = [await anInstitution(), await anInstitution()];
    const programme = await aProgramme(host, { partners: [partner.id], reviewsNeeded: 2 });
    const scene = await aCohort({ host, programme });
    const own = (await applyFor(scene, partner)).ok;
    const review = (who: ReturnType<typeof api>, score: number) =>
      who.call('reviewApplication', { params: { applicationId: own.id }, body: { score } });
    expect((await review(partner.coordinator, 100)).code).toBe('must-recuse');
    expect((await review(host.coordinator, 60)).ok.status).toBe('under-review');
    expect((await review(host.coordinator, 70)).code).toBe('already-reviewed');
    expect((await actOn(host, 'acceptApplication', own)).problem).toMatchObject({ needed: 2, given: 1 });
    expect((await review(api(host.id, 'clinician'), 80)).ok.reviews).toMatchObject([{ score: 60 }, { score: 80 }]);
    expect((await actOn(host, 'acceptApplication', own)).ok.status).toBe('accepted');
  });

  test('is changed only from what was read', async () => {
    const scene = await aCohort();
    const { ok } = await applyFor(scene, scene.applicant);
    expect((await actOn(scene.host, 'declineApplication', ok, { body: {}, ifMatch: '"7"' })).code).toBe(
      'stale-version',
    );
    expect((await applicationSeenBy(scene.host, ok)).status).toBe('submitted');
  });
});

describe('attendance', () => {
  test('is recorded of who has confirmed, on the days of the cohort that have begun', async () => {
    const scene = await aCohort({}, {}, { completion: { attendancePercent: 50 } });
    const { id } = await aConfirmed(scene);
    const waiting = (await applyFor(scene, scene.applicant)).ok;
    await moveCohort(scene, day(-1), day(1));
    const record = (date: string, of = id) =>
      change(scene.host, 'recordAttendance', { id: of, date }, { presence: 'present' });
    expect((await record(day(-2))).code).toBe('attendance-outside-dates');
    expect((await record(day(2))).code).toBe('attendance-outside-dates');
    expect((await record(day(1))).code).toBe('attendance-too-early');
    expect((await record(day(0), waiting.id)).code).toBe('application-state-conflict');
    expect((await record('2026-02-30')).code).toBe('not-found');
    expect((await record(day(-1))).ok.attendance).toEqual({ [day(-1)]: 'present' });
    const corrected = await change(scene.host, 'recordAttendance', { id, date: day(-1) }, { presence: 'absent' });
    expect(corrected.ok.attendance).toEqual({ [day(-1)]: 'absent' });
  });

  test('decides with the last day about completion', async () => {
    const scene = await aCohort(
      {},
      { seats: { total: 1 } },
      { completion: { attendancePercent: 60, assessment: true } },
    );
    const { id } = await aConfirmed(scene);
    await moveCohort(scene, day(-2), day(0));
    const complete = (assessmentPassed: boolean) =>
      actOn(scene.host, 'completeApplication', { id }, { body: { assessmentPassed } });
    await change(scene.host, 'recordAttendance', { id, date: day(-2) }, { presence: 'present' });
    expect((await complete(true)).problem).toMatchObject({ attended: 1, days: 3, needed: 2 });
    await change(scene.host, 'recordAttendance', { id, date: day(-1) }, { presence: 'present' });
    expect((await complete(false)).problem).toMatchObject({ assessmentPassed: false });
    expect((await complete(true)).ok.status).toBe('completed');
    expect((await actOn(scene.applicant, 'withdrawApplication', { id })).code).toBe('application-state-conflict');
    expect(await cohortOf(scene)).toMatchObject({ balance: { completed: 1, free: 0 }, minimumReached: true });
  });
});

describe('the name for a certificate', () => {
  const name = { displayName: 'Zarina Quillonova', consent: true };

  test('is given once a seat is confirmed, shown to the institution and the host, and erased for good', async () => {
    const scene = await aCohort();
    const { applicant, host } = scene;
    const seated = await anAccepted(scene);
    expect((await change(applicant, 'nameTrainee', seated, name)).code).toBe('application-state-conflict');
    await actOn(applicant, 'confirmApplication', seated);
    expect((await change(applicant, 'nameTrainee', seated, name)).ok).toMatchObject({
      named: true,
      status: 'confirmed',
    });
    const params = { applicationId: seated.id };
    const read = async (who: typeof host) => who.coordinator.call('getTraineeName', { params });
    expect((await read(applicant)).ok).toMatchObject({ ...params, displayName: name.displayName });
    expect((await read(host)).ok).toMatchObject({ displayName: name.displayName });

    await caughtUp();
    const query = { subject: seated.id, limit: 100 };
    const rows = (await applicant.coordinator.call('listAudit', { query })).ok.items;
    expect(rows.filter(({ action }) => action === 'read')).toMatchObject([
      { institutionId: host.id, shown: [seated.id] },
    ]);
    expect(rows.map(({ action }) => action)).toContain('name');

    const erased = await change(applicant, 'eraseTraineeName', seated);
    expect(erased.ok).toMatchObject({ named: false, status: 'confirmed' });
    expect(erased.ok).not.toHaveProperty('motivation');
    expect((await read(applicant)).code).toBe('not-found');
    await caughtUp();
    expect((await allItems()).filter((item) => JSON.stringify(item).includes('Quillonova'))).toEqual([]);
    if (!DEPLOYED) expect((await hub.logs()).filter((line) => line.includes('Quillonova'))).toEqual([]);
  });

  test('of one of a group is erased alone', async () => {
    const scene = await aCohort();
    const group = (await applyFor(scene, scene.applicant, [aNominee(), aNominee()])).ok;
    const [first = '', second = ''] = group.group ?? [];
    await change(scene.applicant, 'eraseTraineeName', { id: first });
    expect(await applicationSeenBy(scene.applicant, { id: first })).not.toHaveProperty('motivation');
    expect(await applicationSeenBy(scene.applicant, { id: second })).toHaveProperty('motivation');
  });
});

describe.skipIf(DEPLOYED)('a seat that is to be confirmed', () => {
  const reminderOf = async ({ id }: { readonly id: string }) => {
    await caughtUp();
    return (await hub.oneTimeSchedules()).find((each) => each.name === `application-${id}`);
  };

  test('is told to its institution, which is reminded when a quarter of the time is left', async () => {
    const scene = await aCohort();
    const seated = await anAccepted(scene);
    const reminder = await reminderOf(seated);
    const ends = Date.parse(seated.confirmBy ?? '');
    expect(Math.abs(Date.parse(String(reminder?.at)) - (ends - (7 * 24 * 3_600_000) / 4))).toBeLessThan(5000);
    await hub.runOneTimeSchedule(`application-${seated.id}`);
    await hub.invoke('TrainingRemind', { applicationId: seated.id, expiresAt: seated.confirmBy });
    await caughtUp();
    const { items } = (await scene.applicant.coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
    const told = items.filter(({ data }) => data.id === seated.id).map(({ type }) => type.split('.')[3]);
    expect(told).toEqual(['submitted', 'waitlisted', 'accepted', 'ending']);
  });

  test('is reminded of no more once it is confirmed, over or of another time', async () => {
    const scene = await aCohort();
    const [confirmed, over] = [await anAccepted(scene), await anAccepted(scene)];
    expect(await reminderOf(confirmed)).toBeDefined();
    await actOn(scene.applicant, 'confirmApplication', confirmed);
    expect(await reminderOf(confirmed)).toBeUndefined();
    await elapseSeat(over);
    for (const event of [
      { applicationId: confirmed.id, expiresAt: confirmed.confirmBy },
      { applicationId: over.id, expiresAt: over.confirmBy },
      { applicationId: randomUUID(), expiresAt: over.confirmBy },
    ]) {
      expect(await hub.invoke('TrainingRemind', event)).toEqual({ reminded: false });
    }
  });
});
