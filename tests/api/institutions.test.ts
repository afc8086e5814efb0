import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { api, type Client } from '../support/client.ts';
import { anInstitution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { anAdmin, anInstitutionBody, anInvited, changeStatus } from '../support/institutions.ts';

/** The registry: how partners are invited, describe themselves, are found, activated, suspended, and leave. */

let admin: Client;
beforeAll(async () => {
  admin = await anAdmin();
});

const read = async (institutionId: string) => (await admin.call('getInstitution', { params: { institutionId } })).ok;

describe('an invitation', () => {
  test('registers an institution in all its languages, as invited', async () => {
    const body = anInstitutionBody({ region: 'RU-ULY', rorId: 'https://ror.org/03yrm5c26' });
    const answer = await admin.call('createInstitution', { body });
    expect(answer.ok).toMatchObject({ ...body, status: 'invited' });
    expect(answer.headers.location).toBe(`/v1/institutions/${answer.ok.id}`);
    expect(await read(answer.ok.id)).toEqual(answer.ok);
  });

  test('sent again makes no second one', async () => {
    const request = { body: anInstitutionBody(), key: randomUUID() };
    const first = await admin.call('createInstitution', request);
    const again = await admin.call('createInstitution', request);
    expect(again.ok).toEqual(first.ok);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await admin.call('createInstitution', { ...request, body: anInstitutionBody({ country: 'KZ' }) });
    expect(other.code).toBe('idempotency-key-reused');
  });

  test('is not for partners to give', async () => {
    const { coordinator } = await anInstitution();
    expect((await coordinator.call('createInstitution', { body: anInstitutionBody() })).code).toBe(
      'role-not-permitted',
    );
  });

  test.each([
    [{ country: 'XX' }, 'unknown-country'],
    [{ country: 'SU' }, 'unknown-country'],
    [{ country: 'kz' }, 'unknown-country'],
    [{ timeZone: 'Mars/Olympus' }, 'unknown-time-zone'],
    [{ timeZone: '+03:00' }, 'unknown-time-zone'],
    [{ region: 'RU-XXX' }, 'unknown-region'],
    [{ region: 'KZ-75' }, 'unknown-region'],
    [{ rorId: 'https://ror.org/03yrm5c27' }, 'ror-id-mistyped'],
    [{ rorId: 'https://ror.org/03yrm5c62' }, 'ror-id-mistyped'],
  ])('with %j is refused by name, and nothing is registered', async (over, code) => {
    const [field = ''] = Object.keys(over);
    const before = await admin.call('listInstitutions', { query: { country: 'RU', kind: 'sponsor' } });
    const answer = await admin.call('createInstitution', { body: anInstitutionBody({ kind: 'sponsor', ...over }) });
    expect(answer.code).toBe(code);
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toEqual([`/${field}`]);
    const after = await admin.call('listInstitutions', { query: { country: 'RU', kind: 'sponsor' } });
    expect(after.body).toEqual(before.body);
  });
});

describe('what an institution says of itself', () => {
  test('is changed by its own coordinator, field by field', async () => {
    const { id } = await anInvited({ region: 'RU-ULY', rorId: 'https://ror.org/03yrm5c26' });
    const params = { institutionId: id };
    const own = api(id);
    const before = await read(id);
    const body = { name: { en: 'Renamed', kk: 'Жаңа атау' }, services: ['pet-ct'], region: null };
    const answer = await own.call('updateInstitution', { params, body, ifMatch: '"1"' });
    const { region: _, ...rest } = before;
    expect(answer.ok).toEqual({ ...rest, name: body.name, services: body.services, updatedAt: answer.ok.updatedAt });
    expect(answer.headers.etag).toBe('"2"');
    expect((await own.call('updateInstitution', { params, body, ifMatch: '"1"' })).code).toBe('stale-version');
  });

  test('takes its region along when the country changes', async () => {
    const { id } = await anInvited({ region: 'RU-ULY' });
    const change = (body: object) =>
      admin.call('updateInstitution', { params: { institutionId: id }, body, ifMatch: '"1"' });
    expect((await change({ country: 'KZ' })).code).toBe('unknown-region');
    expect((await change({ country: 'KZ', region: 'KZ-75', timeZone: 'Asia/Almaty' })).ok.region).toBe('KZ-75');
  });

  test('is nobody else’s to change', async () => {
    const { id } = await anInvited();
    const other = await anInstitution();
    const params = { institutionId: id };
    const answer = await other.coordinator.call('updateInstitution', { params, body: {}, ifMatch: '"1"' });
    expect(answer.code).toBe('role-not-permitted');
    expect(answer.problem['permittedRoles']).toEqual([]);
  });
});

describe('search', () => {
  const found = async (query: Record<string, string>): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, next } = (
        await admin.call('listInstitutions', { query: { limit: 2, ...query, ...(cursor && { cursor }) } })
      ).ok;
      ids.push(...items.map(({ id }) => id));
      cursor = next;
    } while (cursor !== undefined);
    return ids;
  };
  const named = (over: object) => anInvited({ country: 'IS', timeZone: 'Atlantic/Reykjavik', ...over });

  test('finds by country, kind, service and any of them together, and follows every change', async () => {
    const one = await named({ kind: 'university', services: ['pet-ct', 'gamma-knife'] });
    const two = await named({ kind: 'hospital', services: ['pet-ct'] });

    expect(await found({ country: 'IS' })).toEqual([one.id, two.id]);
    expect(await found({ country: 'IS', kind: 'university' })).toEqual([one.id]);
    expect(await found({ country: 'IS', service: 'pet-ct' })).toEqual([one.id, two.id]);
    expect(await found({ country: 'IS', kind: 'hospital', service: 'gamma-knife' })).toEqual([]);
    expect(await found({ service: 'gamma-knife', kind: 'university' })).toContain(one.id);
    expect(await found({ service: 'pet-ct' })).toEqual(expect.arrayContaining([one.id, two.id]));

    const body = { services: ['gamma-knife'], kind: 'hospital', country: 'GL', timeZone: 'America/Nuuk' };
    await admin.call('updateInstitution', { params: { institutionId: one.id }, body, ifMatch: '"1"' });
    expect(await found({ country: 'IS' })).toEqual([two.id]);
    expect(await found({ service: 'pet-ct', country: 'IS' })).toEqual([two.id]);
    expect(await found({ country: 'GL', kind: 'hospital', service: 'gamma-knife' })).toEqual([one.id]);
    expect(await found({ country: 'GL', service: 'pet-ct' })).toEqual([]);
  });

  test('finds who was registered in bulk, too', async () => {
    const institution = { id: randomUUID(), ...anInstitutionBody({ country: 'FO', timeZone: 'Atlantic/Faroe' }) };
    expect(await hub.invoke('InstitutionsRegister', { institutions: [institution] })).toEqual({ registered: 1 });
    expect(await hub.invoke('InstitutionsRegister', { institutions: [institution] })).toEqual({ registered: 0 });
    expect(await found({ country: 'FO', service: 'radiotherapy' })).toEqual([institution.id]);
    expect(await read(institution.id)).toMatchObject({ status: 'active' });
  });

  test.each([{ country: 'XX' }, { kind: 'shop' }, { service: 'homeopathy' }])('refuses %j', async (query) => {
    expect((await admin.call('listInstitutions', { query })).code).toBe('invalid-parameter');
  });

  test('a cursor is good for its criteria only', async () => {
    await named({});
    await named({});
    const { next = '' } = (await admin.call('listInstitutions', { query: { country: 'IS', limit: 1 } })).ok;
    expect(next).not.toBe('');
    expect((await admin.call('listInstitutions', { query: { country: 'RU', cursor: next } })).code).toBe(
      'invalid-cursor',
    );
    expect((await admin.call('listInstitutions', { query: { cursor: next } })).code).toBe('invalid-cursor');
  });
});

describe('the status', () => {
  test('goes invited → active ⇄ suspended → left, and nowhere else', async () => {
    const { id } = await anInvited();
    const steps = [
      ['suspend', 'institution-state-conflict', 'invited'],
      ['activate', '200', 'active'],
      ['activate', 'institution-state-conflict', 'active'],
      ['suspend', '200', 'suspended'],
      ['suspend', 'institution-state-conflict', 'suspended'],
      ['activate', '200', 'active'],
      ['suspend', '200', 'suspended'],
      ['leave', '200', 'left'],
      ['leave', 'institution-state-conflict', 'left'],
      ['activate', 'institution-state-conflict', 'left'],
      ['suspend', 'institution-state-conflict', 'left'],
    ] as const;
    for (const [action, code, status] of steps) {
      const before = await read(id);
      expect((await changeStatus(id, action)).code).toBe(code);
      const after = await read(id);
      expect(after.status).toBe(status);
      if (code !== '200') expect(after).toEqual(before);
    }
    const change = { params: { institutionId: id }, body: { kind: 'hospital' }, ifMatch: '"6"' };
    expect((await admin.call('updateInstitution', change)).code).toBe('institution-state-conflict');
  });

  test('a conflict says where it is and where it would have to be', async () => {
    const { id } = await anInvited();
    expect((await changeStatus(id, 'suspend')).problem).toMatchObject({
      institutionStatus: 'invited',
      allowedFrom: ['active'],
    });
  });

  test('is changed once by a repeated request, and for the version that was seen', async () => {
    const { id } = await anInvited();
    const key = randomUUID();
    expect((await changeStatus(id, 'activate', { key, ifMatch: '"1"' })).code).toBe('200');
    const again = await changeStatus(id, 'activate', { key, ifMatch: '"1"' });
    expect(again.code).toBe('200');
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await changeStatus(id, 'suspend', { ifMatch: '"1"' })).code).toBe('stale-version');
  });

  test('is changed by one of two at the same moment', async () => {
    const { id } = await anInvited();
    const answers = await Promise.all([changeStatus(id, 'activate'), changeStatus(id, 'activate')]);
    const codes = answers.map(({ code }) => code);
    expect(codes).toContain('200');
    expect(['institution-state-conflict', 'busy']).toContain(codes.find((code) => code !== '200'));
  });

  test('is an admin’s to change, but an institution may leave by itself', async () => {
    const { id, coordinator } = await anInstitution();
    const params = { institutionId: id };
    expect((await coordinator.call('suspendInstitution', { params })).code).toBe('role-not-permitted');
    expect((await api(id, 'clinician').call('leaveInstitution', { params })).code).toBe('role-not-permitted');
    const other = await anInstitution();
    expect((await other.coordinator.call('leaveInstitution', { params })).code).toBe('role-not-permitted');
    expect((await coordinator.call('leaveInstitution', { params })).ok.status).toBe('left');
  });

  test('an admin does not suspend the institution it acts for', async () => {
    const { id } = await anInstitution();
    const answer = await api(id, 'hub-admin').call('suspendInstitution', { params: { institutionId: id } });
    expect(answer.code).toBe('own-institution');
    expect((await read(id)).status).toBe('active');
  });
});

test('an institution that is invited gets courses once it is active', async () => {
  const provider = await anInstitution();
  const { id } = await anInvited();
  const pool = (
    await provider.coordinator.call('createPool', {
      body: {
        service: 'pet-ct',
        capacity: 5,
        period: { start: '2026-01-01', end: '2099-12-31', timeZone: 'Europe/Minsk' },
      },
    })
  ).ok;
  const grant = () =>
    provider.coordinator.call('createGrant', { params: { poolId: pool.id }, body: { beneficiaryId: id, nominal: 1 } });
  expect((await grant()).code).toBe('unknown-beneficiary');
  await changeStatus(id, 'activate');
  // The quotas hear of it a moment later.
  await expect.poll(async () => (await grant()).code).toBe('201');
});
