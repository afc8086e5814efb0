import type { Hub } from '../hub.ts';
import { caller, institution } from './caller.ts';
import { DEMO_EVENTS, type DemoEvent } from './events.ts';

/** Holds the events of the demonstration, through the API. */
export async function seedEvents(hub: Hub, year: number): Promise<void> {
  await Promise.all(DEMO_EVENTS.map((event) => makeEvent(hub, event, year)));
}

async function makeEvent(hub: Hub, event: DemoEvent, year: number): Promise<void> {
  const { organiser, key, invited = [], sessions, registered = {}, mode = 'on-site', abstracts = [] } = event;
  const post = await caller(hub, organiser, year);
  const { id } = await post(key, '/v1/events', {
    ...placed(event, year),
    ...{ invited: invited.map((alias) => institution(alias).id), illustrative: true, publish: true },
  });
  for (const [index, session] of (sessions?.(year) ?? []).entries()) {
    await post(`${key}-session-${String(index)}`, `/v1/events/${id}/sessions`, session);
  }
  for (const [alias, pseudonyms] of Object.entries(registered)) {
    const attendees = pseudonyms.map((pseudonym) => ({ pseudonym }));
    await (await caller(hub, alias, year))(`${key}-register`, `/v1/events/${id}/registrations`, { mode, attendees });
  }
  for (const { by, body } of abstracts) {
    await (await caller(hub, by, year))(`${key}-abstract`, `/v1/events/${id}/abstracts`, body);
  }
}

/** The event with its places, of which some are kept as long as one can register. */
function placed({ body, places, until, kept }: DemoEvent, year: number): Readonly<Record<string, unknown>> {
  const to = until?.(year);
  if (places === undefined || to === undefined) return body(year);
  const keeping =
    kept === undefined ? [] : [{ institutionId: institution(kept.for).id, places: kept.places, releaseDate: to }];
  const onSite = places['on-site'] === undefined ? {} : { 'on-site': { ...places['on-site'], kept: keeping } };
  return { ...body(year), places: { ...places, ...onSite }, registration: { from: `${String(year)}-01-01`, to } };
}
