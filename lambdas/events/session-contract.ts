import * as z from 'zod/mini';

import { doneBy, readBy, STAFF } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { ImpossibleDates } from '../shared/meeting-errors.ts';
import { distinct, Link } from '../shared/meetings.ts';
import {
  CalendarDate,
  Id,
  Instant,
  LanguageTag,
  LocalDateTime,
  LocalizedText,
  looksPersonal,
  PageQuery,
  pageOf,
} from '../shared/values.ts';
import { eventParams, Slug } from './contract-parts.ts';
import { EventStateConflict } from './errors.ts';
import { ProgrammeUnknown, SessionCancelled, SessionClash } from './session-errors.ts';

/** The programme of an event: its sessions, and the timetable they make. */

const sessionParams = z.strictObject({ eventId: Id, sessionId: Id });

const KINDS = ['plenary', 'lecture', 'oral', 'poster', 'workshop', 'panel', 'discussion', 'break', 'other'] as const;

const DisplayName = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(120),
  z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  z.refine((text) => !looksPersonal(text), 'must be a name, without an address or number'),
);

const shownPerson = {
  code: z
    .string()
    .check(z.regex(/^[A-Z]+-[0-9]{1,6}$/, 'must be capitals, a hyphen and digits, such as SPK-014'))
    .register(z.globalRegistry, { description: 'By which the event knows them, such as `SPK-014`.' }),
  institutionId: z.optional(Id),
  displayName: z.optional(DisplayName).register(z.globalRegistry, { description: 'As the programme calls them.' }),
};
const SessionPerson = z
  .strictObject(shownPerson)
  .register(z.globalRegistry, { id: 'SessionPerson', description: 'Who chairs a session or speaks in it.' });
export type SessionPerson = z.infer<typeof SessionPerson>;

const GivenPerson = z
  .strictObject({
    ...shownPerson,
    consent: z.optional(z.literal(true)).register(z.globalRegistry, {
      description: 'That they agree to their name being in the programme; with `displayName`.',
    }),
  })
  .check(
    z.refine(({ displayName, consent }) => displayName === undefined || consent === true, {
      error: 'must be there for a name',
      path: ['consent'],
    }),
  );
const once = (people: readonly { readonly code: string }[]): boolean =>
  new Set(people.map(({ code }) => code)).size === people.length;
const People = z.array(GivenPerson).check(z.maxLength(20), z.refine(once, 'must name each once'));

const described = {
  title: LocalizedText,
  kind: z.enum(KINDS),
  starts: LocalDateTime,
  ends: LocalDateTime,
  room: z.optional(Slug),
  track: z.optional(Slug),
  link: z.optional(Link),
  languages: z._default(distinct(LanguageTag, 10), []),
};

export const Session = z
  .strictObject({
    id: Id,
    eventId: Id,
    ...described,
    chairs: z.array(SessionPerson),
    speakers: z.array(SessionPerson),
    abstracts: z
      .array(Id)
      .register(z.globalRegistry, { description: 'Accepted abstracts that have their place in it.' }),
    status: z.enum(['planned', 'cancelled']),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Session', description: 'A part of the programme of an event.' });
export type SessionRepresentation = z.infer<typeof Session>;

const TimetableEntry = z
  .strictObject({
    ...Session.shape,
    startsAt: Instant,
    endsAt: Instant,
  })
  .register(z.globalRegistry, { id: 'TimetableEntry', description: 'A session, with its time in UTC, too.' });

export const Timetable = z
  .strictObject({
    eventId: Id,
    timeZone: z.string(),
    rooms: z.array(z.strictObject({ id: z.string(), name: LocalizedText })),
    tracks: z.array(z.strictObject({ id: z.string(), name: LocalizedText })),
    days: z.array(z.strictObject({ date: CalendarDate, sessions: z.array(TimetableEntry) })),
  })
  .register(z.globalRegistry, { id: 'Timetable', description: 'The sessions of an event by day, in order.' });
export type TimetableRepresentation = z.infer<typeof Timetable>;

const one = { status: 200, description: 'The session.', schema: Session, etag: true } as const;
const judged = [NotFound, ImpossibleDates, ProgrammeUnknown, SessionClash, EventStateConflict];

export const sessionRoutes = defineRoutes({
  createSession: {
    operationId: 'createSession',
    method: 'POST',
    path: '/v1/events/{eventId}/sessions',
    summary: 'Add a session to the programme',
    description: 'No room, and nobody who chairs or speaks, is in two sessions at a time.',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'host'),
    params: eventParams,
    body: z.strictObject({ ...described, chairs: z._default(People, []), speakers: z._default(People, []) }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The session.', schema: Session, etag: true },
    problems: judged,
  },
  listSessions: {
    operationId: 'listSessions',
    method: 'GET',
    path: '/v1/events/{eventId}/sessions',
    summary: 'The sessions of an event',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: eventParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of sessions, in no particular order.',
      schema: pageOf(Session, 'SessionPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getTimetable: {
    operationId: 'getTimetable',
    method: 'GET',
    path: '/v1/events/{eventId}/timetable',
    summary: 'All sessions of an event by day, in order',
    description: 'Those that are cancelled are among them, and say so.',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: eventParams,
    response: { status: 200, description: 'The timetable.', schema: Timetable },
    problems: [NotFound],
  },
  getSession: {
    operationId: 'getSession',
    method: 'GET',
    path: '/v1/events/{eventId}/sessions/{sessionId}',
    summary: 'One session',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: sessionParams,
    response: one,
    problems: [NotFound],
  },
  updateSession: {
    operationId: 'updateSession',
    method: 'PATCH',
    path: '/v1/events/{eventId}/sessions/{sessionId}',
    summary: 'Change a session',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'host'),
    params: sessionParams,
    body: z.strictObject({
      title: z.exactOptional(LocalizedText),
      kind: z.exactOptional(z.enum(KINDS)),
      starts: z.exactOptional(LocalDateTime),
      ends: z.exactOptional(LocalDateTime),
      room: z.exactOptional(Slug),
      track: z.exactOptional(Slug),
      link: z.exactOptional(Link),
      languages: z.exactOptional(described.languages.def.innerType),
      chairs: z.exactOptional(People),
      speakers: z.exactOptional(People),
    }),
    ifMatch: 'required',
    response: one,
    problems: [...judged, SessionCancelled],
  },
  cancelSession: {
    operationId: 'cancelSession',
    method: 'DELETE',
    path: '/v1/events/{eventId}/sessions/{sessionId}',
    summary: 'Take a session out of the programme',
    description: 'Its room and its people are free then. It stays as `cancelled`, so that calendars are told.',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'host'),
    params: sessionParams,
    ifMatch: 'required',
    response: one,
    problems: [NotFound, EventStateConflict, SessionCancelled],
  },
});
export type SessionBody = z.output<typeof sessionRoutes.createSession.body>;
export type SessionChange = z.output<typeof sessionRoutes.updateSession.body>;
