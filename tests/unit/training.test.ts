import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { endOf, isOver } from '../../lambdas/shared/days.ts';
import { Problem } from '../../lambdas/shared/http/problem.ts';
import type { CohortChange } from '../../lambdas/training/cohort-contract.ts';
import {
  changedCohort,
  daysOf,
  givesSeats,
  minutesToConfirm,
  newCohort,
  requireWindow,
  reserveFor,
  statusAt,
} from '../../lambdas/training/cohort-model.ts';
import type { Nominee } from '../../lambdas/training/contract-parts.ts';
import {
  changedProgramme,
  relationsTo,
  requirePrerequisites,
  underAgreement,
} from '../../lambdas/training/programme-model.ts';
import {
  APPLICANT,
  at,
  body,
  cohort,
  deed,
  HOST,
  NOW,
  nominee,
  OTHER,
  outcome,
  PARTNER,
  programme,
} from '../support/training-facts.ts';

describe('a programme', () => {
  test('is seen by its host alone as a draft, then by all', () => {
    const draft = { ...programme, status: 'draft' };
    expect(relationsTo(draft, HOST)).toEqual(['host']);
    expect([PARTNER, OTHER].map((each) => relationsTo(draft, each))).toEqual([['none'], ['none']]);
    expect([PARTNER, OTHER].map((each) => relationsTo(programme, each))).toEqual([['party'], ['partner']]);
  });

  test.each([
    ['draft', { reviewsNeeded: 3 }, 'done'],
    ['draft', { status: 'published' }, 'done'],
    ['draft', { status: 'retired' }, 'programme-state-conflict'],
    ['published', { title: { en: 'New' } }, 'done'],
    ['published', { reviewsNeeded: 3 }, 'programme-state-conflict'],
    ['published', { status: 'published' }, 'programme-state-conflict'],
    ['published', { status: 'retired' }, 'done'],
    ['retired', { title: { en: 'New' } }, 'programme-state-conflict'],
  ] as const)('%s changed by %j: %s', (status, change, expected) => {
    expect(outcome(() => changedProgramme({ ...programme, status }, change, deed(HOST)))).toBe(expected);
  });

  test.each([
    [{ profession: 'nurse' }, '/nominees/0/profession'],
    [{ yearsOfPractice: 1 }, '/nominees/0/yearsOfPractice'],
    [{ languages: [{ language: 'en', level: 'B1' }] }, '/nominees/0/languages'],
    [{ languages: [{ language: 'ru', level: 'C2' }] }, '/nominees/0/languages'],
  ] satisfies [Partial<Nominee>, string][])('asks for more than %j', (over, pointer) => {
    expect(() => {
      requirePrerequisites(programme, [{ ...nominee, ...over }]);
    }).toThrow(
      expect.objectContaining({
        name: 'prerequisites-not-met',
        extensions: { errors: [expect.objectContaining({ pointer })] },
      }),
    );
  });

  test('takes who has what it asks for', () => {
    expect(
      outcome(() => {
        requirePrerequisites(programme, [nominee]);
      }),
    ).toBe('done');
  });

  test.each([
    [undefined, 'unknown'],
    [{ parties: [OTHER] }, 'unknown'],
    [{ termination: { from: '2026-01-01', timeZone: 'UTC' } }, 'not-in-force'],
    [{ approved: [] }, 'not-in-force'],
    [{ programmes: [] }, 'kind-not-named'],
    [{}, 1],
  ] as const)('under an agreement that is %j: %s', (over, expected) => {
    const { programmes = ['course' as const], ...rest } = (over ?? {}) as { programmes?: 'course'[] };
    const version = { version: 1, hash: 'a', services: [], validity: { from: '2026-01-01', timeZone: 'UTC' } };
    const known = { id: 'a', parties: [HOST], version: 4, approved: [{ ...version, programmes }], ...rest };
    const under = underAgreement(over === undefined ? undefined : known, HOST, 'course', NOW);
    expect(under instanceof Problem ? under.extensions['because'] : under.agreementVersion).toBe(expected);
  });
});

describe('a cohort', () => {
  test.each([
    ['2026-03-09T20:59:59Z', 'published'],
    ['2026-03-09T21:00:00Z', 'open'],
    ['2026-04-10T20:59:59Z', 'open'],
    ['2026-04-10T21:00:00Z', 'closed'],
    ['2026-05-03T21:00:00Z', 'running'],
    ['2026-05-08T20:59:59Z', 'running'],
    ['2026-05-08T21:00:00Z', 'completed'],
  ])('is at %s in Minsk %s', (moment, status) => {
    expect(statusAt(cohort, at(moment))).toBe(status);
    expect(
      outcome(() => {
        requireWindow(cohort, at(moment));
      }),
    ).toBe(status === 'open' ? 'done' : 'application-window-closed');
  });

  test.each(['draft', 'cancelled'] as const)('that is %s takes nobody, and stays so', (status) => {
    const moment = at('2026-03-20T00:00:00Z');
    expect(statusAt({ ...cohort, status }, moment)).toBe(status);
    expect(
      outcome(() => {
        requireWindow({ ...cohort, status }, moment);
      }),
    ).toBe('application-window-closed');
    expect(givesSeats({ ...cohort, status }, moment)).toBe(false);
  });

  test('gives seats until its first day is over', () => {
    expect(givesSeats(cohort, at('2026-05-04T20:59:59Z'))).toBe(true);
    expect(givesSeats(cohort, at('2026-05-04T21:00:00Z'))).toBe(false);
  });

  const kept = (...rows: [string, number, string][]) => ({
    ...body.seats,
    kept: rows.map(([institutionId, seats, releaseDate]) => ({ institutionId, seats, releaseDate })),
  });
  test.each([
    [{ dates: { from: '2026-05-08', to: '2026-05-04' } }, 'impossible-dates', '/dates/to'],
    [{ dates: { from: '2026-05-08', to: '2028-06-04' } }, 'impossible-dates', '/dates/to'],
    [{ dates: { from: '2026-02-01', to: '2026-05-04' } }, 'impossible-dates', '/dates/from'],
    [{ applications: { from: '2026-04-10', to: '2026-03-10' } }, 'impossible-dates', '/applications/to'],
    [{ applications: { from: '2026-03-10', to: '2026-05-05' } }, 'impossible-dates', '/applications/to'],
    [{ applications: { from: '2026-02-01', to: '2026-02-28' } }, 'impossible-dates', '/applications/to'],
    [{ days: ['2026-05-04', '2026-05-09'] }, 'impossible-dates', '/days'],
    [{ seats: kept(['a', 1, '2026-05-05']) }, 'impossible-dates', '/seats/kept/0/releaseDate'],
    [{ seats: { ...body.seats, minimum: 11 } }, 'seats-do-not-add-up', '/seats/minimum'],
    [{ seats: kept(['a', 6, '2026-05-01'], ['b', 5, '2026-05-01']) }, 'seats-do-not-add-up', '/seats/kept'],
    [{ seats: kept(['a', 1, '2026-05-01'], ['a', 1, '2026-05-01']) }, 'seats-do-not-add-up', '/seats/kept'],
  ])('cannot be made, nor become, %j', (over, name, pointer) => {
    const refusal = expect.objectContaining({
      name,
      extensions: { errors: [expect.objectContaining({ pointer })] },
    }) as Error;
    expect(() => newCohort('1', programme, { ...body, ...over }, deed(HOST))).toThrow(refusal);
    expect(() => changedCohort(cohort, programme, over as CohortChange, deed(HOST))).toThrow(refusal);
  });

  test.each([
    ['draft', '2026-03-01', { status: 'published' }, 'done'],
    ['draft', '2026-05-06', { status: 'published' }, 'impossible-dates'],
    ['published', '2026-03-20', { status: 'published' }, 'cohort-state-conflict'],
    ['published', '2026-04-20', { seats: body.seats }, 'done'],
    ['published', '2026-05-05', { seats: body.seats }, 'cohort-state-conflict'],
    ['published', '2026-05-05', { status: 'cancelled', cancellationReason: 'security' }, 'done'],
    ['published', '2026-05-05', { cancellationReason: 'security' }, 'cohort-state-conflict'],
    ['published', '2026-05-10', { status: 'cancelled' }, 'cohort-state-conflict'],
    ['cancelled', '2026-03-20', { seats: body.seats }, 'cohort-state-conflict'],
  ] as const)('%s, on %s, changed by %j: %s', (status, day, change, expected) => {
    const changing = () => changedCohort({ ...cohort, status }, programme, change, deed(HOST, at(`${day}T09:00:00Z`)));
    expect(outcome(changing)).toBe(expected);
  });

  test('is published only once its programme is', () => {
    const draft = { ...programme, status: 'draft' } as const;
    const publish = () => changedCohort({ ...cohort, status: 'draft' }, draft, { status: 'published' }, deed(HOST));
    expect(outcome(publish)).toBe('programme-state-conflict');
  });

  test('keeps seats until their release date, in its time zone', () => {
    expect(reserveFor(cohort, OTHER, at('2026-04-19T20:59:59Z'))).toEqual({ own: OTHER, released: [] });
    expect(reserveFor(cohort, OTHER, at('2026-04-19T21:00:00Z'))).toEqual({ own: OTHER, released: [APPLICANT] });
  });

  test('gives so many days to confirm, and no longer than its first day lasts', () => {
    expect(minutesToConfirm(cohort, NOW)).toBe(7 * 24 * 60);
    expect(minutesToConfirm(cohort, at('2026-05-04T20:00:00Z'))).toBe(60);
    expect(minutesToConfirm(cohort, at('2026-05-09T20:00:00Z'))).toBe(1);
  });

  test('has the days it names, or every day of its dates', () => {
    expect(daysOf(cohort)).toEqual(['2026-05-04', '2026-05-05', '2026-05-06', '2026-05-07', '2026-05-08']);
    expect(daysOf({ ...cohort, days: ['2026-05-05'] })).toEqual(['2026-05-05']);
  });
});

test('the end of a day is the moment from which it is over', () => {
  const zones = fc.constantFrom(
    'Europe/Minsk',
    'Asia/Shanghai',
    'Europe/Berlin',
    'America/New_York',
    'Pacific/Kiritimati',
  );
  const days = fc
    .integer({ min: 0, max: 800 })
    .map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
  fc.assert(
    fc.property(zones, days, (zone, day) => {
      const end = endOf(day, zone);
      expect(isOver(day, zone, end)).toBe(true);
      expect(isOver(day, zone, new Date(end.getTime() - 1000))).toBe(false);
    }),
  );
});
