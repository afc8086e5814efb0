import ICAL from 'ical.js';
import { expect, test } from 'vitest';

import { anonymous, api } from '../support/client.ts';
import { anEvent, changeEvent } from '../support/events.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { suspendPartner } from '../support/partners.ts';
import { addSession } from '../support/sessions.ts';

/** A calendar as another program reads it. */
const parsed = (text: string) => new ICAL.Component(ICAL.parse(text) as unknown[]);
const uidsIn = (text: string): string[] =>
  parsed(text)
    .getAllSubcomponents('vevent')
    .map((each) => String(each.getFirstPropertyValue('uid')));
const uid = ({ id }: { readonly id: string }): string => `${id}@oncology-hub`;

async function aLink({ coordinator }: Institution) {
  return (await coordinator.call('createCalendarLink', {})).ok;
}

const calendarBy = async (key?: string) => {
  const answer = await anonymous.call('getCalendar', key === undefined ? {} : { query: { key } });
  return answer.status === 200 ? uidsIn(answer.ok) : answer.code;
};

test('everybody has the calendar of public events, without links to what is online', async () => {
  const open = await anEvent({}, { visibility: 'public' });
  const closed = await anEvent();
  const answer = await anonymous.call('getCalendar', {});
  expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('public, max-age=300');
  expect(uidsIn(answer.ok)).toContain(uid(open.event));
  expect(uidsIn(answer.ok)).not.toContain(uid(closed.event));
  expect(answer.ok).not.toContain('meet.example.org');
});

test('the calendar of an event has its sessions, and tells of what is cancelled', async () => {
  const scene = await anEvent({}, { visibility: 'public' });
  const session = (await addSession(scene)).ok;
  const params = { eventId: scene.event.id };
  const before = (await anonymous.call('getEventCalendar', { params })).ok;
  expect(uidsIn(before)).toEqual([uid(scene.event), uid(session)]);
  await scene.organiser.coordinator.call('cancelEvent', { params, body: { reason: 'other' } });
  expect((await anonymous.call('getEventCalendar', { params })).ok).toContain('STATUS:CANCELLED');
});

test('a secret link shows an institution what it may see, until it is revoked', async () => {
  const [invited, other] = [await anInstitution(), await anInstitution()];
  const scene = await anEvent({}, { visibility: 'invited', invited: [invited.id] });
  const draft = await anEvent({ organiser: invited }, { publish: false });
  const [link, others] = [await aLink(invited), await aLink(other)];
  expect(link.url).toContain(`/v1/calendar.ics?key=${link.key}`);
  await expect.poll(() => calendarBy(link.key)).toContain(uid(scene.event));
  expect(await calendarBy(link.key)).not.toContain(uid(draft.event));
  expect(await calendarBy(others.key)).not.toContain(uid(scene.event));
  const params = { eventId: scene.event.id };
  const query = { key: link.key };
  expect((await anonymous.call('getEventCalendar', { params, query })).ok).toContain('CONFERENCE');
  expect((await anonymous.call('getEventCalendar', { params })).code).toBe('not-found');
  expect((await anonymous.call('getEventCalendar', { params, query: { key: others.key } })).code).toBe('not-found');

  const listed = (await invited.coordinator.call('listCalendarLinks', {})).ok.items;
  expect(listed).toEqual([{ id: link.id, institutionId: invited.id, createdAt: link.createdAt }]);
  expect((await other.coordinator.call('revokeCalendarLink', { params: { linkId: link.id } })).code).toBe('not-found');
  await invited.coordinator.call('revokeCalendarLink', { params: { linkId: link.id } });
  expect(await calendarBy(link.key)).toBe('not-found');
  const again = await invited.coordinator.call('revokeCalendarLink', { params: { linkId: link.id } });
  expect((await invited.coordinator.call('listCalendarLinks', {})).ok.items).toEqual([again.ok]);
  expect(again.ok.revokedAt).toBeDefined();
});

test('a link that nobody made opens nothing', async () => {
  const link = await aLink(await anInstitution());
  const [id = '', signature = ''] = link.key.split('.');
  const forged = [
    id,
    `${id}.`,
    `${id}.${signature.slice(0, -2)}`,
    `${crypto.randomUUID()}.${signature}`,
    'x',
    `${link.key}=`,
  ];
  for (const key of forged) expect(await calendarBy(key)).toBe('not-found');
});

test('a link of a partner that is suspended opens nothing', async () => {
  const partner = await anInstitution();
  const link = await aLink(partner);
  await suspendPartner(partner.id);
  await expect.poll(() => calendarBy(link.key)).toBe('not-found');
});

test('making a link again by the same request answers with the same link', async () => {
  const { coordinator, id } = await anInstitution();
  const options = { key: `link-${id}` };
  const first = (await coordinator.call('createCalendarLink', options)).ok;
  const again = await coordinator.call('createCalendarLink', options);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.ok).toEqual(first);
  expect((await api(id, 'clinician').call('createCalendarLink', {})).code).toBe('role-not-permitted');
});

test('an event that moves keeps its place in the calendar, and counts', async () => {
  const scene = await anEvent({}, { visibility: 'public' });
  const params = { eventId: scene.event.id };
  const sequence = async () => {
    const text = (await anonymous.call('getEventCalendar', { params })).ok;
    return Number(parsed(text).getFirstSubcomponent('vevent')?.getFirstPropertyValue('sequence'));
  };
  const before = await sequence();
  await changeEvent(scene, { ends: scene.event.ends.replace('18:00', '19:00') });
  await expect.poll(sequence).toBe(before + 1);
});
