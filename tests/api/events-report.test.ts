import { expect, test } from 'vitest';

import { aCall, actOnAbstract, submitAbstract } from '../support/abstracts.ts';
import { api } from '../support/client.ts';
import { anEvent, type Occasion } from '../support/events.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { caughtUp } from '../support/hub.ts';
import { actOnRegistration, elapsePlace, moveInTime, registerFor } from '../support/registrations.ts';
import { day } from '../support/training.ts';

/** The figures of a year's events, against what was counted by hand. */

/** Of which no other test knows. */
const YEAR = 2197;
const inYear = (year = YEAR) => ({ starts: `${String(year)}-03-01T09:00`, ends: `${String(year)}-03-03T18:00` });

const countryOf = async ({ id, coordinator }: Institution): Promise<string> =>
  (await coordinator.call('getInstitution', { params: { institutionId: id } })).ok.country;

async function rowsFor({ coordinator }: Pick<Institution, 'coordinator'>, more = {}) {
  const items = [];
  let cursor: string | undefined;
  do {
    const query = { year: YEAR, limit: 1, ...more, ...(cursor === undefined ? {} : { cursor }) };
    const { ok } = await coordinator.call('reportEvents', { query });
    items.push(...ok.items);
    cursor = ok.next;
  } while (cursor !== undefined);
  return items;
}

/** A partner of the demonstration: the tests' own are all from one country. */
async function fromElsewhere(): Promise<Institution> {
  const coordinator = api('bishkek');
  return { id: (await coordinator.call('getMe', {})).ok.institutionId, coordinator };
}

/** Somebody in every status, and the event is over. */
async function aHeldCongress(): Promise<Occasion & { readonly other: Institution }> {
  const places = { 'on-site': { capacity: 4 }, online: { capacity: 2 } };
  const scene = await anEvent({}, { ...inYear(), places, call: aCall() });
  const { organiser, guest } = scene;
  const other = await fromElsewhere();
  const [came, absent, lapsed] = [
    (await registerFor(scene, guest)).ok,
    (await registerFor(scene, guest)).ok,
    (await registerFor(scene, guest, { hold: true })).ok,
  ];
  const gone = (await registerFor(scene, guest)).ok;
  const waiting = (await registerFor(scene, other)).ok;
  const online = (await registerFor(scene, other, { mode: 'online' })).ok;
  expect([absent.status, waiting.status]).toEqual(['confirmed', 'waitlisted']);
  await actOnRegistration(other, 'cancelRegistration', waiting);
  await actOnRegistration(guest, 'cancelRegistration', gone);
  await elapsePlace(lapsed);
  await submitAbstract(scene, guest);
  const withdrawn = (await submitAbstract(scene, guest)).ok;
  await actOnAbstract(guest.coordinator, 'withdrawAbstract', withdrawn);
  const rejected = (await submitAbstract(scene, other)).ok;
  await actOnAbstract(organiser.coordinator, 'rejectAbstract', rejected);
  await moveInTime(scene, `${day(-1)}T00:00`, `${day(1)}T00:00`);
  for (const each of [came, online]) await actOnRegistration(organiser, 'checkInRegistration', each);
  await moveInTime(scene, `${day(-3)}T00:00`, `${day(-2)}T00:00`);
  await caughtUp();
  return { ...scene, other };
}

test('a year’s events are counted by country, for those who may know', async () => {
  const { organiser, guest, other, event } = await aHeldCongress();
  const common = { year: YEAR, eventId: event.id, organiserId: organiser.id, kind: 'congress', status: 'completed' };
  const none = { undecided: 0, waiting: 0, unconfirmed: 0, declined: 0 };
  const guests = {
    ...{ ...common, ...none, country: await countryOf(guest), places: 6, registered: 4, confirmed: 2, online: 0 },
    ...{ attended: 1, noShows: 1, lapsed: 1, cancelled: 1 },
    ...{ abstracts: 2, abstractsAccepted: 0, abstractsRejected: 0, abstractsWithdrawn: 1 },
  };
  const others = {
    ...{ ...common, ...none, country: await countryOf(other), places: 6, registered: 2, confirmed: 1, online: 1 },
    ...{ attended: 1, noShows: 0, lapsed: 0, cancelled: 1 },
    ...{ abstracts: 1, abstractsAccepted: 0, abstractsRejected: 1, abstractsWithdrawn: 0 },
  };
  const all = [guests, others].toSorted((a, b) => (a.country < b.country ? -1 : 1));
  expect(await rowsFor(organiser)).toEqual(all);
  expect(await rowsFor(guest)).toEqual([guests]);
  expect(await rowsFor(other)).toEqual([others]);
  expect(await rowsFor(await anInstitution())).toEqual([]);

  const auditor = { coordinator: api((await anInstitution()).id, 'auditor') };
  expect(await rowsFor(auditor, { institutionId: organiser.id })).toEqual(all);
  const foreign = await guest.coordinator.call('reportEvents', { query: { institutionId: organiser.id } });
  expect(foreign.code).toBe('not-found');

  const csv = await guest.coordinator.call('reportEvents', {
    query: { year: YEAR, limit: 100 },
    headers: { accept: 'text/csv' },
  });
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  const [head, line] = String(csv.body).split('\r\n');
  expect(head).toBe(
    'year,eventId,organiserId,kind,status,country,places,registered,undecided,waiting,unconfirmed,confirmed,online,attended,noShows,declined,lapsed,cancelled,abstracts,abstractsAccepted,abstractsRejected,abstractsWithdrawn',
  );
  expect(line).toBe(
    `2197,${event.id},${organiser.id},congress,completed,${guests.country},6,4,0,0,0,2,0,1,1,0,1,1,2,0,0,1`,
  );
});

test('an event for which nobody has registered is in its organiser’s report, and a draft in nobody’s', async () => {
  const scene = await anEvent(
    {},
    { ...inYear(YEAR - 1), visibility: 'invited', invited: [(await anInstitution()).id] },
  );
  await anEvent(scene, { ...inYear(YEAR - 1), publish: false });
  const rows = await rowsFor(scene.organiser, { year: YEAR - 1 });
  expect(rows).toMatchObject([{ eventId: scene.event.id, places: 5, registered: 0, abstracts: 0 }]);
  expect(rows[0]).not.toHaveProperty('country');
  expect(await rowsFor(scene.guest, { year: YEAR - 1 })).toEqual([]);
});
