import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { aBooking, aGrant, anInstitution, type Institution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';

/** As a stream tells it of something new. */
const madeRecord = (Keys: object, item: object) => {
  const by = { actor: 'hub', role: 'system' };
  const made = {
    ...item,
    createdAt: '2026-06-01T08:00:00.000Z',
    updatedAt: '2026-06-01T08:00:00.000Z',
    version: 1,
    by,
  };
  const NewImage = marshall({ ...Keys, ...made });
  return { Records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '1', Keys: marshall(Keys), NewImage } }] };
};

test('a chain begins with whatever is told of first, before the registry’s own changes, too', async () => {
  const [provider, party, other, owner, host, organiser] = Array.from({ length: 6 }, () => crypto.randomUUID());
  const id = crypto.randomUUID();
  const period = { start: '2026-01-01', end: '2026-12-31', timeZone: 'Europe/Minsk' };
  const policies = { cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' };
  const pool = { id, providerId: provider, service: 'pet-ct', period, capacity: 1, status: 'open', ...policies };
  const latest = { version: 1, hash: '0'.repeat(64), approvals: [] };
  const agreement = { id, kind: 'bilateral', parties: [party, other], title: { en: 'A' }, latest, approved: [] };
  const file = {
    purpose: 'report',
    classification: 'institution',
    mediaType: 'application/pdf',
    size: 1,
    name: 'a.pdf',
  };
  const about = { id, institutionId: owner, status: 'described', sha256: '0'.repeat(64), sharedWith: [], held: false };
  const programme = { id, hostId: host, kind: 'course', status: 'draft', partners: [], fields: [], reviewsNeeded: 1 };
  const further = { completion: {}, languages: [], prerequisites: {}, title: { en: 'A' }, syllabus: [] };
  await hub.invoke(
    'AuditTraining',
    madeRecord({ pk: `PROGRAMME#${id}`, sk: 'PROGRAMME' }, { ...programme, ...further }),
  );
  const event = {
    id,
    organiserId: organiser,
    kind: 'seminar',
    status: 'draft',
    visibility: 'partners',
    approval: false,
  };
  const held = { timeZone: 'UTC', starts: '2026-09-01T09:00', ends: '2026-09-01T10:00', registration: {}, places: {} };
  const nothing = { coOrganisers: [], invited: [], languages: [], sponsors: [], cases: [], rooms: [], tracks: [] };
  await hub.invoke(
    'AuditEvents',
    madeRecord(
      { pk: `EVENT#${id}`, sk: 'EVENT' },
      { ...event, ...held, ...nothing, title: { en: 'A' }, venue: {}, offerHours: 48 },
    ),
  );
  await hub.invoke('AuditQuotas', madeRecord({ pk: `POOL#${id}`, sk: 'POOL' }, pool));
  await hub.invoke('AuditAgreements', madeRecord({ pk: `AGREEMENT#${id}`, sk: 'AGREEMENT' }, agreement));
  await hub.invoke('AuditDocuments', madeRecord({ pk: `DOCUMENT#${id}`, sk: 'DOCUMENT' }, { ...file, ...about }));

  const auditor = api((await anInstitution()).id, 'auditor');
  const actions = async (institutionId = '') =>
    (await auditor.call('listAudit', { query: { institutionId } })).ok.items.map(({ action }) => action);
  expect(await actions(provider)).toEqual(['offer']);
  expect(await actions(party)).toEqual(['propose']);
  expect(await actions(other)).toEqual(['propose']);
  expect(await actions(owner)).toEqual(['describe']);
  expect(await actions(host)).toEqual(['draft']);
  expect(await actions(organiser)).toEqual(['draft']);
});

test('what happens has its row a moment later, in the chain of whose it is and of who did it', async () => {
  const scene = await aGrant({ nominal: 1 });
  const booking = await aBooking(scene, 'booked');
  const rows = async ({ coordinator }: Institution) =>
    (await coordinator.call('listAudit', { query: { subject: booking.id } })).ok.items.map(({ action }) => action);
  await expect.poll(() => rows(scene.beneficiary), { timeout: 60_000 }).toEqual(['confirm', 'hold']);
  const given = async () => (await scene.provider.coordinator.call('listAudit')).ok.items.map(({ action }) => action);
  await expect.poll(given, { timeout: 60_000 }).toEqual(expect.arrayContaining(['grant', 'offer']));
}, 120_000);
