import { expect, test } from 'vitest';

import { anEvent, changeEvent } from '../support/events.ts';
import { anInstitution } from '../support/factories.ts';
import { addSession, HALLS } from '../support/sessions.ts';
import { day } from '../support/training.ts';

const SPEAKER = { code: 'SPK-014' };
const at = (from: string, to: string) => ({ starts: `${day(30)}T${from}`, ends: `${day(30)}T${to}` });

test('a programme is made, changed and shown as a timetable', async () => {
  const scene = await anEvent({}, HALLS);
  const late = await addSession(scene, { ...at('14:00', '15:00'), room: 'hall-b', track: 'paediatric' });
  const early = await addSession(scene, {
    ...at('09:00', '10:00'),
    room: 'hall-a',
    chairs: [{ code: 'CHR-1', institutionId: scene.guest.id }],
    speakers: [{ ...SPEAKER, displayName: 'Dr Aigul Speaker', consent: true }],
  });
  expect(late.headers.location).toBe(`/v1/events/${scene.event.id}/sessions/${late.ok.id}`);
  expect(early.ok.speakers).toEqual([{ ...SPEAKER, displayName: 'Dr Aigul Speaker' }]);

  const params = { eventId: scene.event.id, sessionId: late.ok.id };
  const moved = await scene.organiser.coordinator.call('updateSession', {
    params,
    body: { ...at('09:30', '10:30') },
    ifMatch: '"1"',
  });
  expect(moved.ok.starts).toBe(`${day(30)}T09:30`);
  const stale = await scene.organiser.coordinator.call('updateSession', {
    params,
    body: { kind: 'panel' },
    ifMatch: '"1"',
  });
  expect(stale.code).toBe('stale-version');

  const timetable = (await scene.guest.coordinator.call('getTimetable', { params })).ok;
  expect(timetable).toMatchObject({ timeZone: 'UTC', days: [{ date: day(30) }] });
  expect(timetable.days[0]?.sessions.map(({ id }) => id)).toEqual([early.ok.id, late.ok.id]);
  expect(timetable.days[0]?.sessions[1]).toMatchObject({ startsAt: `${day(30)}T09:30:00.000Z` });

  const cancelled = await scene.organiser.coordinator.call('cancelSession', { params, ifMatch: '"2"' });
  expect(cancelled.ok.status).toBe('cancelled');
  const types = async () =>
    (await scene.guest.coordinator.call('listNotifications', {})).ok.items.map(({ type }) => type);
  await expect.poll(types).toContain('org.oncology-hub.session.scheduled.v1');
});

test('no room and nobody is in two sessions at a time', async () => {
  const scene = await anEvent({}, HALLS);
  const first = (await addSession(scene, { ...at('10:00', '11:00'), room: 'hall-a', speakers: [SPEAKER] })).ok;
  const clash = await addSession(scene, { ...at('10:30', '11:30'), room: 'hall-a', chairs: [SPEAKER] });
  expect(clash.code).toBe('session-clash');
  expect(clash.problem).toMatchObject({
    clashes: [
      { room: 'hall-a', sessions: [first.id] },
      { person: 'SPK-014', sessions: [first.id] },
    ],
  });
  // One begins as the other ends.
  const next = (await addSession(scene, { ...at('11:00', '12:00'), room: 'hall-a', speakers: [SPEAKER] })).ok;
  const params = { eventId: scene.event.id, sessionId: next.id };
  const change = { params, body: at('10:59', '12:00'), ifMatch: '"1"' };
  expect((await scene.organiser.coordinator.call('updateSession', change)).code).toBe('session-clash');
  const off = { params: { ...params, sessionId: first.id }, ifMatch: '"1"' };
  await scene.organiser.coordinator.call('cancelSession', off);
  expect((await scene.organiser.coordinator.call('updateSession', change)).ok.starts).toBe(`${day(30)}T10:59`);
  const again = { ...off, ifMatch: '"2"' };
  expect((await scene.organiser.coordinator.call('cancelSession', again)).code).toBe('session-cancelled');
});

test('of twenty sessions for one room at the same moment one comes about', async () => {
  const scene = await anEvent({}, HALLS);
  const answers = await Promise.all(Array.from({ length: 20 }, () => addSession(scene, { room: 'hall-a' })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const listed = await scene.guest.coordinator.call('listSessions', { params: { eventId: scene.event.id } });
  expect(listed.ok.items).toHaveLength(1);
});

test.each<[string, string, object]>([
  ['an end before the start', 'impossible-dates', at('11:00', '10:59')],
  ['a time outside of the event', 'impossible-dates', at('08:00', '10:00')],
  ['a room that there is not', 'programme-unknown', { room: 'lobby' }],
  ['a track that there is not', 'programme-unknown', { track: 'adults' }],
])('%s is refused with %s', async (_, code, over) => {
  const scene = await anEvent({}, HALLS);
  expect((await addSession(scene, over)).code).toBe(code);
});

test('an event keeps the rooms and the time that its sessions need', async () => {
  const scene = await anEvent({}, HALLS);
  const { ok } = await addSession(scene, { ...at('09:00', '10:00'), room: 'hall-a' });
  const without = await changeEvent(scene, { rooms: [HALLS.rooms[1]] });
  expect(without.code).toBe('programme-in-use');
  expect(without.problem).toMatchObject({ sessions: [ok.id] });
  expect((await changeEvent(scene, { starts: `${day(30)}T09:30` })).code).toBe('programme-in-use');
  expect((await changeEvent(scene, { rooms: [HALLS.rooms[0]] })).status).toBe(200);
});

test('only its organisers make a programme, and nobody else sees that of a draft', async () => {
  const scene = await anEvent({}, { publish: false });
  const stranger = await anInstitution();
  const { ok } = await addSession(scene);
  const params = { eventId: scene.event.id, sessionId: ok.id };
  expect((await stranger.coordinator.call('getSession', { params })).code).toBe('not-found');
  await changeEvent(scene, { status: 'published' });
  expect((await stranger.coordinator.call('getSession', { params })).ok).toEqual(ok);
  expect((await addSession({ ...scene, organiser: stranger })).code).toBe('role-not-permitted');
  // Of another event it is none.
  const other = await anEvent();
  expect((await stranger.coordinator.call('getSession', { params: { ...params, eventId: other.event.id } })).code).toBe(
    'not-found',
  );
});
