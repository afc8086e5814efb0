import type { Deed, Versioned } from '../shared/auth/agent.ts';
import { momentOf } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import { impossible } from '../shared/meetings.ts';
import type { Event } from './event-model.ts';
import type {
  SessionBody,
  SessionChange,
  SessionPerson,
  SessionRepresentation,
  TimetableRepresentation,
} from './session-contract.ts';
import { ProgrammeInUse, ProgrammeUnknown, SessionCancelled, SessionClash } from './session-errors.ts';

/** Sessions as the Hub keeps them, and every decision about them. Pure. */

export interface Session extends SessionRepresentation, Versioned {
  /** Counts the changes that a calendar has to hear of [RFC 5545, SEQUENCE]. */
  readonly sequence: number;
  /** Institutions that are told of its changes. */
  readonly concerned: readonly string[];
}

/** What is shown of a session, here or in a calendar. */
export type ShownSession = SessionRepresentation & Pick<Session, 'sequence'>;

/** What a room or a person is occupied by: from when to when, in milliseconds since 1970, by the session. */
export type Slots = Readonly<Record<string, readonly [from: number, to: number]>>;

/** A room or a person, as a key of what is occupied: `ROOM#<id>` or `PERSON#<code>`. */
export type Occupied = `ROOM#${string}` | `PERSON#${string}`;

/** @throws Problem `impossible-dates`, `programme-unknown` */
function requireWithin({ starts, ends, room, track }: Session, event: Event): void {
  if (ends <= starts) throw impossible('/ends', 'must be after starts');
  if (starts < event.starts || ends > event.ends) {
    throw impossible(starts < event.starts ? '/starts' : '/ends', 'must lie within the event');
  }
  const refuse = (pointer: string, message: string): Problem =>
    new Problem(ProgrammeUnknown, `The field ${message}.`, { errors: [{ pointer, message }] });
  if (room !== undefined && !event.rooms.some(({ id }) => id === room))
    throw refuse('/room', 'must be a room of the event');
  if (track !== undefined && !event.tracks.some(({ id }) => id === track)) {
    throw refuse('/track', 'must be a track of the event');
  }
}

/** Consent is asked for, and not kept: a name is there by it alone. */
const named = (people: SessionBody['speakers']): SessionPerson[] => people.map(({ consent: _, ...person }) => person);

function concernedBy(
  { organiserId, coOrganisers, invited }: Event,
  { chairs, speakers }: Pick<Session, 'chairs' | 'speakers'>,
): string[] {
  const people = [...chairs, ...speakers].flatMap(({ institutionId }) => institutionId ?? []);
  return [...new Set([organiserId, ...coOrganisers, ...invited, ...people])];
}

/** @throws Problem `impossible-dates`, `programme-unknown` */
export function newSession(id: string, event: Event, body: SessionBody, { by, now }: Deed): Session {
  const at = now.toISOString();
  const people = { chairs: named(body.chairs), speakers: named(body.speakers) };
  const session: Session = {
    ...{ id, eventId: event.id, ...body, ...people, abstracts: [], status: 'planned', sequence: 0 },
    concerned: concernedBy(event, people),
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
  requireWithin(session, event);
  return session;
}

/** @throws Problem `session-cancelled`, `impossible-dates`, `programme-unknown` */
export function changedSession(session: Session, event: Event, change: SessionChange, deed: Deed): Session {
  const { chairs, speakers, ...said } = change;
  const people = {
    chairs: chairs === undefined ? session.chairs : named(chairs),
    speakers: speakers === undefined ? session.speakers : named(speakers),
  };
  const next = { ...nextOf(session, deed), ...said, ...people, concerned: concernedBy(event, people) };
  requireWithin(next, event);
  return next;
}

/** @throws Problem `session-cancelled` */
export function cancelledSession(session: Session, deed: Deed): Session {
  return { ...nextOf(session, deed), status: 'cancelled' };
}

function nextOf(session: Session, { by, now }: Deed): Session {
  if (session.status === 'cancelled') throw new Problem(SessionCancelled, 'The session is cancelled.');
  const { version, sequence } = session;
  return { ...session, version: version + 1, sequence: sequence + 1, updatedAt: now.toISOString(), by };
}

/** What a session occupies: its room, and everybody who chairs it or speaks in it. */
export function occupiedBy({ status, room, chairs, speakers }: Session): Occupied[] {
  if (status === 'cancelled') return [];
  const people = [...chairs, ...speakers].map(({ code }): Occupied => `PERSON#${code}`);
  return [...new Set<Occupied>([...(room === undefined ? [] : [`ROOM#${room}` as const]), ...people])];
}

/** From when to when, as moments: the clocks may be changed in between. */
export function slotOf(
  { starts, ends }: Pick<Session, 'starts' | 'ends'>,
  timeZone: string,
): readonly [number, number] {
  return [momentOf(starts, timeZone).getTime(), momentOf(ends, timeZone).getTime()];
}

/** The sessions that occupy something at a time, but for one. What ends as another begins does not. */
export function clashesIn(slots: Slots, [from, to]: readonly [number, number], except: string): string[] {
  return Object.entries(slots)
    .filter(([id, [begins, ends]]) => id !== except && begins < to && from < ends)
    .map(([id]) => id);
}

/** @throws Problem `session-clash` */
export function requireNoClash(
  session: Session,
  slot: readonly [number, number],
  slotsOf: ReadonlyMap<Occupied, Slots>,
): void {
  const clashes = occupiedBy(session).flatMap((occupied) => {
    const sessions = clashesIn(slotsOf.get(occupied) ?? {}, slot, session.id);
    if (sessions.length === 0) return [];
    const [kind, name = ''] = occupied.split('#');
    return [{ ...(kind === 'ROOM' ? { room: name } : { person: name }), sessions }];
  });
  if (clashes.length > 0) throw new Problem(SessionClash, 'A room or a person is elsewhere at the time.', { clashes });
}

/** What is planned stays possible when the event is changed. @throws Problem `programme-in-use` */
export function requireProgrammeKept(event: Event, sessions: readonly ShownSession[]): void {
  const lost = sessions.filter(({ status, starts, ends, room, track }) => {
    if (status === 'cancelled') return false;
    const hasRoom = room === undefined || event.rooms.some(({ id }) => id === room);
    const hasTrack = track === undefined || event.tracks.some(({ id }) => id === track);
    return !hasRoom || !hasTrack || starts < event.starts || ends > event.ends;
  });
  if (lost.length === 0) return;
  throw new Problem(ProgrammeInUse, 'Sessions would be without their room, their track or their time.', {
    sessions: lost.map(({ id }) => id),
  });
}

export function showSession({
  version: _,
  by: __,
  sequence: ___,
  concerned: ____,
  ...shown
}: Session): SessionRepresentation {
  return shown;
}

/** The sessions by day, in the order in which they begin. */
export function timetableOf(
  { id, timeZone, rooms, tracks }: Event,
  sessions: readonly ShownSession[],
): TimetableRepresentation {
  // The same moments come again and again.
  const instants = new Map<string, string>();
  const instantOf = (local: string): string => {
    const known = instants.get(local) ?? momentOf(local, timeZone).toISOString();
    instants.set(local, known);
    return known;
  };
  const place = ({ starts, room = '', id: session }: ShownSession): string => `${starts}#${room}#${session}`;
  const sorted = sessions
    .map((session) => ({ session, place: place(session) }))
    .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ session: { sequence: _, ...session } }) => ({
      ...session,
      startsAt: instantOf(session.starts),
      endsAt: instantOf(session.ends),
    }));
  const days = Map.groupBy(sorted, ({ starts }) => starts.slice(0, 10));
  return { eventId: id, timeZone, rooms, tracks, days: [...days].map(([date, all]) => ({ date, sessions: all })) };
}
