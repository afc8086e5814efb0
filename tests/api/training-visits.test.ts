import { beforeAll, describe, expect, test } from 'vitest';

import { anInstitution, type Institution } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';
import {
  aCohort,
  aConfirmed,
  actOn,
  aDraftCohort,
  aNominee,
  anAccepted,
  aProgramme,
  applicationSeenBy,
  applyFor,
  changeCohort,
  cohortOf,
  day,
  moveCohort,
  type Training,
} from '../support/training.ts';

/** Expert visits, which are by invitation; and nobody in two places, or in the dark about their place in line. */

beforeAll(() => hubFacts().then(() => undefined));

const VISIT = { kind: 'expert-visit', title: { en: 'A neurosurgeon’s visit' }, fields: ['neurosurgery'] };
const agenda = [
  { date: day(30), at: '09:30', title: { en: 'Rounds', ru: 'Обход' } },
  { date: day(34), title: { en: 'Final discussion' } },
];

describe('an expert visit', () => {
  let invited: Institution;
  let other: Institution;
  beforeAll(async () => {
    [invited, other] = [await anInstitution(), await anInstitution()];
  });

  test('is by invitation, has a programme for its days, and results once it has begun', async () => {
    const host = await anInstitution();
    const visit = await aProgramme(host, VISIT);
    const uninvited = (await aDraftCohort(host, visit.id)).ok;
    const refused = await changeCohort({ host, cohort: uninvited }, { status: 'published' });
    expect(refused.code).toBe('invitation-missing');

    const scene = await aCohort({ host, programme: visit, applicant: invited }, { invited: [invited.id], agenda });
    expect(scene.cohort).toMatchObject({ invited: [invited.id], agenda });
    expect((await applyFor(scene, other)).problem).toMatchObject({
      type: '/problems/not-invited',
      invited: [invited.id],
    });
    expect((await aConfirmed(scene)).status).toBe('confirmed');

    const results = { summary: 'Three operations together; the method is taken over.', documents: [] };
    expect((await changeCohort(scene, { results })).code).toBe('cohort-state-conflict');
    await moveCohort(scene, day(-2), day(0));
    expect((await changeCohort(scene, { results, confirmWithinDays: 3 })).code).toBe('cohort-state-conflict');
    expect((await changeCohort(scene, { results })).ok).toMatchObject({ status: 'running', results });
    await moveCohort(scene, day(-9), day(-5));
    const corrected = { ...results, summary: 'Four operations together.' };
    expect((await changeCohort(scene, { results: corrected })).ok).toMatchObject({
      status: 'completed',
      results: corrected,
    });
  });

  test.each([
    [{ agenda: [{ date: day(35), title: { en: 'Too late' } }] }, 'impossible-dates'],
    [{ agenda: [{ date: day(31), at: '25:00', title: { en: 'No such time' } }] }, 'invalid-content'],
    [{ invited: ['019a8f3e-7c00-7a11-8000-00000000dead'] }, 'named-institution-not-active'],
  ])('cannot be drafted with %j: %s', async (over, code) => {
    const host = await anInstitution();
    const programme = await aProgramme(host, VISIT);
    expect((await aDraftCohort(host, programme.id, over)).code).toBe(code);
  });
});

describe('a nominee', () => {
  /** A seat for the nominee in a cohort with these dates. */
  async function seatFor(
    applicant: Institution,
    pseudonym: string,
    dates: object,
  ): Promise<[Training, { id: string }]> {
    const scene = await aCohort({ applicant }, { dates });
    const { ok } = await applyFor(scene, applicant, [aNominee({ pseudonym })]);
    return [scene, (await actOn(scene.host, 'acceptApplication', ok)).ok];
  }

  test('is confirmed for one of two cohorts with a day in common, and for both without', async () => {
    const applicant = await anInstitution();
    const [here, first] = await seatFor(applicant, 'STAFF-8A', { from: day(30), to: day(34) });
    const [, second] = await seatFor(applicant, 'STAFF-8A', { from: day(34), to: day(36) });
    const [, later] = await seatFor(applicant, 'STAFF-8A', { from: day(37), to: day(38) });
    expect((await actOn(applicant, 'confirmApplication', first)).status).toBe(200);
    expect((await actOn(applicant, 'confirmApplication', second)).problem).toMatchObject({
      ...{ type: '/problems/nominee-elsewhere', status: 409 },
      ...{ applicationId: first.id, cohortId: here.cohort.id },
    });
    expect((await actOn(applicant, 'confirmApplication', later)).status).toBe(200);

    await actOn(applicant, 'withdrawApplication', first);
    expect((await actOn(applicant, 'confirmApplication', second)).ok.status).toBe('confirmed');
  });

  test('is confirmed once when both are confirmed at the same moment', async () => {
    const applicant = await anInstitution();
    const seats = await Promise.all(
      [30, 31, 32, 33].map((first) => seatFor(applicant, 'STAFF-8B', { from: day(first), to: day(33) })),
    );
    const answers = await Promise.all(seats.map(([, seat]) => actOn(applicant, 'confirmApplication', seat)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const balances = await Promise.all(seats.map(async ([scene]) => (await cohortOf(scene)).balance.confirmed));
    expect(balances.toSorted()).toEqual([0, 0, 0, 1]);
  });

  test('of another institution with the same pseudonym is somebody else', async () => {
    const dates = { from: day(30), to: day(31) };
    for (const applicant of [await anInstitution(), await anInstitution()]) {
      const [, seat] = await seatFor(applicant, 'STAFF-8C', dates);
      expect((await actOn(applicant, 'confirmApplication', seat)).status).toBe(200);
    }
  });
});

test('who waits sees their place in line, whatever seats they wait for', async () => {
  const kept = await anInstitution();
  const scene = await aCohort({}, { seats: { total: 1 } });
  await anAccepted(scene);
  const waiting = [await anAccepted(scene), await anAccepted(scene, kept), await anAccepted(scene)];
  const places = await Promise.all(
    waiting.map(async ({ institutionId, id }) => {
      const by = institutionId === kept.id ? kept : scene.applicant;
      return (await applicationSeenBy(by, { id })).position;
    }),
  );
  expect(places).toEqual([1, 2, 3]);
  const group = (await applyFor(scene, kept, [aNominee(), aNominee()])).ok;
  await actOn(scene.host, 'acceptApplication', group);
  for (const id of group.group ?? []) expect((await applicationSeenBy(scene.host, { id })).position).toBe(4);
});
