import type { EventRepresentation } from '../../lambdas/events/event-contract.ts';
import { aCall, submitAbstract } from './abstracts.ts';
import { anInstitution, type Institution } from './factories.ts';
import { anAttended, registerFor } from './registrations.ts';
import { addSession } from './sessions.ts';
import { day } from './training.ts';

/** Events, and those who have to do with them. */

export const anEventBody = (over: object = {}) => ({
  kind: 'congress',
  title: { en: 'Congress of oncologists', ru: 'Съезд онкологов' },
  languages: ['ru', 'en'],
  timeZone: 'UTC',
  starts: `${day(30)}T09:00`,
  ends: `${day(32)}T18:00`,
  venue: { place: { country: 'BY', city: { en: 'Minsk', ru: 'Минск' } }, link: 'https://meet.example.org/congress' },
  places: { 'on-site': { capacity: 3 }, online: { capacity: 2 } },
  registration: { from: day(-1), to: day(20) },
  ...over,
});

/** An event and everybody around it. */
export interface Occasion {
  readonly organiser: Institution;
  readonly guest: Institution;
  readonly event: EventRepresentation;
}

/** A published event; what is not given is made. @param over of its body */
export async function anEvent(
  { organiser, guest }: Partial<Omit<Occasion, 'event'>> = {},
  over: object = {},
): Promise<Occasion> {
  const organising = organiser ?? (await anInstitution());
  const body = anEventBody({ publish: true, ...over });
  const { ok } = await organising.coordinator.call('createEvent', { body });
  return { organiser: organising, guest: guest ?? (await anInstitution()), event: ok };
}

export async function changeEvent({ organiser, event }: Pick<Occasion, 'organiser' | 'event'>, body: object) {
  const params = { eventId: event.id };
  const ifMatch = String((await organiser.coordinator.call('getEvent', { params })).headers.etag);
  return organiser.coordinator.call('updateEvent', { params, body, ifMatch });
}

export async function eventSeenBy({ coordinator }: Institution, { id }: Pick<EventRepresentation, 'id'>) {
  return coordinator.call('getEvent', { params: { eventId: id } });
}

/** What stands in the paths of an event, by parameter; its institutions are the scene's own. */
export async function eventPaths(organiser: Institution, guest: Institution): Promise<Record<string, string>> {
  const scene = await anEvent({ organiser, guest }, { places: { 'on-site': { capacity: 9 } }, call: aCall() });
  const { event } = scene;
  // Lists have pages.
  const { ok: registration } = await anAttended(await anEvent({ organiser, guest }));
  await registerFor(scene, guest);
  await registerFor(scene, guest);
  const { ok: session } = await addSession(scene);
  await addSession(scene);
  const { ok: abstract } = await submitAbstract(scene, guest);
  await submitAbstract(scene, guest);
  for (const subject of ['reviewer-1', 'reviewer-2']) {
    const body = { subject, institutionId: organiser.id, topics: ['protons'] };
    await organiser.coordinator.call('appointReviewer', { params: { eventId: event.id }, body });
  }
  const { ok: link } = await organiser.coordinator.call('createCalendarLink', {});
  await organiser.coordinator.call('createCalendarLink', {});
  return {
    ...{ eventId: event.id, linkId: link.id, registrationId: registration.id },
    ...{ sessionId: session.id, abstractId: abstract.id },
  };
}
