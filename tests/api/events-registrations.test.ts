import { describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { anEvent, changeEvent, eventSeenBy, type Occasion } from '../support/events.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import {
  actOnRegistration,
  anAttendee,
  elapsePlace,
  registerFor,
  registrationSeenBy,
} from '../support/registrations.ts';
import { day } from '../support/training.ts';

/** How places are given, kept, freed and given on: by the same routine as courses of treatment. */

const sweep = (): Promise<void> => hub.runSchedule('EventsSweepSchedule');
const places = (capacity: number, kept: readonly object[] = []) => ({
  places: { 'on-site': { capacity, kept }, online: { capacity: 5 } },
});
const balanceOf = async ({ organiser, event }: Occasion) =>
  (await eventSeenBy(organiser, event)).ok.balance?.['on-site'];
const statusOf = async (who: Institution, registration: { readonly id: string }) =>
  (await registrationSeenBy(who, registration)).status;

describe('who registers', () => {
  test('has a place at once, then waits, and is never overtaken', async () => {
    const scene = await anEvent({}, places(1));
    const [first, second, third] = [
      await registerFor(scene, scene.guest),
      await registerFor(scene, scene.guest),
      await registerFor(scene, scene.guest),
    ];
    expect(first.headers.location).toBe(`/v1/registrations/${first.ok.id}`);
    expect([first.ok.status, second.ok.status, third.ok.status]).toEqual(['confirmed', 'waitlisted', 'waitlisted']);
    expect((await registrationSeenBy(scene.guest, third.ok)).position).toBe(2);
    expect(await balanceOf(scene)).toEqual({ taken: 1, free: 0, waitlist: true });

    await actOnRegistration(scene.guest, 'cancelRegistration', first.ok);
    const offered = await registrationSeenBy(scene.guest, second.ok);
    expect(offered.status).toBe('offered');
    expect((await actOnRegistration(scene.guest, 'acceptRegistrationOffer', second.ok)).ok.status).toBe('confirmed');
    await actOnRegistration(scene.guest, 'cancelRegistration', second.ok);
    expect((await actOnRegistration(scene.guest, 'declineRegistrationOffer', third.ok)).ok.status).toBe('cancelled');
    await expect.poll(() => balanceOf(scene)).toEqual({ taken: 0, free: 1, waitlist: false });
  });

  test('is registered once, in whichever mode, and again after giving it up', async () => {
    const scene = await anEvent();
    const attendees = [anAttendee()];
    const { ok } = await registerFor(scene, scene.guest, { attendees });
    const again = await registerFor(scene, scene.guest, { attendees, mode: 'online' });
    expect(again.code).toBe('already-registered');
    expect(again.problem).toMatchObject({ registrationId: ok.id });
    await actOnRegistration(scene.guest, 'cancelRegistration', ok);
    const online = await registerFor(scene, scene.guest, { attendees, mode: 'online' });
    expect(online.ok).toMatchObject({ status: 'confirmed', mode: 'online' });
    expect(online.ok.id).not.toBe(ok.id);
  });

  test('is registered once by twenty requests at the same moment', async () => {
    const scene = await anEvent({}, places(30));
    const attendees = [anAttendee()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        registerFor(scene, scene.guest, { attendees, mode: index % 2 === 0 ? 'on-site' : 'online' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const others = new Set(answers.flatMap(({ status, code }) => (status === 201 ? [] : [code])));
    expect(['already-registered', 'busy']).toEqual(expect.arrayContaining([...others]));
  });

  test('is answered the same when the request comes again, and refused when its key is used for another', async () => {
    const scene = await anEvent();
    const options = { key: `again-${scene.event.id}` };
    const attendees = [anAttendee()];
    const first = await registerFor(scene, scene.guest, { attendees }, options);
    const second = await registerFor(scene, scene.guest, { attendees }, options);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.ok.id).toBe(first.ok.id);
    const other = [anAttendee()];
    expect((await registerFor(scene, scene.guest, { attendees: other }, options)).code).toBe('idempotency-key-reused');
    // Whom the key could not be used for can be registered all the same.
    expect((await registerFor(scene, scene.guest, { attendees: other })).status).toBe(201);
  });

  test('registers themselves, once, without being staff', async () => {
    const scene = await anEvent();
    const clinician = api(scene.guest.id, 'clinician');
    const params = { eventId: scene.event.id };
    const mine = await clinician.call('createRegistration', { params, body: { mode: 'online' } });
    expect(mine.ok).toMatchObject({ status: 'confirmed', institutionId: scene.guest.id });
    expect((await clinician.call('createRegistration', { params, body: { mode: 'online' } })).code).toBe(
      'already-registered',
    );
    const others = { mode: 'online', attendees: [anAttendee()] };
    expect((await clinician.call('createRegistration', { params, body: others })).code).toBe('role-not-permitted');
    expect((await clinician.call('cancelRegistration', { params: { registrationId: mine.ok.id } })).ok.status).toBe(
      'cancelled',
    );
  });

  test('is refused where nobody waits who does not want to', async () => {
    const scene = await anEvent({}, places(1));
    await registerFor(scene, scene.guest);
    const refused = await registerFor(scene, scene.guest, { joinWaitlist: false });
    expect(refused.code).toBe('places-exhausted');
    expect(refused.problem).toMatchObject({ available: 0, waitlist: { length: 0, joinable: true } });
    await registerFor(scene, scene.guest);
    expect((await registerFor(scene, scene.guest, { joinWaitlist: false })).problem).toMatchObject({
      waitlist: { length: 1 },
    });
  });

  test('is refused outside the window, for a mode that is not offered, and for what is cancelled', async () => {
    const early = await anEvent({}, { registration: { from: day(2), to: day(20) } });
    expect((await registerFor(early, early.guest)).code).toBe('registration-window-closed');
    const scene = await anEvent({}, { places: { online: { capacity: 1 } } });
    expect((await registerFor(scene, scene.guest)).code).toBe('mode-not-offered');
    const params = { eventId: scene.event.id };
    await scene.organiser.coordinator.call('cancelEvent', { params, body: { reason: 'other' } });
    expect((await registerFor(scene, scene.guest, { mode: 'online' })).code).toBe('event-state-conflict');
  });
});

describe('a group', () => {
  test('that is together has places or none, and is offered them together', async () => {
    const scene = await anEvent({}, places(2));
    const one = await registerFor(scene, scene.guest);
    const attendees = [anAttendee(), anAttendee()];
    const pair = await registerFor(scene, scene.guest, { attendees, together: true });
    expect(pair.ok).toMatchObject({ status: 'waitlisted', together: true });
    expect(pair.ok.group).toHaveLength(2);
    await actOnRegistration(scene.guest, 'cancelRegistration', one.ok);
    const ids = pair.ok.group ?? [];
    for (const id of ids) expect(await statusOf(scene.guest, { id })).toBe('offered');
    await actOnRegistration(scene.guest, 'acceptRegistrationOffer', pair.ok);
    for (const id of ids) expect(await statusOf(scene.guest, { id })).toBe('confirmed');
  });

  test('that is together has its places at once while there are enough', async () => {
    const scene = await anEvent({}, places(3));
    const attendees = [anAttendee(), anAttendee(), anAttendee()];
    const all = await registerFor(scene, scene.guest, { attendees, together: true });
    expect(all.ok.status).toBe('confirmed');
    expect(await balanceOf(scene)).toMatchObject({ taken: 3, free: 0 });
    const more = await registerFor(scene, scene.guest, {
      attendees: [anAttendee(), anAttendee()],
      together: true,
      joinWaitlist: false,
    });
    expect(more.code).toBe('places-exhausted');
  });

  test('that is not together has what there is, each by itself', async () => {
    const scene = await anEvent({}, places(1));
    const { ok } = await registerFor(scene, scene.guest, { attendees: [anAttendee(), anAttendee()] });
    const statuses = await Promise.all((ok.group ?? []).map((id) => statusOf(scene.guest, { id })));
    expect(statuses).toEqual(['confirmed', 'waitlisted']);
  });
});

describe('a place', () => {
  test('that is held or offered goes to the next when its time is over, and is not taken late', async () => {
    const scene = await anEvent({}, places(1));
    const held = (await registerFor(scene, scene.guest, { hold: true })).ok;
    expect(held.status).toBe('held');
    const next = (await registerFor(scene, scene.guest)).ok;
    const last = (await registerFor(scene, scene.guest)).ok;
    await elapsePlace(held);
    const late = await actOnRegistration(scene.guest, 'confirmRegistration', held);
    expect(late.code).toBe('offer-late');
    expect(await statusOf(scene.guest, held)).toBe('expired');
    const offer = await registrationSeenBy(scene.guest, next);
    expect(offer.status).toBe('offered');
    await elapsePlace(offer);
    await sweep();
    await expect.poll(() => statusOf(scene.guest, last)).toBe('offered');
    expect((await actOnRegistration(scene.guest, 'acceptRegistrationOffer', next)).code).toBe('offer-late');
  });

  test('that is kept is for its institution, until the day it is released', async () => {
    const [kept, other] = [await anInstitution(), await anInstitution()];
    const keep = [{ institutionId: kept.id, places: 1, releaseDate: day(10) }];
    const scene = await anEvent({ guest: other }, places(2, keep));
    expect((await registerFor(scene, other)).ok.status).toBe('confirmed');
    const waiting = (await registerFor(scene, other)).ok;
    expect(waiting.status).toBe('waitlisted');
    expect((await registerFor(scene, other, { joinWaitlist: false })).code).toBe('places-exhausted');
    const released = await changeEvent(scene, places(2, [{ ...keep[0], releaseDate: day(-1) }]));
    expect(released.status).toBe(200);
    await expect.poll(() => statusOf(other, waiting)).toBe('offered');
  });

  test('that is added goes to who waits; fewer than are taken there cannot be', async () => {
    const scene = await anEvent({}, places(1));
    await registerFor(scene, scene.guest);
    const waiting = (await registerFor(scene, scene.guest)).ok;
    await changeEvent(scene, places(2));
    await expect.poll(() => statusOf(scene.guest, waiting)).toBe('offered');
    const fewer = await changeEvent(scene, places(1));
    expect(fewer.code).toBe('capacity-below-confirmed');
    expect(fewer.problem).toMatchObject({ mode: 'on-site', taken: 2 });
  });
});

test('the organiser approves or declines where it wants to', async () => {
  const scene = await anEvent({}, { ...places(1), approval: true });
  const [first, second, third] = [
    (await registerFor(scene, scene.guest)).ok,
    (await registerFor(scene, scene.guest)).ok,
    (await registerFor(scene, scene.guest)).ok,
  ];
  expect(first.status).toBe('submitted');
  expect((await actOnRegistration(scene.guest, 'approveRegistration', first)).code).toBe('role-not-permitted');
  expect((await actOnRegistration(scene.organiser, 'approveRegistration', first)).ok.status).toBe('confirmed');
  expect((await actOnRegistration(scene.organiser, 'approveRegistration', second)).ok.status).toBe('waitlisted');
  expect((await actOnRegistration(scene.organiser, 'declineRegistration', third)).ok.status).toBe('declined');
  expect((await actOnRegistration(scene.organiser, 'approveRegistration', third)).problem).toMatchObject({
    registrationStatus: 'declined',
    allowedFrom: ['submitted'],
  });
});

test('needs are kept apart, shown to who cooks, and erased with the registration', async () => {
  const scene = await anEvent();
  const needs = { dietary: ['halal', 'no-nuts'], access: ['wheelchair'] };
  const { ok } = await registerFor(scene, scene.guest, { attendees: [anAttendee({ needs })] });
  expect(JSON.stringify(ok)).not.toContain('halal');
  const params = { registrationId: ok.id };
  expect((await scene.organiser.coordinator.call('getNeeds', { params })).ok).toEqual(needs);
  expect((await (await anInstitution()).coordinator.call('getNeeds', { params })).code).toBe('not-found');
  await expect
    .poll(async () =>
      (await scene.guest.coordinator.call('listAudit', { query: { subject: ok.id } })).ok.items.map(
        ({ action }) => action,
      ),
    )
    .toContain('read');
  await actOnRegistration(scene.guest, 'cancelRegistration', ok);
  expect((await scene.organiser.coordinator.call('getNeeds', { params })).ok).toEqual({ dietary: [], access: [] });
});

test('a cancelled event ends all registrations, and tells their institutions', async () => {
  const scene = await anEvent({}, places(1));
  const [confirmed, waiting] = [(await registerFor(scene, scene.guest)).ok, (await registerFor(scene, scene.guest)).ok];
  const params = { eventId: scene.event.id };
  await scene.organiser.coordinator.call('cancelEvent', { params, body: { reason: 'security' } });
  for (const each of [confirmed, waiting]) await expect.poll(() => statusOf(scene.guest, each)).toBe('cancelled');
  await sweep();
  const types = async () =>
    (await scene.guest.coordinator.call('listNotifications', {})).ok.items.map(({ type }) => type);
  await expect.poll(types).toContain('org.oncology-hub.registration.cancelled.v1');
});

test('registrations are listed to the organiser, and to each institution its own', async () => {
  const scene = await anEvent();
  const other = await anInstitution();
  const mine = (await registerFor(scene, scene.guest)).ok;
  const theirs = (await registerFor(scene, other, { mode: 'online' })).ok;
  const params = { eventId: scene.event.id };
  const seenBy = async ({ coordinator }: Institution) =>
    (await coordinator.call('listRegistrations', { params })).ok.items.map(({ id }) => id).toSorted();
  expect(await seenBy(scene.organiser)).toEqual([mine.id, theirs.id].toSorted());
  expect(await seenBy(scene.guest)).toEqual([mine.id]);
  expect((await scene.guest.coordinator.call('getRegistration', { params: { registrationId: theirs.id } })).code).toBe(
    'not-found',
  );
});
