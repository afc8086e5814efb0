import { describe, expect, test } from 'vitest';

import { APPLICATION_STATUSES } from '../../lambdas/training/application-contract.ts';
import {
  type Application,
  accepted,
  attended,
  completed,
  erased,
  mustStep,
  placeOf,
  reviewed,
  showApplication,
  step,
  TRANSITIONS,
  unitState,
} from '../../lambdas/training/application-model.ts';
import { daysOf } from '../../lambdas/training/cohort-model.ts';
import {
  APPLICANT,
  application,
  at,
  by,
  cohort,
  deed,
  HOST,
  NOW,
  outcome,
  PARTNER,
  programme,
} from '../support/training-facts.ts';

describe('an application', () => {
  const confirmBy = '2026-04-01T00:00:00.000Z';
  const inStatus = (status: Application['status']): Application => ({ ...application, status, confirmBy });

  test.each(Object.keys(TRANSITIONS) as (keyof typeof TRANSITIONS)[])(
    'does %s from where it may, and from nowhere else',
    (action) => {
      const { from, to } = TRANSITIONS[action];
      for (const status of APPLICATION_STATUSES) {
        const now = action === 'lapse' ? at('2026-04-02T00:00:00Z') : NOW;
        const next = step(inStatus(status), action, now, { by: by('x', HOST) });
        const allowed = from.some((each) => each === status);
        expect(next?.status).toBe(allowed ? (to === 'same' ? status : to) : undefined);
        expect(next?.version).toBe(allowed ? 2 : undefined);
      }
    },
  );

  test('is confirmed before its deadline, and lapses from then on', () => {
    const late = at(confirmBy);
    const early = new Date(late.getTime() - 1);
    const confirm = (now: Date) => mustStep(inStatus('accepted'), 'confirm', now, { by: by('x', APPLICANT) });
    expect(confirm(early).status).toBe('confirmed');
    expect(outcome(() => confirm(late))).toBe('confirmation-late');
    expect(step(inStatus('accepted'), 'lapse', early, { by: by('x', HOST) })).toBeUndefined();
    expect(showApplication(inStatus('accepted'), late, false)).toMatchObject({ status: 'lapsed', confirmBy });
    expect(outcome(() => mustStep(inStatus('lapsed'), 'confirm', late, { by: by('x', APPLICANT) }))).toBe(
      'confirmation-late',
    );
    expect(outcome(() => mustStep(inStatus('confirmed'), 'confirm', NOW, { by: by('x', APPLICANT) }))).toBe(
      'application-state-conflict',
    );
  });

  test('is reviewed by others than its own institution, once by each', () => {
    const once = reviewed(application, 70, deed(HOST, NOW, 'anna'));
    const twice = reviewed(once, 90, deed(PARTNER, NOW, 'boris'));
    expect(twice).toMatchObject({ status: 'under-review', reviews: [{ score: 70 }, { score: 90 }] });
    expect(outcome(() => reviewed(application, 99, deed(APPLICANT)))).toBe('must-recuse');
    expect(outcome(() => reviewed(twice, 99, deed(HOST, NOW, 'anna')))).toBe('already-reviewed');
  });

  test('shows its reviews, without who wrote them, to who decides only', () => {
    const once = reviewed(application, 70, deed(HOST, NOW, 'anna'));
    expect(showApplication(once, NOW, false)).not.toHaveProperty('reviews');
    expect(JSON.stringify(showApplication(once, NOW, true))).not.toContain('anna');
    expect(showApplication(once, NOW, true).reviews).toEqual([
      { institutionId: HOST, score: 70, at: NOW.toISOString() },
    ]);
  });

  test('is accepted into the line once it has its reviews', () => {
    expect(outcome(() => accepted(application, programme, deed(HOST)))).toBe('reviews-missing');
    const once = reviewed(application, 70, deed(HOST));
    expect(accepted(once, programme, deed(HOST))).toMatchObject({
      status: 'waitlisted',
      waitingSince: NOW.toISOString(),
    });
  });

  test('waits behind higher scores and those who were accepted earlier', () => {
    const waiting = (score: number, minute: number): string =>
      placeOf(
        accepted(
          reviewed(application, score, deed(HOST)),
          programme,
          deed(HOST, new Date(NOW.getTime() + minute * 60_000)),
        ),
      )?.rank ?? '';
    const inOrder = [waiting(100, 9), waiting(90, 1), waiting(90, 2), waiting(9, 0), waiting(0, 0)];
    expect(inOrder.toSorted()).toEqual(inOrder);
  });

  test('of a group waits where the first of it does, for as many seats', () => {
    const waiting = { ...inStatus('waitlisted'), group: ['1', '2', '3'] };
    expect(placeOf(waiting)).toMatchObject({ id: '1', reserve: APPLICANT, units: 3 });
    expect(placeOf({ ...waiting, id: '2' })).toBeUndefined();
    expect(placeOf(inStatus('waitlisted'))).not.toHaveProperty('units');
  });

  test('has a seat while it is accepted, confirmed or completed', () => {
    const seated = APPLICATION_STATUSES.filter((status) => unitState(inStatus(status)) !== undefined);
    expect(seated).toEqual(['accepted', 'confirmed', 'completed']);
  });

  const confirmed = inStatus('confirmed');
  const present = (count: number): Application => ({
    ...confirmed,
    attendance: Object.fromEntries(daysOf(cohort).map((day, index) => [day, index < count ? 'present' : 'absent'])),
  });

  test.each([
    ['2026-05-04', '2026-05-03T21:00:00Z', 'done'],
    ['2026-05-04', '2026-05-03T20:59:59Z', 'attendance-too-early'],
    ['2026-05-03', '2026-05-06T09:00:00Z', 'attendance-outside-dates'],
    ['2026-05-09', '2026-05-10T09:00:00Z', 'attendance-outside-dates'],
  ])('is attended on %s, said at %s: %s', (date, moment, expected) => {
    const record = () => attended(confirmed, cohort, { date, presence: 'present' }, deed(HOST, at(moment)));
    expect(outcome(record)).toBe(expected);
  });

  test.each([
    [4, '2026-05-08T09:00:00Z', {}, false, 'done'],
    [3, '2026-05-08T09:00:00Z', {}, false, 'completion-rule-not-met'],
    [5, '2026-05-07T09:00:00Z', {}, false, 'completion-rule-not-met'],
    [5, '2026-05-08T09:00:00Z', { assessment: true }, false, 'completion-rule-not-met'],
    [5, '2026-05-08T09:00:00Z', { assessment: true }, true, 'done'],
    [0, '2026-05-08T09:00:00Z', { attendancePercent: 0 }, false, 'done'],
  ])('with %i days attended is completed at %s under %j (passed: %s): %s', (count, moment, rule, passed, expected) => {
    const asked = { ...programme, completion: { ...programme.completion, ...rule } };
    expect(outcome(() => completed(present(count), cohort, asked, passed, deed(HOST, at(moment))))).toBe(expected);
  });

  test('that is erased has no motivation and no name, and keeps what happened', () => {
    const after = erased({ ...present(4), named: true }, deed(APPLICANT));
    expect(after).not.toHaveProperty('motivation');
    expect(after).toMatchObject({ named: false, status: 'confirmed', attendance: present(4).attendance });
  });
});
