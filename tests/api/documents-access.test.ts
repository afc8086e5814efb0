import { describe, expect, test } from 'vitest';

import { anAgreement } from '../support/agreements.ts';
import { api } from '../support/client.ts';
import { aDescription, aPdf, available, described, download, read } from '../support/documents.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { aCohort, aProgramme, applyFor } from '../support/training.ts';

/** Reads a document, and gets a link to it: what each of both answers. */
async function tried(who: string, role: Parameters<typeof api>[1], id: string): Promise<[string, string]> {
  const client = api(who, role);
  const seen = await client.call('getDocument', { params: { documentId: id } });
  return [seen.code, (await download(client, { id })).code];
}

/** What the audit of an institution says of a document. */
async function auditOf({ coordinator }: Institution, subject: string) {
  return (await coordinator.call('listAudit', { query: { subject, limit: 100 } })).ok.items;
}

describe('who may read a document', () => {
  test.each(['public', 'partners'])('that is %s: every partner', async (classification) => {
    const [owner, other] = [await anInstitution(), await anInstitution()];
    const { id } = await available(owner, aPdf(), { classification });
    expect(await tried(other.id, 'clinician', id)).toEqual(['200', '200']);
  });

  test('of an institution: its own, and those who see everything', async () => {
    const [owner, other] = [await anInstitution(), await anInstitution()];
    const { id } = await available(owner);
    expect(await tried(owner.id, 'clinician', id)).toEqual(['200', '200']);
    expect(await tried(other.id, 'coordinator', id)).toEqual(['not-found', 'not-found']);
    expect(await tried(other.id, 'auditor', id)).toEqual(['200', '200']);
  });

  test('of an agreement: its parties', async () => {
    const { id: agreementId, parties } = await anAgreement();
    const stranger = await anInstitution();
    await hub.drainStreams();
    const over = { purpose: 'agreement-text', resource: { type: 'agreement', id: agreementId } };
    const { id } = await available(parties[0], aPdf(), over);
    expect(await tried(parties[1].id, 'coordinator', id)).toEqual(['200', '200']);
    expect(await tried(stranger.id, 'coordinator', id)).toEqual(['not-found', 'not-found']);

    const list = async (who: string) => api(who).call('listDocuments', { query: { resourceId: agreementId } });
    expect((await list(parties[1].id)).ok.items).toMatchObject([{ id }]);
    expect((await list(stranger.id)).code).toBe('not-found');
    const body = aDescription(aPdf(), over);
    expect((await stranger.coordinator.call('createDocument', { body })).code).toBe('document-resource-unknown');
  });

  test('of an application, such as a receipt: its institution and the host', async () => {
    const { host, applicant, cohort } = await aCohort();
    const { ok: application } = await applyFor({ cohort }, applicant);
    await hub.drainStreams();
    const resource = { type: 'application', id: application.id };
    const { id } = await available(applicant, aPdf(), { resource });
    expect(await tried(host.id, 'coordinator', id)).toEqual(['200', '200']);
    const stranger = await anInstitution();
    expect(await tried(stranger.id, 'coordinator', id)).toEqual(['not-found', 'not-found']);
    const list = (who: string) => api(who).call('listDocuments', { query: { resourceId: application.id } });
    expect((await list(host.id)).ok.items).toMatchObject([{ id }]);
    expect((await list(stranger.id)).code).toBe('not-found');
    // It is no agreement, whatever somebody calls it.
    const body = aDescription(aPdf(), { resource: { ...resource, type: 'agreement' } });
    expect((await applicant.coordinator.call('createDocument', { body })).code).toBe('document-resource-unknown');
  });

  test('of a programme: its host and partners, as soon as they are', async () => {
    const [host, partner] = [await anInstitution(), await anInstitution()];
    const programme = await aProgramme(host);
    await hub.drainStreams();
    const over = { purpose: 'course-material', resource: { type: 'programme', id: programme.id } };
    const { id } = await available(host, aPdf(), over);
    expect(await tried(partner.id, 'coordinator', id)).toEqual(['not-found', 'not-found']);
    const params = { programmeId: programme.id };
    const ifMatch = String((await host.coordinator.call('getProgramme', { params })).headers.etag);
    const joined = await host.coordinator.call('updateProgramme', {
      params,
      ifMatch,
      body: { partners: [partner.id] },
    });
    expect(joined.status).toBe(200);
    await hub.drainStreams();
    expect(await tried(partner.id, 'coordinator', id)).toEqual(['200', '200']);
  });

  test('that is clinical: its own and those it is shared with, and nobody else, whoever they are', async () => {
    const [owner, named, other] = [await anInstitution(), await anInstitution(), await anInstitution()];
    const over = { purpose: 'clinical', classification: 'clinical', sharedWith: [named.id] };
    const { id } = await available(owner, aPdf(), over);
    expect(await tried(owner.id, 'clinician', id)).toEqual(['200', '200']);
    expect(await tried(named.id, 'clinician', id)).toEqual(['200', '200']);
    expect(await tried(other.id, 'clinician', id)).toEqual(['not-found', 'not-found']);
    expect(await tried(other.id, 'auditor', id)).toEqual(['200', 'clinical-not-shared']);
    expect(await tried(other.id, 'hub-admin', id)).toEqual(['200', 'clinical-not-shared']);
  });
});

test('each link to a clinical document is in the audit of its institution, and what becomes of documents, too', async () => {
  const [owner, named] = [await anInstitution(), await anInstitution()];
  const over = { purpose: 'clinical', classification: 'clinical', sharedWith: [named.id], name: 'secret-name.pdf' };
  const { id } = await available(owner, aPdf(), over);
  await download(owner.coordinator, { id });
  await download(named.coordinator, { id });
  await hub.drainStreams();

  const rows = await auditOf(owner, id);
  const readings = rows.filter(({ action }) => action === 'read');
  expect(readings.map(({ institutionId }) => institutionId).toSorted()).toEqual([owner.id, named.id].toSorted());
  for (const reading of readings) expect(reading).toMatchObject({ subjectType: 'document', shown: [id] });
  const actions = rows.map(({ action }) => action).filter((action) => action !== 'read');
  expect(actions).toEqual(expect.arrayContaining(['describe', 'upload', 'release']));
  expect(JSON.stringify(rows)).not.toContain('secret-name');
  const others = await auditOf(named, id);
  expect(others.map(({ action }) => action)).toEqual(expect.arrayContaining(['describe', 'release']));
});

test('an institution lists its own documents, page by page, and no others', async () => {
  const [owner, other] = [await anInstitution(), await anInstitution()];
  const made = [await described(owner, aPdf()), await described(owner, aPdf()), await described(owner, aPdf())];
  await described(other, aPdf());
  const first = (await owner.coordinator.call('listDocuments', { query: { limit: 2 } })).ok;
  const second = (await owner.coordinator.call('listDocuments', { query: { limit: 2, cursor: first.next ?? '' } })).ok;
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  expect((await other.coordinator.call('listDocuments', { query: { institutionId: owner.id } })).code).toBe(
    'not-found',
  );
  expect(
    (await api(other.id, 'auditor').call('listDocuments', { query: { institutionId: owner.id } })).ok.items,
  ).toHaveLength(3);
});

test('a partner that is suspended describes nothing', async () => {
  const { suspendPartner } = await import('../support/partners.ts');
  const owner = await anInstitution();
  await suspendPartner(owner.id);
  const answer = await owner.coordinator.call('createDocument', { body: aDescription(aPdf()) });
  expect(answer.code).toBe('institution-not-active');
});

test('nobody uploads for another institution, or to a document of one', async () => {
  const [owner, other] = [await anInstitution(), await anInstitution()];
  const { id } = await described(owner, aPdf(), { classification: 'public' });
  for (const operation of ['requestDocumentParts', 'completeDocument'] as const) {
    expect((await other.coordinator.call(operation, { params: { documentId: id } })).code).toBe('role-not-permitted');
  }
  const deleting = await other.coordinator.call('deleteDocument', { params: { documentId: id }, ifMatch: '"1"' });
  expect(deleting.code).toBe('role-not-permitted');
  expect((await read(owner.coordinator, { id })).status).toBe('described');
});
