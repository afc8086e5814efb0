import { randomUUID } from 'node:crypto';

import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { api, apiWithToken } from '../support/client.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { allItems, DEPLOYED, engine, hub, hubFacts } from '../support/hub.ts';
import { aClient, anAdmin, anInvited, apiByClient, changeStatus, revokeClientsOf } from '../support/institutions.ts';
import { tokenOf, verdictOn } from '../support/token-endpoint.ts';

/** Onboarding of systems: clients and their secrets, from the first one to the end. */

let home: Institution;
beforeAll(async () => {
  home = await anInstitution();
});
afterAll(async () => revokeClientsOf(home.id));

const of = (clientId?: string) => ({ params: { institutionId: home.id, ...(clientId && { clientId }) } });
const created = (options: object = {}) =>
  home.coordinator.call('createClient', { ...of(), body: { roles: ['integration'] }, ...options });
const etagOf = async (clientId: string): Promise<string> =>
  String((await home.coordinator.call('getClient', of(clientId))).headers.etag);
const revoke = async (clientId: string, by = home.coordinator) =>
  by.call('revokeClient', { ...of(clientId), ifMatch: await etagOf(clientId) });
const rotate = (clientId: string, options: object = {}) =>
  home.coordinator.call('rotateSecret', { ...of(clientId), ...options });
const retire = (clientId: string, options: object = {}) =>
  home.coordinator.call('retireSecret', { ...of(clientId), ...options });

describe('a client', () => {
  test('is made with a secret that is shown once', async () => {
    const answer = await created();
    const { secret, tokenUrl, ...client } = answer.ok;
    expect(secret?.length).toBeGreaterThan(30);
    expect(tokenUrl).toMatch(/\/oauth2\/token$/);
    expect(client).toMatchObject({ institutionId: home.id, roles: ['integration'], status: 'active', secrets: 1 });
    expect(client.scopes).not.toContain('hub/institutions.members');
    expect(answer.headers.location).toBe(`/v1/institutions/${home.id}/clients/${client.id}`);

    const read = await home.coordinator.call('getClient', of(client.id));
    expect(read.ok).toEqual(client);
    const listed = await home.coordinator.call('listClients', of());
    expect(listed.ok.items).toContainEqual(client);
    expect(listed.bytes.toString() + read.bytes.toString()).not.toContain(String(secret));
    expect(JSON.stringify(await allItems())).not.toContain(String(secret));
    if (!DEPLOYED) expect((await hub.logs()).join()).not.toContain(String(secret));
  });

  test('is not made twice by a repeated request, which does not show the secret again', async () => {
    const key = randomUUID();
    const first = await created({ key });
    const again = await created({ key });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { secret, ...rest } = first.ok;
    expect(secret).toBeDefined();
    expect(again.ok).toEqual(rest);
    expect((await created({ key, body: { roles: ['clinician'] } })).code).toBe('idempotency-key-reused');
  });

  test('is made once by two of the same request at the same moment', async () => {
    const key = randomUUID();
    const before = (await home.coordinator.call('listClients', { ...of(), query: { limit: 100 } })).ok.items.length;
    const answers = await Promise.all([created({ key }), created({ key }), created({ key })]);
    const shown = answers.filter(({ status, body }) => status === 201 && 'secret' in (body as object));
    expect(shown).toHaveLength(1);
    expect(answers.filter(({ code }) => !['201', 'busy'].includes(code))).toEqual([]);
    const after = (await home.coordinator.call('listClients', { ...of(), query: { limit: 100 } })).ok.items.length;
    expect(after).toBe(before + 1);
  });

  test('gets no role that sees or changes what is others’, but from an admin of the Hub', async () => {
    for (const role of ['hub-admin', 'auditor']) {
      expect((await created({ body: { roles: ['clinician', role] } })).code).toBe('role-not-grantable');
    }
    // So that it is not the last admin's, which nobody can end.
    await hub.invoke('InstitutionsMembers', {
      action: 'enrol',
      members: [{ kind: 'person', id: randomUUID(), institutionId: home.id, roles: ['hub-admin'] }],
    });
    const byAdmin = await (await anAdmin()).call('createClient', {
      ...of(),
      body: { roles: ['hub-admin', 'auditor'] },
    });
    expect(byAdmin.ok.roles).toEqual(['hub-admin', 'auditor']);
    const { id } = await anInstitution();
    const foreign = await api(id).call('createClient', { ...of(), body: {} });
    expect(foreign.code).toBe('not-found');
  });

  test('is made for who is invited, and not for who is suspended or has left', async () => {
    const { id } = await anInvited();
    const admin = await anAdmin();
    const make = () => admin.call('createClient', { params: { institutionId: id }, body: {} });
    expect((await make()).status).toBe(201);
    await changeStatus(id, 'activate');
    await changeStatus(id, 'suspend');
    expect((await make()).code).toBe('institution-state-conflict');
    await changeStatus(id, 'leave');
    expect((await make()).code).toBe('institution-state-conflict');
    await revokeClientsOf(id);
  });

  test('of another institution is not there', async () => {
    const { id } = await aClient(home.id);
    const other = await anInstitution();
    const params = { institutionId: other.id, clientId: id };
    expect((await other.coordinator.call('getClient', { params })).code).toBe('not-found');
    expect((await other.coordinator.call('revokeClient', { params, ifMatch: '"1"' })).code).toBe('not-found');
    expect((await other.coordinator.call('rotateSecret', { params })).code).toBe('not-found');
    const admin = await anAdmin();
    expect((await admin.call('getClient', { params })).code).toBe('not-found');
  });
});

/** Leaves the note of an attempt that died when it had made nothing yet; what it had made is in `tests/faults`. */
async function aBrokenOffAttempt(): Promise<string> {
  const sk = `broken-off-${randomUUID()}`;
  const Item = { pk: 'ONBOARDING', sk, at: new Date(Date.now() - 20_000).toISOString() };
  const { institutions: TableName } = (await hubFacts()).tables;
  await (await engine()).send(new PutCommand({ TableName, Item }));
  return sk;
}

describe('what was broken off', () => {
  const notes = async () => (await allItems()).filter(({ pk }) => pk === 'ONBOARDING').map(({ sk }) => sk);

  test('is cleared away when the next client is made', async () => {
    const note = await aBrokenOffAttempt();
    expect((await created()).status).toBe(201);
    expect(await notes()).not.toContain(note);
  });

  test('is cleared away, too, when an admin makes one', async () => {
    const note = await aBrokenOffAttempt();
    const wanted = { action: 'make-client', institutionId: home.id, roles: ['integration'], request: randomUUID() };
    await hub.invoke('InstitutionsMembers', wanted);
    expect(await notes()).not.toContain(note);
  });
});

describe('the end of a client', () => {
  test('comes once, and can be asked for again', async () => {
    const { id } = await aClient(home.id);
    expect((await home.coordinator.call('revokeClient', { ...of(id), ifMatch: '"9"' })).code).toBe('stale-version');
    const answer = await home.coordinator.call('revokeClient', { ...of(id), ifMatch: '"1"' });
    expect(answer.ok).toMatchObject({ status: 'revoked', secrets: 0 });
    expect((await home.coordinator.call('revokeClient', { ...of(id), ifMatch: '"1"' })).ok).toEqual(answer.ok);
    expect((await rotate(id)).code).toBe('client-revoked');
    expect((await retire(id)).code).toBe('client-revoked');
  });

  test('is not brought about with the client itself', async () => {
    const { id } = await aClient(home.id);
    expect((await revoke(id, await apiByClient(home.id, id))).code).toBe('client-in-use');
    expect((await home.coordinator.call('getClient', of(id))).ok.status).toBe('active');
  });

  test('does not come to the last coordinator', async () => {
    const { id: institutionId } = await anInvited();
    const admin = await anAdmin();
    const made = async () =>
      (await admin.call('createClient', { params: { institutionId }, body: { roles: ['coordinator'] } })).ok.id;
    const end = (clientId: string) =>
      admin.call('revokeClient', { params: { institutionId, clientId }, ifMatch: '"1"' });
    const first = await made();
    expect((await end(first)).code).toBe('last-coordinator');
    const params = { institutionId, clientId: first };
    expect((await admin.call('getClient', { params })).ok.status).toBe('active');
    await made();
    expect((await end(first)).ok.status).toBe('revoked');
    await changeStatus(institutionId, 'leave');
    await revokeClientsOf(institutionId);
  });
});

/** The emulator of AWS knows one secret per client, and its tokens are of another issuer. */
describe.skipIf(DEPLOYED)('a system', () => {
  const me = async (token: string | undefined): Promise<string> => (await apiWithToken(token).call('getMe')).code;

  test('gets tokens with its secret, which the gateway takes a moment later, until the client is revoked', async () => {
    const { id, secret } = await aClient(home.id);
    const { access_token: token } = await tokenOf(id, secret);
    await hub.drainStreams();
    expect(await me(token)).toBe('200');
    expect(JSON.parse(atob(String(token?.split('.')[1])))).toMatchObject({
      client_id: id,
      institution_id: home.id,
      roles: ['integration'],
    });
    expect(await verdictOn(id, 'another')).toBe('invalid_client');

    await revoke(id);
    expect(await verdictOn(id, secret)).toBe('invalid_client');
    await hub.drainStreams();
    expect(await me(token)).toBe('unauthorized');
  });

  test('has two good secrets while they are rotated, and then the newer', async () => {
    const { id, secret: older } = await aClient(home.id);
    expect((await retire(id)).code).toBe('client-has-one-secret');
    const key = randomUUID();
    const rotated = await rotate(id, { key });
    const newer = rotated.ok.secret;
    expect(rotated.ok.secrets).toBe(2);
    expect(newer).not.toBe(older);
    expect([await verdictOn(id, older), await verdictOn(id, newer)]).toEqual(['good', 'good']);

    const again = await rotate(id, { key });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.ok.secret).toBeUndefined();
    expect((await rotate(id)).code).toBe('client-has-two-secrets');

    expect((await retire(id)).ok.secrets).toBe(1);
    expect([await verdictOn(id, older), await verdictOn(id, newer)]).toEqual(['invalid_client', 'good']);
    expect((await retire(id)).code).toBe('client-has-one-secret');

    const newest = (await rotate(id)).ok.secret;
    expect((await retire(id)).ok.secrets).toBe(1);
    expect([await verdictOn(id, newer), await verdictOn(id, newest)]).toEqual(['invalid_client', 'good']);
  });

  test('can give up a new secret that was lost on the way', async () => {
    const { id, secret: older } = await aClient(home.id);
    const lost = (await rotate(id)).ok.secret;
    const key = randomUUID();
    expect((await retire(id, { key, body: { which: 'newer' } })).ok.secrets).toBe(1);
    expect((await retire(id, { key, body: { which: 'newer' } })).headers['idempotency-replayed']).toBe('true');
    expect([await verdictOn(id, older), await verdictOn(id, lost)]).toEqual(['good', 'invalid_client']);
  });

  test('of two rotations at the same moment has one new secret, which is good', async () => {
    const { id, secret } = await aClient(home.id);
    const answers = await Promise.all([rotate(id), rotate(id)]);
    const codes = answers.map(({ code }) => code).toSorted();
    expect(codes[0]).toBe('200');
    expect(['busy', 'client-has-two-secrets']).toContain(codes[1]);
    const shown = answers.find(({ code }) => code === '200')?.ok.secret;
    expect([await verdictOn(id, secret), await verdictOn(id, shown)]).toEqual(['good', 'good']);
  });
});

describe.skipIf(DEPLOYED)('an admin at the command line', () => {
  const ask = async (event: object) =>
    (await hub.invoke('InstitutionsMembers', event)) as { members: { id: string }[]; secret?: string };

  test('makes, rotates, retires and ends by the same operations', async () => {
    const request = randomUUID();
    const wanted = { action: 'make-client', institutionId: home.id, roles: ['integration'], request };
    const { members: made, secret } = await ask(wanted);
    const clientId = made[0]?.id ?? '';
    expect(await verdictOn(clientId, secret)).toBe('good');
    expect((await ask(wanted)).members.map(({ id }) => id)).toEqual([clientId]);

    const rotated = await ask({ action: 'rotate-secret', clientId, request: randomUUID() });
    await ask({ action: 'retire-secret', clientId });
    expect([await verdictOn(clientId, secret), await verdictOn(clientId, rotated.secret)]).toEqual([
      'invalid_client',
      'good',
    ]);
    await ask({ action: 'revoke-client', clientId });
    expect(await verdictOn(clientId, rotated.secret)).toBe('invalid_client');
    await expect(ask({ action: 'revoke-client', clientId: 'nobody' })).rejects.toThrow('enrolled for no institution');
  });
});
