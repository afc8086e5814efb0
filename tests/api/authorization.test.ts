import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Relation, ROLES, type Role, SCOPES } from '../../lambdas/shared/auth/vocabulary.ts';
import { anAbstractBody } from '../support/abstracts.ts';
import { anAgreement, anAgreementBody, aProposal } from '../support/agreements.ts';
import { anonymous, api, apiWithAllScopes, apiWithToken, type CallOptions, type Client } from '../support/client.ts';
import { aDescription, aPdf, available, described } from '../support/documents.ts';
import { anEventBody, eventPaths } from '../support/events.ts';
import {
  aBooking,
  aBookingBody,
  aGrant,
  anInstitution,
  aPoolBody,
  balanceOf,
  pathOf,
  type Scene,
} from '../support/factories.ts';
import { aBudgetBody, aRequestBody, eur, RECEIPTS } from '../support/funding.ts';
import { expectChallenge } from '../support/gateway-refusals.ts';
import { caughtUp, DEPLOYED, hub } from '../support/hub.ts';
import { aClient, anInstitutionBody, revokeClientsOf } from '../support/institutions.ts';
import { DUE, type Pair, propose, transfer } from '../support/loans.ts';
import { aRegistrationBody } from '../support/registrations.ts';
import { type ApiRoute, GUARDED_ROUTES, type OperationId, ROUTES_WITH_ID } from '../support/routes.ts';
import { aSessionBody } from '../support/sessions.ts';
import { aCohortBody, aNominee, aProgrammeBody, day, trainingPaths } from '../support/training.ts';
import { aSilentWebhook, NOBODY } from '../support/webhooks.ts';

/** Who may do what, generated from the contracts. */

let scene: Scene;
/** The scene with another grant of its pool, whose beneficiary lends. */
let pair: Pair;
let stranger: string;
let params: Record<string, string>;
beforeAll(async () => {
  const open = { lendingLimit: 100, borrowingLimit: 100 };
  scene = await aGrant({ nominal: 20, poolBody: { capacity: 100 }, grantBody: open });
  const { provider, pool } = scene;
  pair = { lender: await aGrant({ provider, pool, nominal: 20, grantBody: open }), borrower: scene };
  stranger = (await anInstitution()).id;
  const booking = await aBooking(scene, 'fulfilled');
  const loan = (await propose(pair, 1)).ok;
  const moved = (await transfer(scene, pair.lender, 1)).ok;
  const client = await aClient(scene.beneficiary.id);
  const agreement = await anAgreement([scene.provider, scene.beneficiary]);
  // Documents know of the agreement by its stream.
  await caughtUp();
  const over = { resource: { type: 'agreement', id: agreement.id } };
  // Nothing that is deployed to an emulator scans.
  const file = DEPLOYED ? described : available;
  params = {
    ...pathOf(scene, booking),
    documentId: (await file(scene.beneficiary, aPdf(), over)).id,
    loanId: loan.id,
    transferId: moved.id,
    agreementId: agreement.id,
    version: '1',
    clientId: client.id,
    ...(await aSilentWebhook(scene.beneficiary.coordinator)),
    ...(await trainingPaths(scene.provider, scene.beneficiary)),
    ...(await eventPaths(scene.provider, scene.beneficiary)),
  };
});
afterAll(async () => revokeClientsOf(scene.beneficiary.id));

/**
 * A request with nothing wrong but perhaps who sends it. An old ETag keeps a change from being carried out, and one key for
 * all keeps clients few.
 */
function requestTo({ operationId, ifMatch }: ApiRoute): CallOptions {
  const bodies: Partial<Record<string, object>> = {
    createAgreement: anAgreementBody([scene.provider, scene.beneficiary]),
    proposeAgreementVersion: { follows: '0'.repeat(64), ...aProposal() },
    approveAgreement: { hash: '0'.repeat(64) },
    terminateAgreement: { reason: 'notice-given', from: '2026-01-01' },
    createDocument: aDescription(aPdf()),
    holdDocument: { held: true },
    createPool: aPoolBody({ capacity: 0 }),
    createGrant: { beneficiaryId: scene.beneficiary.id, nominal: 0 },
    holdBooking: aBookingBody(),
    setPriority: { priorityClass: 1, reason: 'relapse' },
    updatePool: {},
    closePeriod: { dryRun: true },
    restateUsage: { reason: 'correction' },
    updateGrant: {},
    createInstitution: anInstitutionBody(),
    updateInstitution: {},
    replaceContacts: { contacts: [] },
    createClient: { roles: ['integration'] },
    createWebhook: { url: NOBODY },
    updateWebhook: {},
    proposeLoan: { lendingGrantId: pair.lender.grant.id, units: 1, dueDate: DUE },
    transferUnits: { receivingGrantId: pair.lender.grant.id, units: 1 },
    createEvent: anEventBody(),
    updateEvent: {},
    cancelEvent: { reason: 'other' },
    createRegistration: aRegistrationBody(),
    checkInBatch: { checkIns: [{ registrationId: params['registrationId'], at: new Date(0).toISOString() }] },
    createSession: aSessionBody({ ends: `${day(1)}T00:00` }),
    updateSession: {},
    updateRegistration: {},
    createAbstract: anAbstractBody({ topic: 'other' }),
    updateAbstract: {},
    reviewAbstract: { score: 50 },
    discussAbstract: { text: 'The follow-up is short.' },
    placeAbstract: { sessionId: params['sessionId'] },
    appointReviewer: { subject: 'reviewer-3', institutionId: scene.provider.id, topics: ['other'] },
    createProgramme: aProgrammeBody(),
    updateProgramme: {},
    createCohort: aCohortBody(),
    updateCohort: {},
    createApplication: { nominees: [aNominee()] },
    reviewApplication: { score: 50 },
    recordAttendance: { presence: 'present' },
    nameTrainee: { displayName: 'A. Nonymous', consent: true },
    revokeCredential: { reason: 'other' },
    createBudget: aBudgetBody(),
    updateBudget: {},
    createTravelGrant: aRequestBody(String(params['applicationId'])),
    offerTravelGrant: { budgetId: params['budgetId'], amount: eur(1) },
    disburseTravelGrant: { paid: eur(1), receipts: RECEIPTS },
  };
  const body = bodies[operationId];
  return {
    params,
    ...(body && { body }),
    ...(operationId === 'createClient' && { key: 'authorization' }),
    ...(ifMatch === 'required' || STATUS_CHANGES.includes(operationId) ? { ifMatch: '"999"' } : {}),
  };
}
/** What would change the scene for all others. */
const STATUS_CHANGES = ['cancelEvent', 'activateInstitution', 'suspendInstitution', 'leaveInstitution'];
const idOf = (route: ApiRoute): OperationId => route.operationId as OperationId;
const named = GUARDED_ROUTES.map((route) => ({ name: route.operationId, route }));

describe.each(named)('$name', ({ route }) => {
  test('refuses who has no token', async () => {
    const answer = await anonymous.call(idOf(route), requestTo(route));
    expect(answer.code).toBe('unauthorized');
    expectChallenge(answer, 'Bearer');
  });

  test('refuses what is no token', async () => {
    const answer = await apiWithToken('not.a.token').call(idOf(route), requestTo(route));
    expect(answer.code).toBe('unauthorized');
    expectChallenge(answer, 'error="invalid_token"');
  });

  test('refuses a token whose time is over', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iat: now - 7200, exp: now - 3600 };
    const token = await hub.token({ institution: scene.provider.id, role: 'coordinator', claims });
    expect((await apiWithToken(token).call(idOf(route), requestTo(route))).code).toBe('unauthorized');
  });

  test('refuses a token with every scope but its own', async () => {
    const others = SCOPES.filter((scope) => !(route.scopes as readonly string[]).includes(scope));
    const scopes = others.length === 0 ? ['openid'] : [...others, 'openid'];
    const answer = await api(scene.provider.id, 'coordinator', scopes).call(idOf(route), requestTo(route));
    expect(answer.code).toBe('forbidden');
    expectChallenge(answer, 'error="insufficient_scope"');
  });
});

/** How the institution of each side stands to what a route is about. */
function relationOf(route: ApiRoute, side: Side): Relation {
  const { path } = route;
  if (path.includes('{webhookId}')) return side === 'beneficiary' ? 'self' : 'none';
  if (path.includes('{clientId}') || path.endsWith('/clients')) return side === 'beneficiary' ? 'self' : 'none';
  if (path.includes('{institutionId}')) return side === 'beneficiary' && 'self' in route.access ? 'self' : 'partner';
  if (path === '/v1/institutions') return 'partner';
  const ofApplication = ['{applicationId}', '{credentialId}', '{travelGrantId}'].some((name) => path.includes(name));
  if (ofApplication || route.operationId === 'createTravelGrant') return APPLICATION_RELATIONS[side];
  if (path.includes('{linkId}')) return side === 'provider' ? 'self' : 'none';
  if (path.includes('{registrationId}') || path.includes('{abstractId}')) return APPLICATION_RELATIONS[side];
  if (path.includes('{eventId}')) return side === 'provider' ? 'host' : 'partner';
  if (path.includes('{budgetId}')) return side === 'provider' ? 'host' : 'none';
  if (path.includes('{programmeId}') || path.includes('{cohortId}')) return side === 'provider' ? 'host' : 'partner';
  if (path === '/v1/programmes' || path === '/v1/events')
    return 'self' in route.access && 'partner' in route.access ? 'partner' : 'self';
  if (side === 'stranger') return 'self' in route.access && !path.includes('{') ? 'self' : 'none';
  if (path.includes('{documentId}')) return DOCUMENT_RELATIONS[side];
  if (path.includes('{agreementId}')) return side === 'lender' ? 'none' : 'party';
  if (path.includes('{loanId}')) return side === 'beneficiary' ? 'borrower' : side;
  // Who is at the other end of a transfer sees it; the grant and the booking it came from are not its.
  if (path.includes('{transferId}')) return side === 'lender' ? 'beneficiary' : side;
  if (path.includes('{grantId}') || path.includes('{bookingId}')) return side === 'lender' ? 'none' : side;
  if (path.includes('{poolId}')) return side === 'provider' ? 'provider' : 'none';
  return 'self' in route.access ? 'self' : 'none';
}
const SIDES = ['provider', 'beneficiary', 'lender', 'stranger'] as const;
type Side = (typeof SIDES)[number];
/** It is the beneficiary's, and belongs to its agreement with the provider. */
const DOCUMENT_RELATIONS = { provider: 'party', beneficiary: 'self', lender: 'none', stranger: 'none' } as const;

/** The beneficiary has applied for a seat that the provider offers. */
const APPLICATION_RELATIONS = { provider: 'host', beneficiary: 'applicant', lender: 'none', stranger: 'none' } as const;

/** Whether a role may take the action on anything: otherwise the answer is the same whatever there is. */
const isNamed = (role: Role, access: ApiRoute['access']): boolean =>
  Object.values(access).some((roles) => roles.includes(role));

/** What the access rule of the contract says, in the words of the API. */
function verdict({ access }: ApiRoute, relation: Relation, role: Role): 'allowed' | 'role-not-permitted' | 'not-found' {
  if (access[relation]?.includes(role) === true || access.none?.includes(role) === true) return 'allowed';
  const mayKnow = relation !== 'none' || role === 'hub-admin' || role === 'auditor' || !isNamed(role, access);
  return mayKnow ? 'role-not-permitted' : 'not-found';
}

describe.each(named)('$name, with every scope,', ({ route }) => {
  const institution = (side: Side): string => {
    if (side === 'lender') return pair.lender.beneficiary.id;
    return side === 'stranger' ? stranger : scene[side].id;
  };
  // Who is to a thing what a stranger is need not be tried twice.
  const sides = SIDES.filter((side) => side !== 'lender' || relationOf(route, side) !== relationOf(route, 'stranger'));
  const rows = sides.flatMap((side) => ROLES.map((role) => ({ side, role, relation: relationOf(route, side) })));

  test.each(rows.map((row) => ({ ...row, verdict: verdict(route, row.relation, row.role) })))(
    'is $verdict to the $role of the $side',
    async ({ side, role, verdict: expected }) => {
      const answer = await apiWithAllScopes(institution(side), role).call(idOf(route), requestTo(route));

      const refusal = answer.status === 403 || answer.status === 404 ? answer.code : 'allowed';
      expect(refusal).toBe(expected);
    },
  );
});

test('a refusal names the roles that may', async () => {
  const clinician = api(scene.provider.id, 'clinician');
  const answer = await clinician.call('createGrant', { params, body: { beneficiaryId: stranger, nominal: 0 } });
  expect(answer.problem['permittedRoles']).toEqual(['coordinator']);
});

test('the roles of a token add up', async () => {
  const claims = { roles: ['clinician', 'coordinator', 'unknown'] };
  const token = await hub.token({ institution: scene.provider.id, role: 'clinician', claims });
  expect((await apiWithToken(token).call('createPool', { body: aPoolBody({ capacity: 0 }) })).status).toBe(201);
});

/** The names of an answer's headers, but those that are about the connection and no part of the answer (RFC 9110, 7.6.1). */
const headersOf = ({ headers }: { readonly headers: object }): string[] =>
  Object.keys(headers)
    .filter((name) => name !== 'connection' && name !== 'keep-alive')
    .toSorted();

/** Who the partners are, what they teach and what they organise, is known to all of them. */
const TENANT_ROUTES = ROUTES_WITH_ID.filter(
  ({ path }) => !/^\/v1\/(?:institutions|programmes|cohorts|events)/.test(path) || path.includes('/clients'),
);

describe.each(TENANT_ROUTES.map((route) => ({ name: route.operationId, route })))(
  '$name, to an institution that has no part in it,',
  ({ route }) => {
    const parameter = /\{(\w+)\}/.exec(route.path)?.[1] ?? '';

    test.each(ROLES.filter((role) => role !== 'hub-admin' && role !== 'auditor'))(
      'answers the %s as for what does not exist',
      async (role) => {
        const client = apiWithAllScopes(stranger, role);
        const request = requestTo(route);

        const foreign = await client.call(idOf(route), request);
        const missing = await client.call(idOf(route), {
          ...request,
          params: { ...params, [parameter]: randomUUID() },
        });

        const { instance: _, correlationId: __, ...said } = foreign.problem;
        const { instance: ___, correlationId: ____, ...saidOfNothing } = missing.problem;
        expect(foreign.code).toBe(isNamed(role, route.access) ? 'not-found' : 'role-not-permitted');
        expect(said).toEqual(saidOfNothing);
        expect(headersOf(foreign)).toEqual(headersOf(missing));
      },
    );
  },
);

describe('lists', () => {
  const LISTS = ['listAgreements', 'listPools', 'listGrants', 'listBookings'] as const;
  const ids = async (client: Client, operationId: (typeof LISTS)[number], query = {}) =>
    (await client.call(operationId, { query: { limit: 100, ...query } })).ok.items.map(({ id }) => id);

  test.each(LISTS)('%s shows an institution with no part in anything nothing', async (operationId) => {
    const { coordinator } = await anInstitution();
    expect(await ids(coordinator, operationId)).toEqual([]);
  });

  test('the provider’s and the beneficiary’s lists meet in their grant only', async () => {
    const other = await aGrant({ beneficiary: scene.beneficiary });

    const given = await ids(scene.provider.coordinator, 'listGrants');
    const held = await ids(scene.beneficiary.coordinator, 'listGrants');

    expect(given).toContain(scene.grant.id);
    expect(given).not.toContain(other.grant.id);
    expect(held).toEqual(expect.arrayContaining([scene.grant.id, other.grant.id]));
    expect(await ids(scene.beneficiary.coordinator, 'listPools')).not.toContain(scene.pool.id);
  });

  test.each(LISTS)('%s refuses coordinators the view of another institution', async (operationId) => {
    const query = { institutionId: scene.provider.id };
    expect((await scene.beneficiary.coordinator.call(operationId, { query })).code).toBe('not-found');
  });

  test.each(LISTS)('%s lets coordinators name their own institution', async (operationId) => {
    const { id, coordinator } = scene.provider;
    expect(await ids(coordinator, operationId, { institutionId: id })).toEqual(await ids(coordinator, operationId));
  });

  test.each(LISTS.flatMap((operationId) => (['auditor', 'hub-admin'] as const).map((role) => ({ operationId, role }))))(
    '$operationId shows the $role any institution’s view',
    async ({ operationId, role }) => {
      const { id, coordinator } = scene.provider;
      const seen = await ids(api(stranger, role), operationId, { institutionId: id });
      expect(seen).not.toEqual([]);
      expect(seen).toEqual(await ids(coordinator, operationId));
    },
  );
});

describe.each(['auditor', 'hub-admin'] as const)('the %s', (role) => {
  test('reads everything but webhooks, trainees’ names and attendees’ needs, and writes nothing but what is an admin’s to write', async () => {
    const everything = apiWithAllScopes(stranger, role);
    const before = await balanceOf(scene);
    // Where a partner's systems are is its own affair; what was done about it, the audit says.
    const isPrivate = ({ path, operationId }: ApiRoute) =>
      path.startsWith('/v1/webhooks') || ['getTraineeName', 'getCertificate', 'getNeeds'].includes(operationId);
    const reads = GUARDED_ROUTES.filter((route) => route.method === 'GET' && !isPrivate(route));
    const writes = GUARDED_ROUTES.filter(
      ({ method, access }) => method !== 'GET' && access.none?.includes(role) !== true,
    );
    expect(writes.length).toBeGreaterThan(20);

    const read = await Promise.all(reads.map((route) => everything.call(idOf(route), requestTo(route))));
    const written = await Promise.all(writes.map((route) => everything.call(idOf(route), requestTo(route))));

    const unscanned = (name: string) => DEPLOYED && name === 'downloadDocument';
    expect(read.map(({ status }) => status)).toEqual(
      reads.map(({ operationId }) => (unscanned(operationId) ? 409 : 200)),
    );
    expect(written.map(({ code }) => code)).toEqual(writes.map(() => 'role-not-permitted'));
    expect(await balanceOf(scene)).toEqual(before);
  });
});
