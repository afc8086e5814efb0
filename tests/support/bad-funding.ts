import type { Subject } from './bad-bodies.ts';
import { aBudgetBody, aRequestBody, aTicket, eur, RECEIPTS, usd } from './funding.ts';
import type { OperationId } from './routes.ts';

/** Bodies of budgets and travel grants that no request may have. */

const OTHER = '019a8f3e-7c00-7a11-8000-00000000abcd';
const NOTHING: Subject['wrong'] = [['/remark', { remark: 'x' }]];

/** @param body with an amount in the place of a good one @param at where it is */
const wrongFunds = (at: string, body: (funds: unknown) => object): Subject['wrong'] => [
  [`${at}/amount`, body(eur(-1))],
  [`${at}/amount`, body(eur(0.5))],
  [`${at}/amount`, body(eur(10 ** 12 + 1))],
  [`${at}/amount`, body({ amount: '100', currency: 'EUR' })],
  [`${at}/currency`, body({ amount: 100, currency: 'ABC' })],
  [`${at}/currency`, body({ amount: 100, currency: 'eur' })],
  [at, body(100)],
];

export const wrongPayers = (at: string, body: (payer: unknown) => object): Subject['wrong'] => [
  [`${at}/source`, body({ source: 'Ivanov' })],
  [`${at}/sponsor`, body({ source: 'sponsor' })],
  [`${at}/sponsor`, body({ source: 'host', sponsor: { en: 'A fund' } })],
  [`${at}/sponsor`, body({ source: 'sponsor', sponsor: { en: 'Call +375 29 765 43 21' } })],
  [`${at}/iban`, body({ source: 'host', iban: 'x' })],
];

const items = (...all: unknown[]) => aRequestBody(OTHER, { items: all });
const perDiem = (over: object) => items({ kind: 'per-diem', rate: eur(10), days: 2, money: eur(20), ...over });
const offer = (over: object) => ({ budgetId: OTHER, amount: eur(1), ...over });
const payment = (over: object) => ({ paid: eur(1), receipts: RECEIPTS, ...over });

export const fundingSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createBudget: {
    side: 'provider',
    body: aBudgetBody(),
    wrong: [
      ...wrongFunds('/limit', (limit) => aBudgetBody({ limit })),
      ...wrongPayers('/payer', (payer) => aBudgetBody({ payer })),
      ['/payer', { limit: eur(1) }],
      ['/committed', aBudgetBody({ committed: eur(1) })],
    ],
  },
  updateBudget: {
    side: 'provider',
    body: {},
    wrong: [
      ...wrongFunds('/limit', (limit) => ({ limit })),
      ...wrongPayers('/payer', (payer) => ({ payer })),
      ['/disbursed', { disbursed: eur(0) }],
    ],
  },
  createTravelGrant: {
    side: 'beneficiary',
    body: aRequestBody(OTHER),
    wrong: [
      ...wrongFunds('/items/0/money', (money) => items({ kind: 'ticket', money })),
      ['/applicationId', aRequestBody('mine')],
      ['/items', items()],
      ['/items', items(...Array.from({ length: 21 }, () => aTicket(1)))],
      ['/items', items(aTicket(10 ** 12), aTicket(1))],
      ['/items/0/kind', items({ kind: 'gift', money: eur(1) })],
      ['/items/0/money', perDiem({ money: eur(21) })],
      ['/items/0/rate', perDiem({ rate: undefined })],
      ['/items/0/rate', perDiem({ days: undefined })],
      ['/items/0/rate', items({ ...aTicket(1), rate: usd(1) })],
      ['/items/0/days', perDiem({ days: 0 })],
      ['/items/0/for', items({ ...aTicket(1), for: 'Ivanov' })],
    ],
  },
  offerTravelGrant: {
    side: 'provider',
    body: offer({}),
    wrong: [
      ...wrongFunds('/amount', (amount) => offer({ amount })),
      ['/budgetId', offer({ budgetId: 'the old one' })],
      ['/budgetId', { amount: eur(1) }],
    ],
  },
  acceptTravelGrant: { side: 'beneficiary', body: {}, wrong: NOTHING },
  declineTravelGrant: { side: 'beneficiary', body: {}, wrong: NOTHING },
  withdrawTravelGrant: { side: 'beneficiary', body: {}, wrong: NOTHING },
  disburseTravelGrant: {
    side: 'provider',
    body: payment({}),
    wrong: [
      ...wrongFunds('/paid', (paid) => payment({ paid })),
      ['/receipts', payment({ receipts: [] })],
      ['/receipts', payment({ receipts: [OTHER, OTHER] })],
      ['/receipts/0', payment({ receipts: ['on paper'] })],
      ['/iban', payment({ iban: 'x' })],
    ],
  },
};
