import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { anAbstractBody } from '../support/abstracts.ts';
import { anAgreement, anAgreementBody, aProposal, proposeVersion } from '../support/agreements.ts';
import { anonymous, api, type CallOptions } from '../support/client.ts';
import { aDescription, aPdf, described } from '../support/documents.ts';
import { anEventBody, eventPaths } from '../support/events.ts';
import {
  aBooking,
  aBookingBody,
  aGrant,
  anInstitution,
  aPool,
  aPoolBody,
  pathOf,
  type Scene,
} from '../support/factories.ts';
import { aBudgetBody, aRequest, aRequestBody, eur, RECEIPTS } from '../support/funding.ts';
import { aClient, anInstitutionBody, revokeClientsOf } from '../support/institutions.ts';
import { aLoan, DUE, type Pair, propose, transfer } from '../support/loans.ts';
import { aRegistrationBody } from '../support/registrations.ts';
import {
  ALL_ROUTES,
  aRoleFor,
  type OperationId,
  ROUTES,
  ROUTES_WITH_ID,
  ROUTES_WITH_QUERY,
} from '../support/routes.ts';
import { aSessionBody } from '../support/sessions.ts';
import { aCohort, aCohortBody, aNominee, aProgrammeBody, trainingPaths } from '../support/training.ts';
import { aSilentWebhook, NOBODY } from '../support/webhooks.ts';

let scene: Scene;
let pair: Pair;
let params: Record<string, string>;
beforeAll(async () => {
  const grantBody = { lendingLimit: 100, borrowingLimit: 100 };
  scene = await aGrant({ nominal: 5, poolBody: { capacity: 50 }, grantBody });
  const { provider, pool } = scene;
  pair = { lender: await aGrant({ provider, pool, nominal: 5, grantBody }), borrower: scene };
  // The provider of this pool has partners of its own, in pools of others.
  for (let number = 0; number < 2; number++) {
    const lender = await aGrant({ beneficiary: provider, grantBody, poolBody: { capacity: 20 } });
    await aLoan({ lender, borrower: await aGrant({ provider: lender.provider, pool: lender.pool, grantBody }) }, 1);
    await propose(pair, 1);
  }
  for (let number = 0; number < 3; number++) {
    await aBooking(scene);
    await aPool(scene.provider);
    await aGrant({ ...scene, nominal: 0 });
  }
  const full = await aGrant({ ...scene, nominal: 0 });
  for (let number = 0; number < 2; number++) {
    await scene.beneficiary.coordinator.call('holdBooking', {
      params: { grantId: full.grant.id },
      body: aBookingBody({ joinWaitlist: true }),
    });
  }
  const booking = await aBooking(scene);
  const loanId = (await propose(pair, 1)).ok.id;
  const transferId = (await transfer(scene, pair.lender, 1)).ok.id;
  const { id: clientId } = await aClient(scene.provider.id);
  await aClient(scene.provider.id);
  const institutionId = scene.provider.id;
  const { id: agreementId, hash } = await anAgreement([scene.provider, scene.beneficiary]);
  await proposeVersion({ id: agreementId }, provider, hash, { title: { en: 'Another one' } });
  await anAgreement([scene.provider, scene.beneficiary]);
  await aSilentWebhook(scene.provider.coordinator);
  const webhook = await aSilentWebhook(scene.provider.coordinator);
  await scene.provider.coordinator.call('testWebhook', { params: webhook });
  const { id: documentId } = await described(provider, aPdf());
  for (let number = 0; number < 2; number++) await described(provider, aPdf());
  // The provider travels, too.
  const own = await aCohort({ host: provider, applicant: provider });
  for (let number = 0; number < 2; number++) await aRequest(own);
  params = {
    ...pathOf(scene, booking),
    ...webhook,
    ...(await trainingPaths(provider, scene.beneficiary)),
    ...(await eventPaths(provider, scene.beneficiary)),
    ...{
      institutionId,
      clientId,
      loanId,
      transferId,
      agreementId,
      documentId,
      version: '1',
      asset: 'init.js',
      code: 'busy',
    },
  };
});
afterAll(async () => revokeClientsOf(scene.provider.id));

/** A body that is fine, so that only what a test makes wrong is. */
function bodyFor(operationId: OperationId): object | undefined {
  const route = ROUTES[operationId];
  if (!('body' in route)) return undefined;
  if (operationId === 'createAgreement') return anAgreementBody([scene.provider, scene.beneficiary]);
  if (operationId === 'proposeAgreementVersion') return { follows: '0'.repeat(64), ...aProposal() };
  if (operationId === 'approveAgreement') return { hash: '0'.repeat(64) };
  if (operationId === 'terminateAgreement') return { reason: 'notice-given' };
  if (operationId === 'createDocument') return aDescription(aPdf());
  if (operationId === 'holdDocument') return { held: true };
  if (operationId === 'createPool') return aPoolBody();
  if (operationId === 'createGrant') return { beneficiaryId: scene.beneficiary.id, nominal: 1 };
  if (operationId === 'holdBooking') return aBookingBody();
  if (operationId === 'setPriority') return { priorityClass: 1, reason: 'relapse' };
  if (operationId === 'proposeLoan') return { lendingGrantId: pair.lender.grant.id, units: 1, dueDate: DUE };
  if (operationId === 'transferUnits') return { receivingGrantId: pair.lender.grant.id, units: 1 };
  if (operationId === 'restateUsage') return { reason: 'correction' };
  if (operationId === 'createEvent') return anEventBody();
  if (operationId === 'cancelEvent') return { reason: 'other' };
  if (operationId === 'createRegistration') return aRegistrationBody();
  if (operationId === 'checkInBatch')
    return { checkIns: [{ registrationId: params['registrationId'], at: new Date(0).toISOString() }] };
  if (operationId === 'createSession') return aSessionBody();
  if (operationId === 'createAbstract') return anAbstractBody();
  if (operationId === 'reviewAbstract') return { score: 50 };
  if (operationId === 'discussAbstract') return { text: 'The follow-up is short.' };
  if (operationId === 'placeAbstract') return { sessionId: params['sessionId'] };
  if (operationId === 'appointReviewer')
    return { subject: 'reviewer-3', institutionId: scene.provider.id, topics: ['protons'] };
  if (operationId === 'createInstitution') return anInstitutionBody();
  if (operationId === 'createWebhook') return { url: NOBODY };
  if (operationId === 'replaceContacts') return { contacts: [] };
  if (operationId === 'createProgramme') return aProgrammeBody();
  if (operationId === 'createCohort') return aCohortBody();
  if (operationId === 'createApplication') return { nominees: [aNominee()] };
  if (operationId === 'reviewApplication') return { score: 50 };
  if (operationId === 'recordAttendance') return { presence: 'present' };
  if (operationId === 'createBudget') return aBudgetBody();
  if (operationId === 'createTravelGrant') return aRequestBody(String(params['applicationId']));
  if (operationId === 'offerTravelGrant') return { budgetId: params['budgetId'], amount: eur(1) };
  if (operationId === 'disburseTravelGrant') return { paid: eur(1), receipts: RECEIPTS };
  if (operationId === 'nameTrainee') return { displayName: 'A. Nonymous', consent: true };
  if (operationId === 'revokeCredential') return { reason: 'other' };
  return {};
}

const call = (operationId: OperationId, options: CallOptions = {}) => {
  const route = ROUTES[operationId];
  const body = bodyFor(operationId);
  const ifMatch = 'ifMatch' in route && route.ifMatch === 'required' ? { ifMatch: '"1"' } : {};
  const client = route.scopes === 'public' ? anonymous : api(scene.provider.id, aRoleFor(route));
  return client.call(operationId, { params, ...(body && { body }), ...ifMatch, ...options });
};

const idsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

describe.each(ROUTES_WITH_ID.map(({ operationId, path }) => ({ operationId: operationId as OperationId, path })))(
  '$operationId',
  ({ operationId, path }) => {
    test.each(['019a8f3e-7c00-7a11-8000-0000deadbeef', 'abc', '%00', "1' OR '1'='1", 'x'.repeat(2000)])(
      'answers 404 to the id %s',
      async (id) => {
        const [name = ''] = idsOf(path);
        const answer = await call(operationId, { params: { ...params, [name]: id } });
        expect(answer.code).toBe('not-found');
      },
    );

    test('answers 404 to an id in capital letters or without dashes alike', async () => {
      const [name = ''] = idsOf(path);
      const id = params[name] ?? '';
      const answer = await call(operationId, { params: { ...params, [name]: id.replaceAll('-', '') } });
      expect(answer.code).toBe('not-found');
    });
  },
);

/** All routes read ids alike: of these one route stands for all. */
test.each([
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ...['1', '*', ' ', 'POOL#x', 'идентификатор'],
])('an id that is %s is an id of nothing', async (grantId) => {
  expect((await call('getGrant', { params: { grantId } })).code).toBe('not-found');
});

describe.each(ROUTES_WITH_QUERY.map(({ operationId }) => operationId as OperationId))('%s', (operationId) => {
  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '-1'],
    ['limit', '1.5'],
    ['limit', 'abc'],
    ['limit', 'Infinity'],
    ['limit', 'NaN'],
    ['limit', ''],
    ['limit', '1e9'],
    ['cursor', ''],
    ['cursor', 'x'.repeat(1025)],
    ['misspelt', '1'],
    ['Limit', '5'],
  ])('refuses ?%s=%s and says which', async (name, value) => {
    const answer = await call(operationId, { query: { [name]: value } });
    expect(answer.code).toBe('invalid-parameter');
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toEqual([`?${name}`]);
  });

  test.each(['1', '100'])('accepts a limit of %s', async (limit) => {
    expect((await call(operationId, { query: { limit } })).status).toBe(200);
  });

  test.each([
    'x',
    '.',
    '..',
    'a.b.c',
    '%00',
    'e30.e30',
    Buffer.from('{"pk":"POOL#1"}').toString('base64url'),
    `${Buffer.from('SWEEP').toString('base64url')}.${'A'.repeat(43)}`,
  ])('refuses the made-up cursor %s', async (cursor) => {
    expect((await call(operationId, { query: { cursor } })).code).toBe('invalid-cursor');
  });

  test('refuses a cursor it gave out once it has been changed', async () => {
    const { next = '' } = (await call(operationId, { query: { limit: 1 } })).body as { next?: string };
    const [position = '', signature = ''] = next.split('.');
    const flipped = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    const changed = {
      'another position': `${flipped(position)}.${signature}`,
      'another signature': `${position}.${flipped(signature)}`,
      'a position without signature': position,
      'a shorter signature': next.slice(0, -1),
      'a shorter position': next.slice(1),
      'something behind it': `${next}.A`,
      'another spelling of it': `${position}=.${signature}`,
      'the position twice': `${position}${position}.${signature}`,
    };

    expect(next).not.toBe('');
    for (const [what, cursor] of Object.entries(changed)) {
      expect((await call(operationId, { query: { cursor } })).code, what).toBe('invalid-cursor');
    }
  });

  test('refuses the cursor of another list', async () => {
    const others = ROUTES_WITH_QUERY.map((route) => route.operationId as OperationId).filter(
      (id) => id !== operationId,
    );
    for (const other of others) {
      const { next = '' } = (await call(other, { query: { limit: 1 } })).body as { next?: string };
      expect(next, other).not.toBe('');
      expect((await call(operationId, { query: { cursor: next } })).code, other).toBe('invalid-cursor');
    }
  });
});

test.each(['listAgreements', 'listPools', 'listGrants', 'listBookings', 'listLoanBalances'] as const)(
  'a cursor of %s is good for the institution it was given to',
  async (operationId) => {
    const { next = '' } = (await call(operationId, { query: { limit: 1 } })).body as { next?: string };
    const other = await anInstitution();

    const answer = await other.coordinator.call(operationId, { query: { cursor: next } });

    expect(next).not.toBe('');
    expect(answer.code).toBe('invalid-cursor');
  },
);

test('a cursor of one grant’s bookings is not good for all bookings', async () => {
  const grantId = scene.grant.id;
  const { next = '' } = (await call('listBookings', { query: { grantId, limit: 1 } })).body as { next?: string };

  expect(next).not.toBe('');
  expect((await call('listBookings', { query: { cursor: next } })).code).toBe('invalid-cursor');
  expect((await call('listBookings', { query: { cursor: next, grantId } })).status).toBe(200);
});

describe.each(
  ALL_ROUTES.filter(({ query }) => query === undefined).map(({ operationId }) => operationId as OperationId),
)('%s, which takes no query', (operationId) => {
  test('refuses a parameter', async () => {
    expect((await call(operationId, { query: { expand: 'all' } })).code).toBe('invalid-parameter');
  });
});

test.each(['0', '01', '-1', '1.5', 'latest', '10000', '9999'])(
  'getAgreementVersion answers 404 to %s',
  async (version) => {
    expect((await call('getAgreementVersion', { params: { ...params, version } })).code).toBe('not-found');
  },
);

test.each(['not-an-id', '1'])('listBookings refuses %s as the id of a grant', async (grantId) => {
  expect((await call('listBookings', { query: { grantId } })).code).toBe('invalid-parameter');
});

test('listBookings answers 404 to a grant of others', async () => {
  const other = await aGrant();
  const answer = await call('listBookings', { query: { grantId: other.grant.id } });
  expect(answer.code).toBe('not-found');
});

test('a name that only objects have is an unknown parameter', async () => {
  const answer = await api(scene.provider.id).call('listPools', { query: { __proto__x: '1', constructor: '1' } });
  expect(answer.code).toBe('invalid-parameter');
});
