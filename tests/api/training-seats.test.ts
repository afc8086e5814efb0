import { beforeAll, describe, expect, test } from 'vitest';

import { anInstitution, type Institution } from '../support/factories.ts';
import { hub, hubFacts } from '../support/hub.ts';
import {
  aCohort,
  aConfirmed,
  actOn,
  aNominee,
  anAccepted,
  aProgramme,
  applicationSeenBy,
  applyFor,
  changeCohort,
  cohortOf,
  day,
  elapseSeat,
  expectBalance,
  moveCohort,
  releaseSeats,
  type Training,
} from '../support/training.ts';

/** How seats are given, kept, freed and given on: by the same routine as courses of treatment. */

beforeAll(() => hubFacts().then(() => undefined));

const sweep = (): Promise<void> => hub.runSchedule('TrainingSweepSchedule');
const statusOf = async (who: Institution, application: { readonly id: string }): Promise<string> =>
  (await applicationSeenBy(who, application)).status;
const seats = (total: number, over: object = {}) => ({ seats: { total, ...over } });

describe('who is accepted', () => {
  test('has a seat while there is one, then waits, and is never overtaken', async () => {
    const scene = await aCohort({}, seats(1));
    const [first, second, third] = [await anAccepted(scene), await anAccepted(scene), await anAccepted(scene)];
    expect([first.status, second.status, third.status]).toEqual(['accepted', 'waitlisted', 'waitlisted']);
    expect(await cohortOf(scene)).toMatchObject({ waitlist: true, balance: { accepted: 1, free: 0 } });

    await actOn(scene.applicant, 'withdrawApplication', first);
    expect([await statusOf(scene.applicant, second), await statusOf(scene.applicant, third)]).toEqual([
      'accepted',
      'waitlisted',
    ]);
    await actOn(scene.applicant, 'withdrawApplication', second);
    expect(await statusOf(scene.applicant, third)).toBe('accepted');
    await actOn(scene.applicant, 'withdrawApplication', third);
    await expectBalance(scene, { accepted: 0, free: 1 });
  });

  test('waits behind higher scores', async () => {
    const host = await anInstitution();
    const programme = await aProgramme(host, { reviewsNeeded: 1 });
    const scene = await aCohort({ host, programme }, seats(1));
    const accept = async (score: number) => {
      const { ok } = await applyFor(scene, scene.applicant);
      const review = { params: { applicationId: ok.id }, body: { score } };
      expect((await host.coordinator.call('reviewApplication', review)).status).toBe(200);
      return (await actOn(host, 'acceptApplication', ok)).ok;
    };
    const seated = await accept(10);
    const [low, high] = [await accept(40), await accept(90)];
    await actOn(scene.applicant, 'withdrawApplication', seated);
    expect([await statusOf(host, low), await statusOf(host, high)]).toEqual(['waitlisted', 'accepted']);
  });

  test('has one as soon as there are more', async () => {
    const scene = await aCohort({}, seats(1));
    const waiting = [await anAccepted(scene), await anAccepted(scene), await anAccepted(scene)];
    await changeCohort(scene, seats(3));
    for (const each of waiting) expect(await statusOf(scene.host, each)).toBe('accepted');
    await expectBalance(scene, { accepted: 3, free: 0 });
    const fewer = await changeCohort(scene, seats(2));
    expect(fewer.problem).toMatchObject({ type: '/problems/seats-below-accepted', committed: 3 });
    await expectBalance(scene, { accepted: 3, free: 0 });
  });

  test('loses it to the next unless it is confirmed in time', async () => {
    const scene = await aCohort({}, seats(1));
    const [late, next] = [await anAccepted(scene), await anAccepted(scene)];
    await elapseSeat(late);
    const refused = await actOn(scene.applicant, 'confirmApplication', late);
    expect(refused.code).toBe('confirmation-late');
    expect([await statusOf(scene.host, late), await statusOf(scene.host, next)]).toEqual(['lapsed', 'accepted']);
    expect((await actOn(scene.applicant, 'confirmApplication', late)).code).toBe('confirmation-late');
    await expectBalance(scene, { accepted: 1, confirmed: 0 });
  });

  test('loses it also when nobody asks', async () => {
    const scene = await aCohort({}, seats(1));
    const [late, next] = [await anAccepted(scene), await anAccepted(scene)];
    await elapseSeat(late);
    expect(await statusOf(scene.host, late)).toBe('lapsed');
    await sweep();
    expect(await statusOf(scene.host, next)).toBe('accepted');
  });

  test('is told the same however often it is done', async () => {
    const scene = await aCohort();
    const { ok } = await applyFor(scene, scene.applicant);
    const first = await actOn(scene.host, 'acceptApplication', ok, { key: 'once' });
    const again = await actOn(scene.host, 'acceptApplication', ok, { key: 'once' });
    expect([again.ok, again.headers['idempotency-replayed']]).toEqual([first.ok, 'true']);
    expect((await actOn(scene.host, 'acceptApplication', ok)).problem).toMatchObject({
      type: '/problems/application-state-conflict',
      applicationStatus: 'accepted',
      allowedFrom: ['submitted', 'under-review'],
    });
    await expectBalance(scene, { accepted: 1 });
  });

  test('is nobody once seats are given no more', async () => {
    const scene = await aCohort();
    const { ok } = await applyFor(scene, scene.applicant);
    await moveCohort(scene, day(-3), day(3));
    const refused = await actOn(scene.host, 'acceptApplication', ok);
    expect(refused.problem).toMatchObject({ type: '/problems/cohort-state-conflict', cohortStatus: 'running' });
  });
});

describe('seats that are kept for an institution', () => {
  const keeping = (institutionId: string, kept: number, releaseDate = day(10)) => ({
    seats: { total: 2, kept: [{ institutionId, seats: kept, releaseDate }] },
  });

  test('are for it alone, and used before the others', async () => {
    const [own, other] = [await anInstitution(), await anInstitution()];
    const scene = await aCohort({ applicant: other }, keeping(own.id, 1));
    expect((await anAccepted(scene, own)).status).toBe('accepted');
    expect((await anAccepted(scene)).status).toBe('accepted');
    expect((await anAccepted(scene)).status).toBe('waitlisted');
  });

  test('stay free while others wait, until their day has come', async () => {
    const [own, other] = [await anInstitution(), await anInstitution()];
    const scene = await aCohort({ applicant: other }, keeping(own.id, 1));
    await anAccepted(scene);
    const waiting = await anAccepted(scene);
    expect(waiting.status).toBe('waitlisted');
    await expectBalance(scene, { accepted: 1, free: 1 });
    await sweep();
    expect(await statusOf(other, waiting)).toBe('waitlisted');
    await releaseSeats(scene, day(-1));
    await sweep();
    expect(await statusOf(other, waiting)).toBe('accepted');
  });

  test('go to its own who wait, past others who wait longer', async () => {
    const [own, other] = [await anInstitution(), await anInstitution()];
    const scene = await aCohort({ applicant: other }, seats(1));
    await anAccepted(scene);
    const [longer, its] = [await anAccepted(scene), await anAccepted(scene, own)];
    await changeCohort(scene, keeping(own.id, 1));
    expect([await statusOf(other, longer), await statusOf(own, its)]).toEqual(['waitlisted', 'accepted']);
  });

  test('are not taken back from who has one', async () => {
    const own = await anInstitution();
    const scene = await aCohort({ applicant: own }, keeping(own.id, 2));
    await anAccepted(scene);
    await anAccepted(scene);
    expect((await changeCohort(scene, keeping(own.id, 1))).code).toBe('seats-below-accepted');
  });
});

describe('a group', () => {
  const members = async (scene: Training, { group = [] }: { group?: string[] | undefined }) =>
    Promise.all(group.map((id) => applicationSeenBy(scene.host, { id })));
  const aGroup = async (scene: Training, size: number, who = scene.applicant) => {
    const nominees = Array.from({ length: size }, () => aNominee());
    return (await applyFor(scene, who, nominees)).ok;
  };

  test('has seats for all of it', async () => {
    const scene = await aCohort({}, seats(3));
    const group = await aGroup(scene, 3);
    expect(group.group).toHaveLength(3);
    await actOn(scene.host, 'acceptApplication', group);
    expect((await members(scene, group)).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    await expectBalance(scene, { accepted: 3, free: 0 });
    const [, second] = await members(scene, group);
    await actOn(scene.applicant, 'confirmApplication', second!);
    expect((await members(scene, group)).map(({ status }) => status)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    await actOn(scene.applicant, 'withdrawApplication', second!);
    expect((await members(scene, group)).map(({ status }) => status)).toEqual(['confirmed', 'withdrawn', 'confirmed']);
    await expectBalance(scene, { confirmed: 2, free: 1 });
  });

  test('or for none, and keeps nobody else waiting', async () => {
    const scene = await aCohort({}, seats(2));
    const seated = await anAccepted(scene);
    const group = await aGroup(scene, 2);
    await actOn(scene.host, 'acceptApplication', group);
    expect((await members(scene, group)).map(({ status }) => status)).toEqual(['waitlisted', 'waitlisted']);
    await expectBalance(scene, { accepted: 1, free: 1 });
    const single = await anAccepted(scene);
    expect(single.status).toBe('accepted');
    await actOn(scene.applicant, 'withdrawApplication', single);
    expect((await members(scene, group)).map(({ status }) => status)).toEqual(['waitlisted', 'waitlisted']);
    await actOn(scene.applicant, 'withdrawApplication', seated);
    expect((await members(scene, group)).map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    await expectBalance(scene, { accepted: 2, free: 0 });
  });

  test('has them where they are, kept ones and others', async () => {
    const own = await anInstitution();
    const kept = [{ institutionId: own.id, seats: 2, releaseDate: day(10) }];
    const scene = await aCohort({ applicant: own }, seats(30, { kept }));
    const group = await aGroup(scene, 4);
    await actOn(scene.host, 'acceptApplication', group);
    expect((await members(scene, group)).every(({ status }) => status === 'accepted')).toBe(true);
    await expectBalance(scene, { accepted: 4, free: 26 });
  });

  test('lapses, is declined and withdrawn as one', async () => {
    const scene = await aCohort({}, seats(2));
    const late = await aGroup(scene, 2);
    await actOn(scene.host, 'acceptApplication', late);
    for (const each of await members(scene, late)) await elapseSeat(each);
    expect((await actOn(scene.applicant, 'confirmApplication', late)).code).toBe('confirmation-late');
    expect((await members(scene, late)).map(({ status }) => status)).toEqual(['lapsed', 'lapsed']);
    await expectBalance(scene, { accepted: 0, free: 2 });
    for (const [action, status, who] of [
      ['declineApplication', 'declined', scene.host],
      ['withdrawApplication', 'withdrawn', scene.applicant],
    ] as const) {
      const group = await aGroup(scene, 2);
      await actOn(who, action, group, action === 'declineApplication' ? { body: {} } : {});
      expect((await members(scene, group)).map((each) => each.status)).toEqual([status, status]);
    }
  });
});

test('of a crowd that is accepted at the same moment exactly as many have a seat as there are', async () => {
  const scene = await aCohort({}, seats(3));
  const applications = await Promise.all(
    Array.from({ length: 8 }, async () => (await applyFor(scene, scene.applicant)).ok),
  );
  const answers = await Promise.all(
    applications.map(async (each) => {
      for (;;) {
        const answer = await actOn(scene.host, 'acceptApplication', each, { key: each.id });
        if (answer.status !== 503) return answer;
      }
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(applications.map(() => 200));
  await sweep();
  const statuses = await Promise.all(applications.map((each) => statusOf(scene.host, each)));
  expect(statuses.toSorted()).toEqual([...Array<string>(3).fill('accepted'), ...Array<string>(5).fill('waitlisted')]);
  await expectBalance(scene, { accepted: 3, free: 0 });
});

test('of groups and others that are accepted at the same moment each group has seats for all or none', async () => {
  const scene = await aCohort({}, seats(5));
  const sizes = [2, 1, 3, 2, 1, 2];
  const applications = await Promise.all(
    sizes.map(
      async (size) =>
        (
          await applyFor(
            scene,
            scene.applicant,
            Array.from({ length: size }, () => aNominee()),
          )
        ).ok,
    ),
  );
  const accept = async (each: { readonly id: string }): Promise<void> => {
    while ((await actOn(scene.host, 'acceptApplication', each, { key: each.id })).status === 503);
  };
  await Promise.all(applications.map(accept));
  await sweep();
  const outcomes = await Promise.all(
    applications.map(async ({ id, group = [id] }) =>
      Promise.all(group.map(async (each) => statusOf(scene.host, { id: each }))),
    ),
  );
  expect(outcomes.every((statuses) => new Set(statuses).size === 1)).toBe(true);
  const seated = outcomes.flat().filter((status) => status === 'accepted').length;
  await expectBalance(scene, { accepted: seated, free: 5 - seated });
  const smallest = Math.min(...outcomes.filter(([status]) => status === 'waitlisted').map(({ length }) => length));
  expect(5 - seated).toBeLessThan(smallest);
});

test('who has confirmed keeps the seat when the time to confirm is over', async () => {
  const scene = await aCohort({}, seats(1));
  const confirmed = await aConfirmed(scene);
  await sweep();
  expect(await statusOf(scene.host, confirmed)).toBe('confirmed');
  await expectBalance(scene, { confirmed: 1, free: 0 });
});
