import ICAL from 'ical.js';
import { expect, test } from 'vitest';

import {
  abstractSeenBy,
  aCall,
  actOnAbstract,
  anAuthor,
  aReviewer,
  closeCall,
  submitAbstract,
} from '../support/abstracts.ts';
import { anonymous, api } from '../support/client.ts';
import { anEvent, eventSeenBy } from '../support/events.ts';
import type { Institution } from '../support/factories.ts';
import { caughtUp, hub } from '../support/hub.ts';
import {
  actOnRegistration,
  anAttendee,
  moveInTime,
  registerFor,
  registrationSeenBy,
} from '../support/registrations.ts';
import { addSession } from '../support/sessions.ts';
import { day } from '../support/training.ts';

/** The Congress of Oncologists of the CIS and Eurasia, in Minsk: from the call for abstracts to certificates and the report. */

/** Of the demonstration: those who are there. */
async function partner(alias: string): Promise<Institution> {
  const coordinator = api(alias);
  return { id: (await coordinator.call('getMe', {})).ok.institutionId, coordinator };
}

test('the congress is called for, reviewed, planned, registered for, held and counted', async () => {
  const [minsk, dimitrovgrad, kazior, almazov, bishkek, shanghai] = [
    ...[await partner('alexandrov'), await partner('dimitrovgrad'), await partner('kazior')],
    ...[await partner('almazov'), await partner('bishkek'), await partner('shanghai')],
  ] as [Institution, Institution, Institution, Institution, Institution, Institution];

  // Six places in Minsk, two of them kept for Bishkek; online there are more.
  const year = 2196;
  const scene = await anEvent(
    { organiser: minsk, guest: kazior },
    {
      title: {
        en: 'Congress of Oncologists of the CIS and Eurasia',
        ru: 'Съезд онкологов и радиологов стран СНГ и Евразии',
      },
      coOrganisers: [dimitrovgrad.id],
      languages: ['ru', 'en', 'zh'],
      timeZone: 'Europe/Minsk',
      starts: `${String(year)}-04-23T09:00`,
      ends: `${String(year)}-04-25T18:00`,
      visibility: 'public',
      sponsors: [{ name: { en: 'Belarusian Association of Doctors' } }],
      places: {
        'on-site': {
          capacity: 6,
          kept: [{ institutionId: bishkek.id, places: 2, releaseDate: `${String(year)}-04-01` }],
        },
        online: { capacity: 5 },
      },
      rooms: [{ id: 'great-hall', name: { en: 'Great Hall', ru: 'Большой зал' } }],
      tracks: [{ id: 'children', name: { en: 'Children with brain tumours' } }],
      call: aCall({ reviewsPerAbstract: 2 }),
    },
  );
  const { event } = scene;
  const params = { eventId: event.id };

  // Abstracts come from three institutions; nobody judges their own.
  const reviewers = [
    await aReviewer(scene, { institution: almazov }),
    await aReviewer(scene, { institution: kazior }),
    await aReviewer(scene, { institution: shanghai }),
  ];
  const from = async (institution: Institution, title: string) => {
    const affiliation = { name: 'Cancer centre', country: 'KZ', institutionId: institution.id };
    const body = { title, authors: [anAuthor({ presenting: true, affiliation })] };
    return (await submitAbstract(scene, institution, body)).ok;
  };
  const abstracts = [
    await from(kazior, 'Craniospinal protons in Almaty children'),
    await from(almazov, 'Gamma Knife after protons'),
    await from(bishkek, 'Waiting for protons abroad'),
  ] as const;
  await closeCall(scene);
  for (const abstract of abstracts) {
    expect((await abstractSeenBy(minsk.coordinator, abstract)).reviewersAssigned).toBe(2);
    for (const { client, institution } of reviewers) {
      const answer = await actOnAbstract(client, 'reviewAbstract', abstract, { score: 80 });
      const own = institution.id === abstract.institutionId;
      expect([own ? 'role-not-permitted' : '200', 'not-found']).toContain(answer.code);
    }
  }
  const [protons, knife, waiting] = abstracts;
  for (const abstract of [protons, knife]) await actOnAbstract(minsk.coordinator, 'acceptAbstract', abstract);
  await actOnAbstract(minsk.coordinator, 'rejectAbstract', waiting, { reason: 'scope' });

  // The programme.
  const at = (hours: string, until: string) => ({
    starts: `${String(year)}-04-23T${hours}`,
    ends: `${String(year)}-04-23T${until}`,
  });
  const chairs = [
    { code: 'CHR-1', institutionId: dimitrovgrad.id, displayName: 'Chair from Dimitrovgrad', consent: true },
  ];
  const opening = (await addSession(scene, { ...at('09:00', '10:00'), kind: 'plenary', room: 'great-hall', chairs }))
    .ok;
  const children = (
    await addSession(scene, {
      ...at('10:00', '12:00'),
      room: 'great-hall',
      track: 'children',
      link: 'https://meet.example.org/1',
    })
  ).ok;
  expect((await addSession(scene, { ...at('09:30', '10:30'), room: 'great-hall' })).code).toBe('session-clash');
  for (const abstract of [protons, knife]) {
    await actOnAbstract(minsk.coordinator, 'placeAbstract', abstract, { sessionId: children.id });
  }
  const timetable = (await shanghai.coordinator.call('getTimetable', { params })).ok;
  expect(timetable.days[0]?.sessions.map(({ abstracts: placed }) => placed.length)).toEqual([0, 2]);
  const book = String((await shanghai.coordinator.call('getBookOfAbstracts', { params })).body);
  expect(book).toContain('Craniospinal protons');
  expect(book).not.toContain('Waiting for protons abroad');

  // Places: four are anybody's, and the two of Bishkek are Bishkek's.
  const group = [anAttendee({ needs: { dietary: ['halal'] } }), anAttendee(), anAttendee()];
  const together = (await registerFor(scene, kazior, { attendees: group, together: true })).ok;
  expect(together.status).toBe('confirmed');
  const speaker = (await registerFor(scene, dimitrovgrad)).ok;
  const late = (await registerFor(scene, shanghai)).ok;
  const theirs = (await registerFor(scene, bishkek)).ok;
  const online = (await registerFor(scene, almazov, { mode: 'online' })).ok;
  expect([speaker, late, theirs, online].map(({ status }) => status)).toEqual([
    ...['confirmed', 'waitlisted', 'confirmed', 'confirmed'],
  ]);
  expect((await eventSeenBy(minsk, event)).ok.balance).toMatchObject({ 'on-site': { taken: 5, waitlist: true } });
  await actOnRegistration(dimitrovgrad, 'cancelRegistration', speaker);
  expect((await registrationSeenBy(shanghai, late)).status).toBe('offered');
  expect((await actOnRegistration(shanghai, 'acceptRegistrationOffer', late)).ok.status).toBe('confirmed');

  // The calendar, as another program reads it.
  const text = (await anonymous.call('getEventCalendar', { params })).ok;
  const entries = new ICAL.Component(ICAL.parse(text) as unknown[]).getAllSubcomponents('vevent');
  const uids = entries.map((entry) => String(entry.getFirstPropertyValue('uid')));
  expect(uids.toSorted()).toEqual([event.id, opening.id, children.id].map((id) => `${id}@oncology-hub`).toSorted());

  // It is held: who came is said by an offline desk, one of Almaty's three did not.
  await moveInTime(scene, `${day(0)}T00:00`, `${day(1)}T23:00`);
  const came = [...(together.group ?? []).slice(0, 2), late.id, theirs.id, online.id];
  const at9 = new Date(Date.now() - 60_000).toISOString();
  const body = { checkIns: came.map((registrationId) => ({ registrationId, at: at9 })) };
  const { results } = (await minsk.coordinator.call('checkInBatch', { params, body })).ok;
  expect(results.map(({ result }) => result)).toEqual(came.map(() => 'checked-in'));
  await caughtUp();
  await moveInTime(scene, `${day(-2)}T00:00`, `${day(-1)}T00:00`);
  expect((await eventSeenBy(minsk, event)).ok.status).toBe('completed');

  // Certificates, and the report.
  const credential = await bishkek.coordinator.call('issueAttendanceCredential', {
    params: { registrationId: theirs.id },
    body: { displayName: 'Attendee from Bishkek', consent: true },
  });
  const page = await anonymous.call('getCredential', {
    params: { credentialId: credential.ok.id },
    headers: { accept: 'text/html' },
  });
  expect(String(page.body)).toContain('Congress of Oncologists of the CIS and Eurasia');
  await hub.runSchedule('EventsSweepSchedule');
  const report = (await minsk.coordinator.call('reportEvents', { query: { year, limit: 100 } })).ok.items;
  const figures = report.map(({ country, registered, confirmed, attended, noShows, abstracts: submitted }) => ({
    ...{ country, registered, confirmed, attended, noShows, submitted },
  }));
  expect(figures).toEqual([
    { country: 'CN', registered: 1, confirmed: 1, attended: 1, noShows: 0, submitted: 0 },
    { country: 'KG', registered: 1, confirmed: 1, attended: 1, noShows: 0, submitted: 1 },
    { country: 'KZ', registered: 3, confirmed: 3, attended: 2, noShows: 1, submitted: 1 },
    { country: 'RU', registered: 2, confirmed: 1, attended: 1, noShows: 0, submitted: 1 },
  ]);
}, 120_000);
