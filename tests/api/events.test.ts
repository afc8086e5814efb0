import { expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { anEvent, anEventBody, changeEvent, eventSeenBy } from '../support/events.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { day } from '../support/training.ts';

test('a congress is drafted, published, changed and cancelled', async () => {
  const [organiser, other, stranger] = [await anInstitution(), await anInstitution(), await anInstitution()];
  const body = anEventBody({
    coOrganisers: [other.id],
    fee: { money: { amount: 15_000, currency: 'EUR' }, note: { en: 'Paid at the desk' } },
    sponsors: [{ name: { en: 'Association of Doctors' } }],
    rooms: [{ id: 'great-hall', name: { en: 'Great hall' } }],
  });
  const draft = await organiser.coordinator.call('createEvent', { body });
  expect(draft.status).toBe(201);
  expect(draft.headers.location).toBe(`/v1/events/${draft.ok.id}`);
  expect(draft.ok).toMatchObject({
    organiserId: organiser.id,
    status: 'draft',
    visibility: 'partners',
    balance: { 'on-site': { taken: 0, free: 3, waitlist: false }, online: { free: 2 } },
  });
  expect((await eventSeenBy(stranger, draft.ok)).code).toBe('not-found');
  expect((await eventSeenBy(other, draft.ok)).ok.status).toBe('draft');

  const published = await changeEvent({ organiser, event: draft.ok }, { status: 'published' });
  expect(published.ok.status).toBe('open');
  expect((await eventSeenBy(stranger, draft.ok)).ok).toEqual(published.ok);
  // A co-organiser may do all that the organiser may.
  const moved = await changeEvent({ organiser: other, event: draft.ok }, { starts: `${day(30)}T10:30` });
  expect(moved.ok.starts).toBe(`${day(30)}T10:30`);

  const params = { eventId: draft.ok.id };
  const cancelled = await organiser.coordinator.call('cancelEvent', { params, body: { reason: 'security' } });
  expect(cancelled.ok).toMatchObject({ status: 'cancelled', cancellationReason: 'security' });
  expect((await organiser.coordinator.call('cancelEvent', { params, body: { reason: 'other' } })).code).toBe(
    'event-state-conflict',
  );
  expect((await changeEvent({ organiser, event: draft.ok }, { offerHours: 3 })).code).toBe('event-state-conflict');
});

test('a telebridge takes one request, and only those who are invited know of it', async () => {
  const [organiser, guest, stranger] = [await anInstitution(), await anInstitution(), await anInstitution()];
  const body = {
    kind: 'telebridge',
    title: { en: 'Glioblastoma: a joint discussion' },
    languages: ['ru'],
    timeZone: 'Europe/Minsk',
    starts: `${day(3)}T14:00`,
    ends: `${day(3)}T15:30`,
    venue: { link: 'https://meet.example.org/glioblastoma' },
    invited: [guest.id],
    cases: [{ code: 'GBM-1', topic: { en: 'Recurrence after radiotherapy' }, institutionId: guest.id }],
    publish: true,
  };
  const key = `telebridge-${guest.id}`;
  const { ok: event } = await organiser.coordinator.call('createEvent', { body, key });
  expect(event).toMatchObject({ status: 'open', visibility: 'invited', places: { online: { capacity: 100 } } });
  expect(event.registration.to).toBe(day(3));
  const again = await organiser.coordinator.call('createEvent', { body, key });
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.ok).toEqual(event);
  expect((await eventSeenBy(guest, event)).ok.cases).toHaveLength(1);
  expect((await eventSeenBy(stranger, event)).code).toBe('not-found');
  const others = await organiser.coordinator.call('createEvent', { body: { ...body, invited: [] } });
  expect(others.code).toBe('invitation-missing');
});

test('events are listed by when they begin, drafts to their organisers alone', async () => {
  const organiser = await anInstitution();
  const first = await anEvent({ organiser }, { starts: '2031-03-02T09:00', ends: '2031-03-02T10:00' });
  const draft = (await organiser.coordinator.call('createEvent', { body: anEventBody() })).ok;
  const listed = async (query: object) =>
    (await organiser.coordinator.call('listEvents', { query: { limit: '100', ...query } })).ok.items.map(
      ({ id }) => id,
    );
  expect(await listed({ from: '2031-03-02' })).toContain(first.event.id);
  expect(await listed({ from: '2031-03-03' })).not.toContain(first.event.id);
  expect((await listed({ view: 'own' })).toSorted()).toEqual([first.event.id, draft.id].toSorted());
  await changeEvent(first, { starts: '2031-03-05T09:00', ends: '2031-03-05T10:00' });
  expect(await listed({ from: '2031-03-03' })).toContain(first.event.id);
});

test.each<[string, string, object]>([
  ['an end before the start', 'impossible-dates', { ends: `${day(30)}T08:59` }],
  ['what is over', 'impossible-dates', { starts: '2020-01-01T09:00', ends: '2020-01-01T10:00' }],
  ['more than a month', 'impossible-dates', { ends: `${day(90)}T18:00` }],
  ['registration after the end', 'impossible-dates', { registration: { from: day(0), to: day(33) } }],
  ['cases that are no telebridge’s', 'telebridge-only', { cases: [{ code: 'C-1', topic: { en: 'Glioma' } }] }],
  [
    'more than both modes may have',
    'places-do-not-add-up',
    {
      places: { 'on-site': { capacity: 3000 }, online: { capacity: 2001 } },
    },
  ],
  [
    'an institution that is no partner',
    'named-institution-not-active',
    {
      invited: ['019a8f3e-7c00-7a11-8000-00000000abcd'],
    },
  ],
])('%s is refused with %s', async (_, code, over) => {
  const { coordinator } = await anInstitution();
  expect((await coordinator.call('createEvent', { body: anEventBody(over) })).code).toBe(code);
  expect((await coordinator.call('listEvents', { query: { view: 'own' } })).ok.items).toEqual([]);
});

test('what people rely on stays once an event is published', async () => {
  const scene = await anEvent();
  for (const body of [
    { timeZone: 'Asia/Almaty' },
    { visibility: 'public' },
    { approval: true },
    { status: 'published' },
  ]) {
    expect((await changeEvent(scene, body)).code).toBe('event-state-conflict');
  }
  const bigger = await changeEvent(scene, { places: { 'on-site': { capacity: 60 }, online: { capacity: 1 } } });
  expect(bigger.ok.balance).toMatchObject({ 'on-site': { free: 60 }, online: { free: 1 } });
});

test('whoever is no coordinator organises nothing', async () => {
  const clinician = api(await hub.spareInstitution(), 'clinician');
  expect((await clinician.call('createEvent', { body: anEventBody() })).code).toBe('role-not-permitted');
});

test('who organises with others, or is invited, finds the event as long as they do, and the public sees its new day', async () => {
  const [organiser, other, guest] = [await anInstitution(), await anInstitution(), await anInstitution()];
  const scene = await anEvent({ organiser }, { visibility: 'public', coOrganisers: [other.id] });
  const found = async ({ coordinator }: Institution, view: string) =>
    (await coordinator.call('listEvents', { query: { view, limit: '100' } })).ok.items.map(({ id }) => id);
  expect(await found(other, 'own')).toEqual([scene.event.id]);
  await changeEvent(scene, { coOrganisers: [], starts: `${day(31)}T09:00` });
  expect(await found(other, 'own')).toEqual([]);

  const bridge = await anEvent({ organiser }, { visibility: 'invited', invited: [guest.id, other.id] });
  await expect.poll(() => found(guest, 'invited')).toEqual([bridge.event.id]);
  await changeEvent(bridge, { invited: [other.id] });
  await expect.poll(() => found(guest, 'invited')).toEqual([]);
});
