import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { anAgreement } from '../support/agreements.ts';
import { NOT_UNITS, type Subject } from '../support/bad-bodies.ts';
import { otherSubjects } from '../support/bad-documents.ts';
import { api, type CallOptions } from '../support/client.ts';
import { aPdf, described } from '../support/documents.ts';
import { eventPaths } from '../support/events.ts';
import {
  aBooking,
  aBookingBody,
  aGrant,
  anInstitution,
  aPoolBody,
  balanceOf,
  type Scene,
} from '../support/factories.ts';
import { aClient, revokeClientsOf } from '../support/institutions.ts';
import { type Pair, propose } from '../support/loans.ts';
import { aRoleFor, type OperationId, ROUTES } from '../support/routes.ts';
import { trainingPaths } from '../support/training.ts';
import { aSilentWebhook } from '../support/webhooks.ts';

/** Bodies that no request may have, for every route with a body. Nothing may change by any of them. */

const FUTURE = { start: '2026-01-01', end: '2099-12-31', timeZone: 'Europe/Minsk' };

const pool = (over: object) => aPoolBody(over);

const subjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createPool: {
    side: 'provider',
    body: aPoolBody(),
    wrong: [
      ...NOT_UNITS.map((capacity) => ['/capacity', pool({ capacity })] as const),
      ['/service', pool({ service: 'homeopathy' })],
      ['/service', pool({ service: 7 })],
      ['/name', pool({ name: {} })],
      ['/name', pool({ name: 'text' })],
      ['/name/english', pool({ name: { english: 'x' } })],
      ['/name/en', pool({ name: { en: '' } })],
      ['/name/en', pool({ name: { en: '   ' } })],
      ['/name/en', pool({ name: { en: 'x'.repeat(201) } })],
      ['/period', pool({ period: null })],
      ['/period/start', pool({ period: { ...FUTURE, start: '2026-02-30' } })],
      ['/period/start', pool({ period: { ...FUTURE, start: '01.02.2026' } })],
      ['/period/end', pool({ period: { ...FUTURE, end: '2025-12-31' } })],
      ['/period/timeZone', pool({ period: { ...FUTURE, timeZone: 'Mars/Olympus' } })],
      ['/period/timeZone', pool({ period: { ...FUTURE, timeZone: '+03:00' } })],
      ['/period/extra', pool({ period: { ...FUTURE, extra: 1 } })],
      ['/cancellationPolicy', pool({ cancellationPolicy: 'whatever' })],
      ['/noShowPolicy', pool({ noShowPolicy: false })],
      ['/illustrative', pool({ illustrative: 'yes' })],
      ['/providerId', pool({ providerId: '019a8f3e-7c00-7a11-8000-000000000001' })],
    ],
  },
  updatePool: {
    side: 'provider',
    body: { capacity: 10 },
    wrong: [
      ...NOT_UNITS.map((capacity) => ['/capacity', { capacity }] as const),
      ['/service', { service: 'pet-ct' }],
      ['/name', { name: {} }],
      ['/name', { name: null }],
      ['/period', { period: FUTURE }],
      ['/cancellationPolicy', { cancellationPolicy: '' }],
      ['/allocated', { allocated: 0 }],
      ['/unallocated', { name: { en: 'A name' }, unallocated: 5 }],
    ],
  },
  createGrant: {
    side: 'provider',
    body: { beneficiaryId: '019a8f3e-7c00-7a11-8000-000000000001', nominal: 1 },
    wrong: [
      ...NOT_UNITS.map((nominal) => ['/nominal', { beneficiaryId: crypto.randomUUID(), nominal }] as const),
      ['/beneficiaryId', { beneficiaryId: 'alexandrov', nominal: 1 }],
      ['/beneficiaryId', { nominal: 1 }],
      ['/agreementId', { beneficiaryId: crypto.randomUUID(), nominal: 1, agreementId: 'the old one' }],
      ['/agreementHash', { beneficiaryId: crypto.randomUUID(), nominal: 1, agreementHash: '0'.repeat(64) }],
      ['/poolId', { beneficiaryId: crypto.randomUUID(), nominal: 1, poolId: crypto.randomUUID() }],
    ],
  },
  updateGrant: {
    side: 'provider',
    body: { nominal: 5 },
    wrong: [
      ...NOT_UNITS.map((nominal) => ['/nominal', { nominal }] as const),
      ['/paediatricReserve/releaseDate', { paediatricReserve: { units: 1 } }],
      ['/paediatricReserve/units', { paediatricReserve: { units: -1, releaseDate: '2027-01-01' } }],
      ['/status', { status: 'unlimited' }],
      ['/status', { status: null }],
      ['/beneficiaryId', { beneficiaryId: crypto.randomUUID() }],
      ['/balance', { balance: { committed: 0 } }],
      ['/reason', { reason: 'because the patient is somebody’s cousin' }],
      ['/loansNeedApproval', { loansNeedApproval: 'yes' }],
      ['/adjustments', { adjustments: { carriedIn: 5 } }],
    ],
  },
  ...otherSubjects,
  ...Object.fromEntries(
    (
      [
        ['returnLoan', 'beneficiary'],
        ['recallLoan', 'lender'],
      ] as const
    ).map(([name, side]) => [
      name,
      {
        side,
        body: {},
        wrong: [...[0, ...NOT_UNITS].map((units) => ['/units', { units }] as const), ['/reason', { reason: 'x' }]],
      } satisfies Subject,
    ]),
  ),
  holdBooking: {
    side: 'beneficiary',
    body: aBookingBody(),
    wrong: [
      ['/patient', aBookingBody({ patient: 7 })],
      ['/patient', aBookingBody({ patient: null })],
      ['/patient', aBookingBody({ patient: 'a1' })],
      ['/patient', aBookingBody({ patient: '-P-001' })],
      ['/patient', aBookingBody({ patient: `P-1${'x'.repeat(62)}` })],
      ['/patient', aBookingBody({ patient: 'P/001' })],
      ['/ageBand', aBookingBody({ ageBand: '10' })],
      ['/ageBand', aBookingBody({ ageBand: undefined })],
      ['/diagnosis', aBookingBody({ diagnosis: 'medulloblastoma' })],
      ['/diagnosis', aBookingBody({ diagnosis: 'c71.6' })],
      ['/diagnosis', aBookingBody({ diagnosis: 'C71.6\n' })],
      ['/holdFor', aBookingBody({ holdFor: 'ever' })],
      ['/joinWaitlist', aBookingBody({ joinWaitlist: 'yes' })],
      ['/deadline', aBookingBody({ deadline: 'soon' })],
      ['/deadline', aBookingBody({ deadline: '2027-02-30' })],
      ['/name', aBookingBody({ name: 'x' })],
      ['/__proto__', JSON.parse(`{"__proto__":{"patient":"P-001"},${JSON.stringify(aBookingBody()).slice(1)}`)],
    ],
  },
  ...Object.fromEntries(
    (
      [
        'confirmBooking',
        'releaseBooking',
        'arriveBooking',
        'completeBooking',
        'noShowBooking',
        'acceptOffer',
        'declineOffer',
        'withdrawBooking',
      ] as const
    ).map((name) => [
      name,
      { side: 'beneficiary', body: {}, wrong: [['/reason', { reason: 'medical-grounds' }]] } satisfies Subject,
    ]),
  ),
  setPriority: {
    side: 'beneficiary',
    body: { priorityClass: 1, reason: 'relapse' },
    wrong: [
      ['/priorityClass', { priorityClass: 0, reason: 'relapse' }],
      ['/priorityClass', { reason: 'relapse' }],
      ['/reason', { priorityClass: 1, reason: 'a friend of mine' }],
      ['/reason', { priorityClass: 1 }],
    ],
  },
  cancelBooking: {
    side: 'beneficiary',
    body: {},
    wrong: [
      ['/reason', { reason: 'because' }],
      ['/reason', { reason: null }],
      ['/unitForfeited', { unitForfeited: false }],
    ],
  },
};
const names = Object.keys(subjects) as OperationId[];
const subjectOf = (name: OperationId): Subject => subjects[name]!;
let scene: Scene;
let pair: Pair;
let params: Readonly<Record<string, string>>;
beforeAll(async () => {
  const grantBody = { lendingLimit: 5, borrowingLimit: 5 };
  scene = await aGrant({ nominal: 5, grantBody });
  pair = {
    lender: await aGrant({ ...scene, beneficiary: await anInstitution(), nominal: 5, grantBody }),
    borrower: scene,
  };
  params = {
    ...(await aSilentWebhook(scene.beneficiary.coordinator)),
    ...(await trainingPaths(scene.provider, scene.beneficiary)),
    ...(await eventPaths(scene.provider, scene.beneficiary)),
    ...{ institutionId: scene.provider.id, poolId: scene.pool.id, grantId: scene.grant.id },
    loanId: (await propose(pair, 1)).ok.id,
    agreementId: (await anAgreement([scene.provider, scene.beneficiary])).id,
    documentId: (await described(scene.provider, aPdf())).id,
    bookingId: (await aBooking(scene, 'held')).id,
    clientId: (await aClient(scene.provider.id)).id,
  };
});
afterAll(async () => revokeClientsOf(scene.provider.id));

const call = (name: OperationId, options: CallOptions) => {
  const { side } = subjectOf(name);
  const { id } = side === 'lender' ? pair.lender.beneficiary : scene[side];
  const ifMatch = 'ifMatch' in ROUTES[name] ? { ifMatch: '"1"' } : {};
  return api(id, aRoleFor(ROUTES[name])).call(name, { params, ...ifMatch, ...options });
};

/** Everything that a request could have changed. */
async function state() {
  const { provider, beneficiary } = scene;
  const its = [
    'getInstitution',
    'getContacts',
    'listClients',
    'listAgreements',
    'listDocuments',
    'listPools',
    'listGrants',
  ] as const;
  const others = ['listBookings', 'listLoans', 'listWebhooks', 'listCohorts', 'listApplications'] as const;
  const answers = await Promise.all([
    ...its.map((name) => provider.coordinator.call(name, { params })),
    ...others.map((name) => beneficiary.coordinator.call(name, { params })),
  ]);
  const shown = Object.fromEntries(answers.map(({ operationId, body }) => [operationId, body]));
  return { ...shown, balance: await balanceOf(scene) };
}

test('every route with a body is tried here', () => {
  const withBody = Object.values(ROUTES).flatMap((route) => ('body' in route ? [route.operationId] : []));
  expect(names.toSorted()).toEqual(withBody.toSorted());
});

describe.each(names)('%s', (name) => {
  const { body } = subjectOf(name);
  let before: Awaited<ReturnType<typeof state>>;
  beforeAll(async () => {
    before = await state();
  });

  test.each([
    ['half a document', '{"a":'],
    ['text', 'hello'],
    ['two documents', '{}{}'],
    ['a comma too many', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x7b, 0x7d])],
  ])('refuses %s as no JSON', async (_, rawBody) => {
    const answer = await call(name, { rawBody });
    expect(answer.code).toBe('malformed-json');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'application/xml', null])(
    'refuses the content type %s',
    async (contentType) => {
      const answer = await call(name, { body, headers: { 'content-type': contentType } });
      expect(answer.code).toBe('unsupported-media-type');
    },
  );

  test('refuses more than 64 KiB, whatever they say', async () => {
    const answer = await call(name, { body: { ...body, padding: 'x'.repeat(64 * 1024) } });
    expect(answer.code).toBe('body-too-large');
  });

  test.each([
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['text', '"text"'],
    ['true', 'true'],
  ])('refuses %s in the place of an object', async (_, rawBody) => {
    const answer = await call(name, { rawBody });
    expect(answer.code).toBe('invalid-content');
  });

  test('refuses a field it does not know, and says which', async () => {
    const answer = await call(name, { body: { ...body, misspelt: 1 } });
    expect(answer.code).toBe('invalid-content');
    expect(answer.problem.errors).toEqual([{ pointer: '/misspelt', message: 'is not known here' }]);
  });

  test.each(subjectOf(name).wrong.map(([pointer, wrong]) => ({ pointer, wrong })))(
    'refuses $wrong by $pointer',
    async ({ pointer, wrong }) => {
      const answer = await call(name, { body: wrong });
      expect(answer.code).toBe('invalid-content');
      expect(answer.problem.errors?.map((error) => error.pointer)).toContain(pointer);
    },
  );

  test('has changed nothing by any of this', async () => {
    expect(await state()).toEqual(before);
  });
});

describe.each(names.filter((name) => !('bodyOptional' in ROUTES[name])))('%s, which needs a body,', (name) => {
  test('refuses none at all', async () => {
    const answer = await call(name, {});
    expect(['unsupported-media-type', 'malformed-json']).toContain(answer.code);
  });

  test('refuses an empty one', async () => {
    expect((await call(name, { rawBody: '' })).code).toBe('malformed-json');
  });
});

test('a body of 64 KiB is not too large', async () => {
  const answer = await call('holdBooking', { rawBody: JSON.stringify({}).padEnd(64 * 1024) });
  expect(answer.code).toBe('invalid-content');
});

test('a body nested thirty thousand deep is refused like any other', async () => {
  const depth = 30_000;
  const answer = await call('createPool', { rawBody: '['.repeat(depth) + ']'.repeat(depth) });
  expect(answer.code).toBe('invalid-content');
});
