import { describe, expect, test } from 'vitest';

import { trainingChange, trainingReading } from '../../lambdas/training/published-changes.ts';
import { APPLICANT, application, cohort, HOST, PARTNER, programme } from '../support/training-facts.ts';

/** What the audit is told of training: whose it is and what was done, and nothing by which a person could be known. */

const seal = (value: object): string => `sealed ${String(JSON.stringify(value).length)}`;
const item = (sk: string, value: object, pk = 'COHORT#1') => ({ pk, sk, ...value });
const told = (before: object | undefined, after: object, sk: string) =>
  trainingChange({ before: before && item(sk, before), after: item(sk, after) }, seal);

describe('a programme', () => {
  test('is its host’s alone as a draft, and its partners’, too, from then on', () => {
    const draft = { ...programme, status: 'draft' };
    expect(told(undefined, draft, 'PROGRAMME')).toMatchObject({ action: 'draft', concerns: [HOST] });
    const published = { ...programme, version: 2 };
    expect(told(draft, published, 'PROGRAMME')).toMatchObject({ action: 'publish', concerns: [HOST, PARTNER] });
    const retired = { ...programme, status: 'retired', version: 3 };
    expect(told(published, retired, 'PROGRAMME')).toMatchObject({ action: 'retire', before: { status: 'published' } });
  });
});

describe('a cohort', () => {
  test('is told to those for whom seats are kept, and why it is cancelled', () => {
    const cancelled = { ...cohort, status: 'cancelled', cancellationReason: 'budget', version: 3 };
    expect(told({ ...cohort, version: 2 }, cancelled, 'COHORT')).toMatchObject({
      ...{ action: 'cancel', reason: 'budget', concerns: [HOST, APPLICANT] },
      after: { status: 'cancelled' },
    });
  });
});

describe('an application', () => {
  const sk = 'APPLICATION#1';

  test('is its institution’s and the host’s; of the nominee and the motivation there is a hash', () => {
    const change = told(undefined, application, sk);
    expect(change).toMatchObject({ action: 'apply', concerns: [APPLICANT, HOST], after: { status: 'submitted' } });
    expect(JSON.stringify(change)).not.toMatch(/STAFF-1|surgeon|To learn/);
  });

  test.each([
    [{ status: 'accepted', confirmBy: '2026-04-01T00:00:00.000Z' }, 'accept'],
    [{ status: 'waitlisted' }, 'wait'],
    [{ status: 'lapsed' }, 'lapse'],
    [{ reviews: [{ reviewer: 'anna', institutionId: HOST, score: 7, at: 'x' }] }, 'review'],
    [{ named: true }, 'name'],
    [{ attendance: { '2026-05-04': 'present' } }, 'attend'],
    [{}, 'update'],
  ])('that is changed by %j is told as %s', (over, action) => {
    const change = told(application, { ...application, ...over, version: 2 }, sk);
    expect(change?.action).toBe(action);
    expect(JSON.stringify(change)).not.toMatch(/anna|"score":7|present/);
  });

  test('of the same version is no change, and a place in a list is none', () => {
    expect(told(application, application, sk)).toBeUndefined();
    const listed = item(sk, { applicationId: '1' }, 'INSTITUTION#1');
    expect(trainingChange({ before: undefined, after: listed }, seal)).toBeUndefined();
    expect(trainingReading(listed)).toBeUndefined();
  });
});
