import { describe, expect, test } from 'vitest';

import { currencyOf, Funds, MOST_FUNDS, sumOf } from '../../lambdas/shared/money.ts';
import { changedBudget, newBudget, promised, showBudget } from '../../lambdas/training/budget-model.ts';
import { trainingChange } from '../../lambdas/training/published-changes.ts';
import { payersAsCsv } from '../../lambdas/training/report-csv.ts';
import { rowsOf, sumsOf, yearOf } from '../../lambdas/training/report-model.ts';
import { TRAVEL_GRANT_STATUSES } from '../../lambdas/training/travel-grant-contract.ts';
import {
  accepted,
  committedBy,
  declined,
  disbursed,
  endOf,
  newTravelGrant,
  offered,
  released,
  type TravelGrant,
  withdrawn,
} from '../../lambdas/training/travel-grant-model.ts';
import { eur, usd } from '../support/funding.ts';
import {
  APPLICANT,
  application,
  cohort,
  deed,
  HOST,
  NOW,
  OTHER,
  outcome,
  programme,
} from '../support/training-facts.ts';

/** Every decision about money. */

const budget = newBudget('budget', cohort, { payer: { source: 'host' }, limit: eur(1000) }, deed(HOST));
const traveller = { ...application, status: 'confirmed' as const };
const items = [
  { kind: 'ticket' as const, money: eur(300) },
  { kind: 'per-diem' as const, rate: eur(20), days: 10, money: eur(200) },
];
const asked = newTravelGrant('grant', traveller, { applicationId: '1', items }, deed(APPLICANT));
const inStatus = (status: TravelGrant['status']): TravelGrant => ({
  ...{ ...asked, status },
  ...(status === 'submitted' ? {} : { budgetId: 'budget', offered: eur(400) }),
});

describe('money', () => {
  test.each([0, 1, MOST_FUNDS])('can be %d of a minor unit', (amount) => {
    expect(Funds.safeParse(eur(amount)).success).toBe(true);
  });

  test.each([-1, 0.1, MOST_FUNDS + 1, Number.NaN, '5'])('cannot be %s', (amount) => {
    expect(Funds.safeParse({ amount, currency: 'EUR' }).success).toBe(false);
  });

  test('is added up in one currency only', () => {
    expect(sumOf([eur(1), eur(2)])).toEqual(eur(3));
    expect(sumOf([eur(1), usd(2)])).toBeUndefined();
    expect([currencyOf([]), currencyOf([usd(1)])]).toEqual([undefined, 'USD']);
  });
});

describe('a budget', () => {
  test('shows what is promised, paid and left', () => {
    const { committed, disbursed: paid, available } = showBudget({ ...budget, bound: 700, disbursed: 200 });
    expect([committed, paid, available]).toEqual([eur(500), eur(200), eur(300)]);
  });

  test.each([
    [eur(301), 'budget-exceeded'],
    [eur(300), 'done'],
    [usd(1), 'currencies-mixed'],
  ])('that has 300 left and is to promise %j: %s', (funds, expected) => {
    expect(outcome(() => promised({ ...budget, bound: 700 }, funds))).toBe(expected);
  });

  test.each([
    [{ limit: eur(699) }, 'budget-in-use'],
    [{ limit: eur(700) }, 'done'],
    [{ limit: usd(5000) }, 'currencies-mixed'],
    [{ payer: { source: 'own' as const } }, 'budget-in-use'],
  ])('of which 700 is bound, changed by %j: %s', (change, expected) => {
    expect(outcome(() => changedBudget({ ...budget, bound: 700 }, change, deed(HOST)))).toBe(expected);
  });
});

describe('a travel grant', () => {
  const steps = {
    offer: (grant: TravelGrant) => offered(grant, budget, eur(400), deed(HOST)),
    accept: (grant: TravelGrant) => accepted(grant, deed(APPLICANT)),
    'decline by the host': (grant: TravelGrant) => declined(grant, deed(HOST)),
    'decline by who asks': (grant: TravelGrant) => declined(grant, deed(APPLICANT)),
    disburse: (grant: TravelGrant) => disbursed(grant, { paid: eur(1), receipts: [] }, deed(HOST)),
    withdraw: (grant: TravelGrant) => withdrawn(grant, deed(APPLICANT)),
  };

  test.each<[keyof typeof steps, readonly TravelGrant['status'][]]>([
    ['offer', ['submitted']],
    ['accept', ['offered']],
    ['decline by the host', ['submitted']],
    ['decline by who asks', ['offered']],
    ['disburse', ['accepted']],
    ['withdraw', ['submitted', 'offered', 'accepted']],
  ])('can %s from %j only', (name, from) => {
    const allowed = TRAVEL_GRANT_STATUSES.filter((status) => outcome(() => steps[name](inStatus(status))) === 'done');
    expect(allowed).toEqual(from);
  });

  test('moves the counters of its budget by what it promises, pays and gives back', () => {
    expect(offered(asked, budget, eur(400), deed(HOST)).move).toMatchObject({ bound: 400, disbursed: 0 });
    const paid = disbursed(inStatus('accepted'), { paid: eur(150), receipts: ['x'] }, deed(HOST));
    expect(paid.move).toEqual({ budgetId: 'budget', bound: -250, disbursed: 150 });
    expect(withdrawn(inStatus('offered'), deed(APPLICANT)).move).toMatchObject({ bound: -400, disbursed: 0 });
    expect(withdrawn(asked, deed(APPLICANT)).move).toBeUndefined();
    expect(TRAVEL_GRANT_STATUSES.map((status) => committedBy(inStatus(status)))).toEqual([0, 400, 400, 0, 0, 0]);
  });

  test('promises no more than was asked for, and pays no more than was promised', () => {
    expect(outcome(() => offered(asked, budget, eur(501), deed(HOST)))).toBe('more-than-agreed');
    const pay = (paid: Funds) => outcome(() => disbursed(inStatus('accepted'), { paid, receipts: [] }, deed(HOST)));
    expect([pay(eur(401)), pay(usd(1)), pay(eur(400))]).toEqual(['more-than-agreed', 'currencies-mixed', 'done']);
  });

  test('ends with its application, unless it is paid or ended', () => {
    const reasons = (['withdrawn', 'lapsed', 'declined', 'cancelled', 'confirmed', 'completed'] as const).map(
      (status) => endOf({ status }),
    );
    expect(reasons).toEqual([
      ...['application-withdrawn', 'application-lapsed', 'application-declined', 'cohort-cancelled'],
      ...[undefined, undefined],
    ]);
    const freed = TRAVEL_GRANT_STATUSES.map(
      (status) => released(inStatus(status), 'cohort-cancelled', NOW)?.move?.bound,
    );
    expect(freed).toEqual([undefined, -400, -400, undefined, undefined, undefined]);
    expect(released(asked, 'cohort-cancelled', NOW)?.next).toMatchObject({
      status: 'withdrawn',
      by: { role: 'system' },
    });
  });
});

describe('the audit', () => {
  const seal = (): string => 'sealed';
  const told = (before: object | undefined, after: object, sk: string) => {
    const item = (value: object) => ({ pk: 'COHORT#1', sk, ...value });
    return trainingChange({ before: before && item(before), after: item(after) }, seal);
  };

  test('knows of a budget what its host has said, not the sponsor’s name, and no counter', () => {
    const sponsored = { ...budget, payer: { source: 'sponsor', sponsor: { en: 'A fund' } } };
    const change = told(undefined, sponsored, 'BUDGET#1');
    expect(change).toMatchObject({
      subjectType: 'budget',
      action: 'open',
      concerns: [HOST],
      after: { payer: 'sponsor' },
    });
    expect(JSON.stringify(change)).not.toContain('A fund');
    expect(told(sponsored, { ...sponsored, bound: 5 }, 'BUDGET#1')).toBeUndefined();
  });

  test('knows of a travel grant its amounts, to its institution and the host, not what they are for', () => {
    const { next } = offered(asked, budget, eur(400), deed(HOST));
    const change = told(asked, next, 'TRAVEL-GRANT#1');
    expect(change).toMatchObject({
      ...{ subjectType: 'travel-grant', action: 'offer', concerns: [APPLICANT, HOST] },
      after: { status: 'offered', offered: eur(400) },
    });
    expect(JSON.stringify(change)).not.toMatch(/per-diem|ticket/);
    const listed = { pk: 'INSTITUTION#1', sk: 'TRAVEL-GRANT#1#2', travelGrantId: '2' };
    expect(trainingChange({ before: undefined, after: listed }, seal)).toBeUndefined();
  });
});

describe('the report', () => {
  const facts = {
    cohort,
    applications: [
      { ...application, id: '1', status: 'completed' as const, acceptedAt: 1 },
      { ...application, id: '2', status: 'accepted' as const, acceptedAt: 1, confirmBy: '2026-02-01T00:00:00.000Z' },
      { ...application, id: '3', status: 'waitlisted' as const, institutionId: OTHER },
    ],
    budgets: [budget],
    travelGrants: [inStatus('accepted'), { ...inStatus('disbursed'), institutionId: OTHER, paid: eur(250) }],
  };

  test('has a row for each country, and what is over is over, whoever has written it', () => {
    const countryOf = (institutionId: string) => (institutionId === OTHER ? 'UZ' : 'KZ');
    const rows = rowsOf(programme, 2026, [facts], countryOf, NOW);
    expect(
      rows.map(({ country, applied, accepted: seated, confirmed, completed, lapsed, waiting }) => [
        ...[country, applied, seated, confirmed, completed, lapsed, waiting],
      ]),
    ).toEqual([
      ['KZ', 2, 2, 1, 1, 1, 0],
      ['UZ', 1, 0, 0, 0, 0, 1],
    ]);
    expect(rows.map(({ seats }) => seats)).toEqual([10, 10]);
    const cost = { payer: { source: 'host' }, currency: 'EUR' };
    expect(rows.map(({ costs }) => costs)).toEqual([
      [{ ...cost, committed: 400, disbursed: 0 }],
      [{ ...cost, committed: 0, disbursed: 250 }],
    ]);
    expect(sumsOf(rows.flatMap(({ costs }) => costs))).toEqual([{ ...cost, committed: 400, disbursed: 250 }]);
    expect(yearOf(cohort)).toBe(2026);
  });

  test('adds up by payer, each sponsor by its name in whatever order of languages, and each currency', () => {
    const sponsor = (name: object) => ({ source: 'sponsor' as const, sponsor: { ...name } });
    const of = (payer: ReturnType<typeof sponsor>, currency: string) => ({
      payer,
      currency,
      committed: 1,
      disbursed: 2,
    });
    const sums = sumsOf([
      of(sponsor({ en: 'A', ru: 'А' }), 'EUR'),
      of(sponsor({ ru: 'А', en: 'A' }), 'EUR'),
      of(sponsor({ en: 'B' }), 'EUR'),
      of(sponsor({ en: 'B' }), 'USD'),
    ]);
    expect(sums.map(({ currency, committed }) => [currency, committed])).toEqual([
      ['EUR', 2],
      ['EUR', 1],
      ['USD', 1],
    ]);
  });

  test('names a sponsor in the order of its languages, however they are kept', () => {
    const of = (sponsor: Record<string, string>) =>
      payersAsCsv([{ payer: { source: 'sponsor', sponsor }, currency: 'EUR', committed: 1, disbursed: 0 }]);
    expect(of({ ru: 'Фонд', en: 'Fund' })).toBe(of({ en: 'Fund', ru: 'Фонд' }));
    expect(of({ ru: 'Фонд', en: 'Fund' })).toContain('sponsor,Fund / Фонд,EUR');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('shows a sponsor called %j as text', (en) => {
    const line = payersAsCsv([
      { payer: { source: 'sponsor', sponsor: { en } }, currency: 'EUR', committed: 1, disbursed: 0 },
    ]).split('\r\n')[1];
    expect(line).toBe(`sponsor,'${en},EUR,1,0`);
  });
});
