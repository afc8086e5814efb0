import ical, { type ICalEventData, ICalEventStatus, type ICalLuxonDateTimeStub } from 'ical-generator';

import { momentOf } from '../shared/days.ts';
import type { LocalizedText } from '../shared/values.ts';
import { vtimezone } from './calendar-zones.ts';
import type { Event } from './event-model.ts';
import type { ShownSession } from './session-model.ts';

/** Calendars as programs read them [RFC 5545, RFC 7986], from events and sessions. */

/** What a calendar is made of. */
export interface Calendar {
  readonly name: string;
  /** Where it is found. */
  readonly source: string;
  readonly events: readonly Event[];
  /** Of each event those of its sessions that are shown. */
  readonly sessions?: readonly ShownSession[];
  /** Whether links to what is online are shown. */
  readonly links: boolean;
  /** The language that is wanted, where there are several. */
  readonly language: string | undefined;
}

/** Seconds after which a program looks again. */
const REFRESH = 3600;
/** The library takes no other names; what is meant is put in its place, which is no longer. */
const CONFERENCE = 'X-CONFERENCE-VALUE-URI-FEATURE-VIDEO';

/**
 * A date and time as the clocks of a place show it. The library takes such from several libraries, of which it asks only
 * this: the clocks have been read already.
 */
class LocalTime implements ICalLuxonDateTimeStub {
  readonly isValid = true;
  readonly zone = { type: 'iana' };
  readonly #local: string;
  readonly #timeZone: string;

  constructor(local: string, timeZone: string) {
    this.#local = local;
    this.#timeZone = timeZone;
  }

  setZone(): this {
    return this;
  }

  toFormat(format: string): string {
    const [date = '', time = ''] = this.#local.split('T');
    return format === 'HHmmss' ? `${time.replace(':', '')}00` : date.replaceAll('-', '');
  }

  toJSDate(): Date {
    return momentOf(this.#local, this.#timeZone);
  }

  toJSON(): string {
    return this.#local;
  }
}

/** Text in the language that is wanted, or else in one that is there. */
function textIn(text: LocalizedText, { languages }: Event, wanted: string | undefined): string {
  const order = [wanted, 'en', ...languages, ...Object.keys(text)];
  return (
    order.map((language) => (language === undefined ? undefined : text[language])).find((each) => each !== undefined) ??
    ''
  );
}

function placeOf(event: Event, language: string | undefined): string | null {
  const { place } = event.venue;
  if (place === undefined) return null;
  const { address, city } = place;
  const parts = [...(address === undefined ? [] : [address]), city].map((text) => textIn(text, event, language));
  return [...parts, place.country].join(', ');
}

/** What entries of events and sessions have in common. */
function entryOf(
  { id, starts, ends, status, updatedAt, createdAt }: Event | ShownSession,
  timeZone: string,
  link: string | undefined,
): ICalEventData {
  return {
    id: `${id}@oncology-hub`,
    start: new LocalTime(starts, timeZone),
    end: new LocalTime(ends, timeZone),
    timezone: timeZone,
    stamp: new Date(updatedAt),
    created: new Date(createdAt),
    lastModified: new Date(updatedAt),
    status: status === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    ...(link === undefined ? {} : { x: { [CONFERENCE]: link } }),
  };
}

function eventEntry(event: Event, { links, language }: Calendar): ICalEventData {
  const { kind, title, summary, venue, version, timeZone } = event;
  return {
    ...entryOf(event, timeZone, links ? venue.link : undefined),
    summary: textIn(title, event, language),
    description: summary === undefined ? null : textIn(summary, event, language),
    location: placeOf(event, language),
    categories: [{ name: kind.toUpperCase() }],
    sequence: version - 1,
  };
}

function sessionEntry(session: ShownSession, event: Event, { links, language }: Calendar): ICalEventData {
  const room = event.rooms.find(({ id }) => id === session.room);
  const speakers = session.speakers.flatMap(({ displayName }) => displayName ?? []);
  return {
    ...entryOf(session, event.timeZone, links ? (session.link ?? event.venue.link) : undefined),
    summary: textIn(session.title, event, language),
    description: speakers.length === 0 ? null : speakers.join(', '),
    location: room === undefined ? placeOf(event, language) : textIn(room.name, event, language),
    categories: [{ name: session.kind.toUpperCase() }],
    sequence: session.sequence,
  };
}

/** The calendar as text; the same for the same events. */
export function calendarText(calendar: Calendar): string {
  const { name, source, events, sessions = [] } = calendar;
  const years = events.flatMap(({ starts, ends }) => [Number(starts.slice(0, 4)), Number(ends.slice(0, 4))]);
  const [from, to] = [Math.min(...years), Math.max(...years)];
  const byId = new Map(events.map((event) => [event.id, event]));
  const made = ical({
    ...{
      name,
      source,
      ttl: REFRESH,
      prodId: { company: 'oncology-hub', product: 'collaboration-hub', language: 'EN' },
    },
    timezone: { name: null, generator: (timeZone) => vtimezone(timeZone, from, to) },
    events: [
      ...events.map((event) => eventEntry(event, calendar)),
      ...sessions.flatMap((session) => {
        const event = byId.get(session.eventId);
        return event === undefined ? [] : [sessionEntry(session, event, calendar)];
      }),
    ],
  });
  return made.toString().replaceAll(`\n${CONFERENCE}:`, '\nCONFERENCE;VALUE=URI;FEATURE=VIDEO:');
}
