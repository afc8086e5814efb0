import { beforeAll, describe, expect, test } from 'vitest';

import { faultsOfChain } from '../../lambdas/shared/chain/chain.ts';
import { anAgreement, terminate } from '../support/agreements.ts';
import { api } from '../support/client.ts';
import { aBooking, aBookingBody, act, aGrant, anInstitution, aPool, type Scene } from '../support/factories.ts';
import { caughtUp, hub } from '../support/hub.ts';
import { aClient, anInvited, changeStatus, revokeClientsOf } from '../support/institutions.ts';
import { aLoan, aPair, transfer } from '../support/loans.ts';
import type { AnswerOf } from '../support/routes.ts';

type Row = AnswerOf<'listAudit'>['items'][number];
type Query = Readonly<Record<string, string | number>>;

const DRAINED_WITHIN = 60_000;

/** The whole chain of an institution, newest first, once everything that has happened is in it. */
async function chainOf(institutionId: string, query: Query = {}, client = api(institutionId)): Promise<Row[]> {
  await caughtUp();
  const rows: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const answer = await client.call('listAudit', { query: { ...query, ...(cursor && { cursor }) } });
    rows.push(...answer.ok.items);
    cursor = answer.ok.next;
    if (cursor === undefined) return rows;
  }
}

const actions = (rows: readonly Row[]): string[] =>
  rows.map(({ subjectType, action }) => `${subjectType} ${action}`).toReversed();

let scene: Scene;
beforeAll(async () => {
  scene = await aGrant();
}, DRAINED_WITHIN);

test('a change says who made it, what was before and after, and in which exchange', async () => {
  const { beneficiary, grant } = scene;
  const booking = await aBooking(scene);
  const correlationId = crypto.randomUUID();
  const params = { bookingId: booking.id };
  await beneficiary.coordinator.call('confirmBooking', { params, headers: { 'x-correlation-id': correlationId } });
  await beneficiary.coordinator.call('cancelBooking', { params, body: { reason: 'medical-grounds' } });

  const [cancelled, confirmed, held] = await chainOf(beneficiary.id, { subject: booking.id });

  const agent = { actor: `${beneficiary.id}.coordinator`, role: 'coordinator', institutionId: beneficiary.id };
  expect(held).toMatchObject({ action: 'hold', version: 1, after: { status: 'held', grantId: grant.id }, ...agent });
  expect(confirmed).toMatchObject({
    ...{ subjectType: 'booking', subject: booking.id, action: 'confirm', version: 2, correlationId, ...agent },
    ...{ before: { status: 'held' }, after: { status: 'booked' } },
  });
  expect(cancelled).toMatchObject({ action: 'cancel', reason: 'medical-grounds', after: { status: 'cancelled' } });
});

test('the rows are a chain, each with the hash of the one before', async () => {
  await aBooking(scene);
  const rows = await chainOf(scene.beneficiary.id, { limit: 3 });
  expect(rows.length).toBeGreaterThan(3);
  expect(faultsOfChain(rows.toReversed())).toEqual([]);
});

describe('every kind of change is in the chain of whose it is:', () => {
  test('pools and grants', async () => {
    const { provider, beneficiary, pool, grant } = await aGrant();
    const call = provider.coordinator.call.bind(provider.coordinator);
    await call('updatePool', { params: { poolId: pool.id }, body: { capacity: 11 }, ifMatch: '"1"' });
    const body = { nominal: 6, reason: 'emergency' };
    await call('updateGrant', { params: { grantId: grant.id }, body, ifMatch: '"1"' });

    const rows = await chainOf(provider.id);
    expect(actions(rows)).toEqual(['institution register', 'pool offer', 'grant grant', 'pool update', 'grant resize']);
    expect(rows[1]).toMatchObject({ before: { capacity: 10 }, after: { capacity: 11 } });
    const there = await chainOf(beneficiary.id);
    expect(actions(there)).toEqual(['institution register', 'grant grant', 'grant resize']);
    expect(there[0]).toMatchObject({ before: { nominal: 5 }, after: { nominal: 6 }, reason: 'emergency' });
  });

  test('loans and transfers, of all sides', async () => {
    const pair = await aPair();
    const loan = await aLoan(pair, 2);
    const moved = (await transfer(pair.lender, pair.borrower, 1)).ok;
    const { provider } = pair.lender;
    for (const institution of [pair.lender.beneficiary, pair.borrower.beneficiary, provider]) {
      const rows = await chainOf(institution.id);
      expect(actions(rows.filter(({ subject }) => subject === loan.id))).toEqual(['loan propose', 'loan approve']);
      expect(actions(rows.filter(({ subject }) => subject === moved.id))).toEqual(['transfer transfer']);
    }
  });

  test('agreements, of all parties', async () => {
    const agreed = await anAgreement();
    await terminate(agreed, agreed.parties[1]);
    for (const party of agreed.parties) {
      const rows = await chainOf(party.id, { subject: agreed.id });
      expect(rows.map(({ action }) => action)).toEqual(['terminate', 'approve', 'approve', 'propose']);
      expect(rows[0]).toMatchObject({ reason: 'notice-given', institutionId: agreed.parties[1].id });
      expect(rows.at(-1)?.after).toMatchObject({ hash: agreed.hash });
    }
  });

  test('institutions, contacts, clients and people', async () => {
    const { id } = await anInvited();
    const params = { institutionId: id };
    const contacts = [{ role: 'legal', name: 'Quentin Uillon', email: 'q@uillon.example' }];
    await api(id).call('replaceContacts', { params, body: { contacts }, ifMatch: '"0"' });
    await changeStatus(id, 'activate');
    const client = await aClient(id);
    await api(id).call('rotateSecret', { params: { ...params, clientId: client.id }, body: {} });
    const person = { kind: 'person', id: `person-${id}`, institutionId: id, roles: ['coordinator'] };
    await hub.invoke('InstitutionsMembers', { action: 'enrol', members: [person] });
    await revokeClientsOf(id);

    const rows = await chainOf(id);
    expect(actions(rows)).toEqual([
      ...['institution invite', 'contacts replace', 'institution activate', 'client enrol', 'client change-secrets'],
      ...['client add-secret', 'person enrol', 'client revoke'],
    ]);
    const by = (action: string) => rows.find((row) => row.action === action);
    expect(by('replace')).toMatchObject({ actor: `${id}.coordinator`, after: { count: 1 } });
    expect(by('activate')).toMatchObject({ role: 'hub-admin', before: { status: 'invited' } });
    expect(by('revoke')).toMatchObject({ actor: 'operator', role: 'hub-admin' });
    expect(JSON.stringify(rows)).not.toContain('uillon');
  });

  test('and what leaves takes its contacts along, which somebody did', async () => {
    const { id } = await anInvited();
    await changeStatus(id, 'leave');
    const rows = await chainOf(id, { institutionId: id }, api((await anInstitution()).id, 'auditor'));
    expect(new Set(actions(rows))).toEqual(new Set(['institution invite', 'institution leave', 'contacts erase']));
    expect(rows.find(({ action }) => action === 'erase')).toMatchObject({ role: 'hub-admin' });
  });

  test('what the Hub does by itself', async () => {
    const booking = await aBooking(scene, 'expired');
    const [row] = await chainOf(scene.beneficiary.id, { subject: booking.id });
    expect(row).toMatchObject({ action: 'expire', actor: 'hub', role: 'system' });
  });
});

test('what somebody does to what is another’s is in the chains of both', async () => {
  const booking = await aBooking(scene, 'booked');
  await scene.provider.coordinator.call('cancelBooking', { params: { bookingId: booking.id } });
  for (const { id } of [scene.provider, scene.beneficiary]) {
    const [row] = await chainOf(id, { subject: booking.id });
    expect(row).toMatchObject({ action: 'cancel', institutionId: scene.provider.id });
  }
});

describe('a look at bookings', () => {
  const readings = async (institutionId: string) =>
    (await chainOf(institutionId)).filter(({ action }) => action === 'read');

  test('by the institution whose they are leaves no trace', async () => {
    const own = await aGrant();
    const { id: bookingId } = await aBooking(own);
    await own.beneficiary.coordinator.call('getBooking', { params: { bookingId } });
    await own.beneficiary.coordinator.call('listBookings');
    expect(await readings(own.beneficiary.id)).toEqual([]);
  });

  test('by another one is written down: one booking, and lists of them', async () => {
    const own = await aGrant({ nominal: 1 });
    const { provider, beneficiary, pool, grant } = own;
    const { id: bookingId } = await aBooking(own);
    const waiting = await beneficiary.coordinator.call('holdBooking', {
      params: { grantId: grant.id },
      body: aBookingBody({ joinWaitlist: true }),
    });
    const headers = { 'x-correlation-id': crypto.randomUUID() };
    await provider.coordinator.call('getBooking', { params: { bookingId }, headers });
    await provider.coordinator.call('listBookings');
    await provider.coordinator.call('listBookings', { query: { grantId: grant.id } });
    await provider.coordinator.call('listPoolWaitlist', { params: { poolId: pool.id } });
    const auditor = api((await anInstitution()).id, 'auditor');
    await auditor.call('listBookings', { query: { institutionId: beneficiary.id } });
    await auditor.call('getBooking', { params: { bookingId: waiting.ok.id } });

    const rows = (await readings(beneficiary.id)).toReversed();
    const both = [bookingId, waiting.ok.id].toSorted();
    expect(rows.map(({ subjectType, subject, shown = [] }) => [subjectType, subject, shown.toSorted()])).toEqual([
      ['booking', bookingId, [bookingId]],
      ['institution', provider.id, both],
      ['grant', grant.id, both],
      ['pool', pool.id, [waiting.ok.id]],
      ['institution', beneficiary.id, both],
      ['booking', waiting.ok.id, [waiting.ok.id]],
    ]);
    expect(rows[0]).toMatchObject({
      ...{ actor: `${provider.id}.coordinator`, institutionId: provider.id, role: 'coordinator' },
      correlationId: headers['x-correlation-id'],
    });
    expect(rows[5]).toMatchObject({ role: 'auditor' });
    expect(await readings(provider.id)).toEqual([]);
  });

  test('at those of several shows each its own only', async () => {
    const one = await aGrant();
    const other = await aGrant({ provider: one.provider, pool: one.pool });
    const [mine, theirs] = [await aBooking(one), await aBooking(other)];
    await one.provider.coordinator.call('listBookings');
    const [here] = await readings(one.beneficiary.id);
    const [there] = await readings(other.beneficiary.id);
    expect([here?.shown, there?.shown]).toEqual([[mine.id], [theirs.id]]);
    expect(here?.readingId).toBe(there?.readingId);
  });

  test('that shows none of others’ leaves no trace', async () => {
    const { provider, beneficiary } = await aGrant();
    await provider.coordinator.call('listBookings');
    expect(await readings(beneficiary.id)).toEqual([]);
  });
});

describe('the list', () => {
  let busy: Scene;
  let rows: Row[];
  beforeAll(async () => {
    busy = await aGrant();
    for (let number = 0; number < 3; number++) await aBooking(busy, 'booked');
    await act(busy, 'releaseBooking', (await aBooking(busy)).id);
    rows = await chainOf(busy.beneficiary.id);
  }, DRAINED_WITHIN);

  test('is newest first, without gaps', () => {
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => rows.length - index));
    expect(rows.map(({ at }) => at)).toEqual(
      rows
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  test.each([1, 2, 3, 100])('shows each row once, %i at a time', async (limit) => {
    expect(await chainOf(busy.beneficiary.id, { limit })).toEqual(rows);
    const actor = `${busy.beneficiary.id}.coordinator`;
    const done = rows.filter((row) => row.actor === actor);
    expect(done.length).toBeGreaterThan(6);
    expect(await chainOf(busy.beneficiary.id, { limit, actor })).toEqual(done);
    const subject = done[0]!.subject;
    const about = rows.filter((row) => row.subject === subject);
    expect(about).toHaveLength(2);
    expect(await chainOf(busy.beneficiary.id, { limit, subject })).toEqual(about);
  });

  test('from one moment to another, the first included and the second not', async () => {
    const times = [...new Set(rows.map(({ at }) => at))].toSorted();
    const [from = '', to = ''] = [times[2], times.at(-2)];
    const between = rows.filter(({ at }) => at >= from && at < to);
    expect(between.length).toBeGreaterThan(1);
    expect(await chainOf(busy.beneficiary.id, { from, to, limit: 2 })).toEqual(between);
    expect(await chainOf(busy.beneficiary.id, { from })).toEqual(rows.filter(({ at }) => at >= from));
    expect(await chainOf(busy.beneficiary.id, { to })).toEqual(rows.filter(({ at }) => at < to));
    const actor = `${busy.beneficiary.id}.coordinator`;
    expect(await chainOf(busy.beneficiary.id, { from, to, actor })).toEqual(
      between.filter((row) => row.actor === actor),
    );
    expect(await chainOf(busy.beneficiary.id, { from: '2099-01-01T00:00:00Z' })).toEqual([]);
    expect(await chainOf(busy.beneficiary.id, { to: '2000-01-01T00:00:00Z' })).toEqual([]);
    expect(await chainOf(busy.beneficiary.id, { from: to, to: from })).toEqual([]);
  });

  test('is one’s own; auditors and admins of the Hub name another’s', async () => {
    const { provider, beneficiary } = busy;
    const query = { institutionId: beneficiary.id };
    expect((await provider.coordinator.call('listAudit', { query })).code).toBe('not-found');
    for (const role of ['auditor', 'hub-admin'] as const) {
      expect(await chainOf(provider.id, query, api(provider.id, role))).toEqual(rows);
    }
    expect((await api(beneficiary.id, 'clinician', ['hub/audit.read']).call('listAudit')).code).toBe(
      'role-not-permitted',
    );
  });

  test('of a subject is of one’s own chain', async () => {
    const [{ subject } = { subject: '' }] = rows;
    expect(await chainOf((await anInstitution()).id, { subject })).toEqual([]);
  });

  test('takes no subject together with an actor', async () => {
    const answer = await busy.beneficiary.coordinator.call('listAudit', { query: { subject: 'a', actor: 'b' } });
    expect(answer.code).toBe('invalid-parameter');
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toEqual(['?actor']);
  });

  test.each([
    ['from', 'yesterday'],
    ['to', '2026-01-01'],
    ['subject', 'a b'],
    ['actor', 'somebody@example.org'],
    ['institutionId', 'x'],
  ])('refuses ?%s=%s', async (name, value) => {
    const answer = await busy.beneficiary.coordinator.call('listAudit', { query: { [name]: value } });
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toEqual([`?${name}`]);
  });

  test('a cursor is good for the questions it was given to', async () => {
    const ask = (query: Query) => busy.beneficiary.coordinator.call('listAudit', { query });
    const { next = '' } = (await ask({ limit: 1 })).ok;
    expect((await ask({ cursor: next })).status).toBe(200);
    for (const query of [{ from: '2020-01-01T00:00:00Z' }, { actor: 'hub' }, { subject: 'x' }]) {
      expect((await ask({ ...query, cursor: next })).code).toBe('invalid-cursor');
    }
  });

  test('of an institution to which nothing has happened is empty', async () => {
    const id = crypto.randomUUID();
    expect(await chainOf(id, { institutionId: id }, api((await anInstitution()).id, 'auditor'))).toEqual([]);
  });
});

test('who is suspended cannot read it', async () => {
  const { id } = await anInstitution();
  await aPool({ id, coordinator: api(id) });
  await changeStatus(id, 'suspend');
  await expect
    .poll(async () => (await api(id).call('listAudit')).code, { timeout: 50_000 })
    .toBe('institution-suspended');
  await changeStatus(id, 'activate');
}, 60_000);
