import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';

import { anonymous, api } from '../support/client.ts';
import { anEvent, type Occasion } from '../support/events.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { caughtUp } from '../support/hub.ts';
import { anAttended, registerFor } from '../support/registrations.ts';

/** Certificates of attendance: credentials like those of training. */

const NAMED = { displayName: 'Aigul Attendee', consent: true };

const issue = ({ coordinator }: Institution, { id }: { readonly id: string }, body: object = {}, options = {}) =>
  coordinator.call('issueAttendanceCredential', { params: { registrationId: id }, body, ...options });
const certificateFor = ({ coordinator }: Institution, credentialId: string, query = {}) =>
  coordinator.call('getCertificate', { params: { credentialId }, query });
async function attendance(): Promise<Occasion & { readonly registration: { readonly id: string } }> {
  const scene = await anEvent();
  return { ...scene, registration: (await anAttended(scene)).ok };
}

test('is issued to who has attended, with a name that only the certificate has, and verified by anybody', async () => {
  const { organiser, guest, event, registration } = await attendance();
  const issued = await issue(guest, registration, NAMED);
  expect(issued.headers.location).toBe(`/v1/credentials/${issued.ok.id}`);
  const claims = decodeJwt(issued.ok.jwt);
  expect(claims).toMatchObject({
    name: 'Congress of oncologists',
    credentialSubject: {
      identifier: [{ hashed: true, identityType: 'name' }],
      achievement: {
        achievementType: 'Certificate',
        id: expect.stringContaining(event.id) as string,
        tag: ['congress'],
      },
    },
  });
  // Neither whose it is nor what they are called.
  expect(JSON.stringify(claims)).not.toMatch(new RegExp(`Aigul|${guest.id}|${registration.id}`));
  const params = { credentialId: issued.ok.id };
  expect((await anonymous.call('getCredential', { params })).ok).toEqual(issued.ok);

  const certificate = String((await certificateFor(guest, issued.ok.id)).body);
  expect(certificate).toContain('Aigul Attendee');
  expect(certificate).toContain('has attended');
  expect(String((await certificateFor(organiser, issued.ok.id, { language: 'ru' })).body)).toContain('Съезд онкологов');
  // That the organiser has read the name is in the audit of the attendee's institution.
  await caughtUp();
  const { ok } = await guest.coordinator.call('listAudit', { query: { subject: registration.id } });
  expect(ok.items.map(({ action }) => action)).toContain('read');

  const erased = await guest.coordinator.call('eraseAttendeeName', { params: { registrationId: registration.id } });
  expect(erased.ok).toEqual({ registrationId: registration.id });
  expect(String((await certificateFor(guest, issued.ok.id)).body)).toContain('the holder of this credential');
  expect((await anonymous.call('getCredential', { params })).ok.status).toBe('valid');
});

test('is one at a time: another one can be issued once it is revoked', async () => {
  const { organiser, guest, registration } = await attendance();
  const { ok } = await issue(organiser, registration);
  const again = await issue(guest, registration, NAMED);
  expect(again.problem).toMatchObject({ type: '/problems/credential-issued', credentialId: ok.id });
  const params = { credentialId: ok.id };
  const revoke = { params, body: { reason: 'facts-corrected' } };
  expect((await guest.coordinator.call('revokeCredential', revoke)).code).toBe('role-not-permitted');
  expect((await organiser.coordinator.call('revokeCredential', revoke)).ok.status).toBe('revoked');
  expect((await anonymous.call('getCredential', { params })).ok.status).toBe('revoked');
  expect((await certificateFor(guest, ok.id)).code).toBe('credential-revoked');
  expect((await issue(guest, registration, NAMED)).status).toBe(201);
});

test('is the same for the same request, also when it is sent several times at once', async () => {
  const { guest, registration } = await attendance();
  const key = crypto.randomUUID();
  const answers = await Promise.all(Array.from({ length: 5 }, () => issue(guest, registration, NAMED, { key })));
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ ok }) => ok.id));
  expect(ids.size).toBe(1);
});

test('is not for who was not checked in, nor for others to ask for', async () => {
  const scene = await anEvent();
  const absent = (await registerFor(scene, scene.guest)).ok;
  const { ok: came } = await anAttended(scene);
  const stranger = await anInstitution();
  expect((await issue(scene.guest, absent)).code).toBe('not-found');
  expect((await issue(stranger, came)).code).toBe('not-found');
  expect(
    (await api(scene.guest.id, 'clinician').call('issueAttendanceCredential', { params: { registrationId: came.id } }))
      .code,
  ).toBe('role-not-permitted');
});
