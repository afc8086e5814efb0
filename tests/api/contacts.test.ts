import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { anInstitution } from '../support/factories.ts';
import { allItems, DEPLOYED, engine, hub, hubFacts } from '../support/hub.ts';
import { changeStatus } from '../support/institutions.ts';

/** Whom to call at a partner: the only personal data there is. It is in one place, and can be erased from it. */

const CONTACTS = [
  {
    ...{ role: 'coordination', name: 'Yevdokiya Contactova', email: 'y.contactova@work.example' },
    ...{ phone: '+375171112233', language: 'ru', mail: 'daily' },
  },
  { role: 'clinical', name: 'Пелагея Контактова', phone: '+375171112244', language: 'en', mail: 'immediate' },
];
const TRACES = ['contactova', 'контактова', '375171112233', '375171112244'];
const traced = (text: string): boolean => TRACES.some((trace) => text.toLowerCase().includes(trace));
const put = (id: string, contacts: readonly object[], ifMatch = '"0"') =>
  api(id).call('replaceContacts', { params: { institutionId: id }, body: { contacts }, ifMatch });
const get = (client: ReturnType<typeof api>, id: string) =>
  client.call('getContacts', { params: { institutionId: id } });
const itemsWithTraces = async (institutionId: string) =>
  (await allItems()).filter((item) => JSON.stringify(item).includes(institutionId) && traced(JSON.stringify(item)));

describe('contacts', () => {
  test('are none at first, and then what the coordinator says', async () => {
    const { id, coordinator } = await anInstitution();
    const none = await get(coordinator, id);
    expect(none.ok).toEqual({ institutionId: id, contacts: [] });
    expect(none.headers.etag).toBe('"0"');
    const answer = await put(id, CONTACTS);
    expect(answer.ok.contacts).toEqual(CONTACTS);
    expect((await get(coordinator, id)).ok).toEqual(answer.ok);
    expect((await put(id, [])).code).toBe('stale-version');
    expect((await put(id, [], '"7"')).code).toBe('stale-version');
    expect((await get(coordinator, id)).ok).toEqual(answer.ok);
  });

  test('are mailed in English and at once unless it is said otherwise, also where it was never asked', async () => {
    const { id, coordinator } = await anInstitution();
    const usual = { language: 'en', mail: 'immediate' };
    const contact = { role: 'technical', name: 'A. Contactova', email: 'a.contactova@work.example' };
    expect((await put(id, [contact])).ok.contacts).toEqual([{ ...contact, ...usual }]);
    // As it was kept before there was mail.
    await (await engine()).send(
      new UpdateCommand({
        TableName: (await hubFacts()).tables.institutions,
        Key: { pk: `CONTACTS#${id}`, sk: 'CONTACTS' },
        UpdateExpression: 'SET contacts = :before',
        ExpressionAttributeValues: { ':before': [contact] },
      }),
    );
    expect((await get(coordinator, id)).ok.contacts).toEqual([{ ...contact, ...usual }]);
    await put(id, [], '"1"');
  });

  test('are read by coordinators of partners, auditors and admins, and by nobody else', async () => {
    const { id } = await anInstitution();
    await put(id, CONTACTS);
    const other = (await anInstitution()).id;
    for (const role of ['coordinator', 'auditor', 'hub-admin'] as const) {
      expect((await get(api(other, role), id)).ok.contacts).toEqual(CONTACTS);
    }
    for (const role of ['clinician', 'integration', 'commission-member'] as const) {
      // They may not ask for the scope; who has it all the same is refused by the role.
      expect((await get(api(id, role), id)).code).toBe('forbidden');
      expect((await get(api(id, role, ['hub/institutions.members']), id)).code).toBe('role-not-permitted');
    }
    const unscoped = api(id, 'coordinator', ['hub/institutions.read', 'hub/institutions.write']);
    expect((await get(unscoped, id)).code).toBe('forbidden');
  });

  test('are written by the institution’s own coordinator or an admin', async () => {
    const { id } = await anInstitution();
    const other = await anInstitution();
    const request = { params: { institutionId: id }, body: { contacts: CONTACTS }, ifMatch: '"0"' };
    expect((await other.coordinator.call('replaceContacts', request)).code).toBe('role-not-permitted');
    expect((await api(id, 'clinician').call('replaceContacts', request)).code).toBe('role-not-permitted');
    expect((await api(other.id, 'hub-admin').call('replaceContacts', request)).ok.contacts).toHaveLength(2);
  });

  test('are in one item, and in nothing that others follow or read', async () => {
    const { id, coordinator } = await anInstitution();
    await put(id, CONTACTS);
    const params = { institutionId: id };
    await coordinator.call('updateInstitution', { params, body: { kind: 'university' }, ifMatch: '"1"' });
    if (!DEPLOYED) await hub.drainStreams();
    const items = await itemsWithTraces(id);
    expect(items.map(({ pk, sk }) => [pk, sk])).toEqual([[`CONTACTS#${id}`, 'CONTACTS']]);
    for (const operation of ['getInstitution', 'listInstitutions', 'listClients'] as const) {
      const answer = await coordinator.call(operation, operation === 'listInstitutions' ? {} : { params });
      expect(traced(answer.bytes.toString())).toBe(false);
    }
  });

  test('are erased by an empty list', async () => {
    const { id } = await anInstitution();
    await put(id, CONTACTS);
    expect((await put(id, [], '"1"')).ok.contacts).toEqual([]);
    expect(await itemsWithTraces(id)).toEqual([]);
  });

  test('are erased when the institution leaves, and none come after', async () => {
    const { id } = await anInstitution();
    await put(id, CONTACTS);
    const admin = api((await anInstitution()).id, 'hub-admin');
    expect((await changeStatus(id, 'leave')).code).toBe('200');
    expect(await itemsWithTraces(id)).toEqual([]);
    expect((await get(admin, id)).ok.contacts).toEqual([]);
    const request = { params: { institutionId: id }, body: { contacts: CONTACTS }, ifMatch: '"2"' };
    expect((await admin.call('replaceContacts', request)).code).toBe('institution-state-conflict');
    expect(await itemsWithTraces(id)).toEqual([]);
  });

  test('that are refused are neither repeated nor kept', async () => {
    const { id } = await anInstitution();
    const wrong = [
      [{ ...CONTACTS[0], name: 'y.contactova@work.example' }],
      [{ ...CONTACTS[0], email: 'Contactova at work' }],
      [{ ...CONTACTS[0], phone: '8 017 111 22 33 contactova' }],
      [{ ...CONTACTS[0], role: 'Contactova' }],
      [{ ...CONTACTS[0], 'Contactova+375171112233': 1 }],
    ];
    for (const contacts of wrong) {
      const answer = await put(id, contacts);
      expect(answer.code).toBe('invalid-content');
      expect(traced(answer.bytes.toString())).toBe(false);
    }
    expect(await itemsWithTraces(id)).toEqual([]);
  });

  test.skipIf(DEPLOYED)('are in no log, and no line of it counts them', async () => {
    await hub.drainStreams();
    expect((await hub.logs()).filter(traced)).toEqual([]);
  });
});
