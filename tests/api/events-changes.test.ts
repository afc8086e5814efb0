import { expect, test } from 'vitest';

import { anEvent } from '../support/events.ts';
import {
  actOnRegistration,
  anAttended,
  anAttendee,
  registerFor,
  registrationSeenBy,
} from '../support/registrations.ts';

/** Who is registered sends somebody else, or needs something else. */

const change = (scene: Awaited<ReturnType<typeof anEvent>>, id: string, body: object, ifMatch = '"1"') =>
  scene.guest.coordinator.call('updateRegistration', { params: { registrationId: id }, body, ifMatch });

test('somebody else comes in the place of an attendee, who can be registered again', async () => {
  const scene = await anEvent();
  const [first, second] = [
    anAttendee({ needs: { dietary: ['halal'] } }),
    anAttendee({ needs: { access: ['wheelchair'] } }),
  ];
  const { ok } = await registerFor(scene, scene.guest, { attendees: [first] });
  const changed = await change(scene, ok.id, { attendee: second });
  expect(changed.ok).toMatchObject({ id: ok.id, attendee: second.pseudonym, status: 'confirmed' });
  const params = { registrationId: ok.id };
  expect((await scene.guest.coordinator.call('getNeeds', { params })).ok).toEqual({
    dietary: [],
    access: ['wheelchair'],
  });

  expect((await registerFor(scene, scene.guest, { attendees: [second] })).problem).toMatchObject({
    ...{ type: '/problems/already-registered', registrationId: ok.id },
  });
  const again = await registerFor(scene, scene.guest, { attendees: [first] });
  expect(again.ok.status).toBe('confirmed');
  const back = await change(scene, ok.id, { attendee: first }, '"2"');
  expect(back.code).toBe('already-registered');
  expect((await registrationSeenBy(scene.guest, ok)).attendee).toBe(second.pseudonym);
  await actOnRegistration(scene.guest, 'cancelRegistration', again.ok);
  expect((await change(scene, ok.id, { attendee: first }, '"2"')).ok.attendee).toBe(first.pseudonym);
});

test('what somebody needs is changed, and only as it was seen', async () => {
  const scene = await anEvent();
  const { ok } = await registerFor(scene, scene.guest);
  expect((await change(scene, ok.id, { needs: { dietary: ['vegan'] } })).status).toBe(200);
  const params = { registrationId: ok.id };
  expect((await scene.guest.coordinator.call('getNeeds', { params })).ok.dietary).toEqual(['vegan']);
  expect((await change(scene, ok.id, { needs: { dietary: [] } })).code).toBe('stale-version');
  expect((await scene.guest.coordinator.call('getNeeds', { params })).ok.dietary).toEqual(['vegan']);
});

test('two who are to come instead at once: one does, and the other can be registered', async () => {
  const scene = await anEvent();
  const { ok } = await registerFor(scene, scene.guest);
  const [one, other] = [anAttendee(), anAttendee()];
  const answers = await Promise.all([
    change(scene, ok.id, { attendee: one }),
    change(scene, ok.id, { attendee: other }),
  ]);
  expect(answers.map(({ code }) => code).toSorted()).toEqual(['200', 'stale-version']);
  const { attendee } = await registrationSeenBy(scene.guest, ok);
  const left = [one, other].filter(({ pseudonym }) => pseudonym !== attendee);
  expect((await registerFor(scene, scene.guest, { attendees: left })).status).toBe(201);
});

test('who has come, or is not registered any more, stays who they are', async () => {
  const scene = await anEvent();
  const gone = (await registerFor(scene, scene.guest)).ok;
  await actOnRegistration(scene.guest, 'cancelRegistration', gone);
  expect((await change(scene, gone.id, { attendee: anAttendee() }, '"2"')).code).toBe('registration-state-conflict');
  const came = (await anAttended(scene)).ok;
  expect((await change(scene, came.id, { attendee: anAttendee() }, '"2"')).code).toBe('registration-state-conflict');
});
