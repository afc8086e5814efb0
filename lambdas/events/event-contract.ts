import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NamedInstitutionNotActive, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { ImpossibleDates, InvitationMissing } from '../shared/meeting-errors.ts';
import { CANCELLATION_REASONS, Days, distinct } from '../shared/meetings.ts';
import {
  CalendarDate,
  Id,
  Instant,
  LanguageTag,
  LocalDateTime,
  LocalizedText,
  PageQuery,
  pageOf,
  TimeZone,
} from '../shared/values.ts';
import { Call } from './abstract-contract-parts.ts';
import {
  Cases,
  EventKind,
  EventVenue,
  eventParams,
  Fee,
  Institutions,
  PlacePlan,
  Rooms,
  Sponsors,
  Tracks,
} from './contract-parts.ts';
import { CapacityBelowConfirmed, EventStateConflict, PlacesDoNotAddUp, TelebridgeOnly } from './errors.ts';
import { ProgrammeInUse } from './session-errors.ts';

/** Events: what is held, when, where, for how many and whom. */

export const EVENT_STATUSES = ['draft', 'published', 'open', 'closed', 'running', 'completed', 'cancelled'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

const described = {
  title: LocalizedText,
  summary: z.optional(LocalizedText),
  coOrganisers: z._default(Institutions(5), []).register(z.globalRegistry, {
    description: 'Institutions that organise it with you, and may do all that you may.',
  }),
  languages: distinct(LanguageTag, 10).check(z.minLength(1)),
  timeZone: TimeZone,
  starts: LocalDateTime,
  ends: LocalDateTime,
  venue: z._default(EventVenue, {}),
  approval: z._default(z.boolean(), false).register(z.globalRegistry, {
    description: 'Whether the organiser approves each registration.',
  }),
  offerHours: z._default(z.int().check(z.minimum(1), z.maximum(168)), 48).register(z.globalRegistry, {
    description: 'For how long a place that has become free is held for who waits; no longer than the event lasts.',
  }),
  fee: z.optional(Fee),
  sponsors: z._default(Sponsors, []),
  invited: z._default(Institutions(20), []).register(z.globalRegistry, {
    description: 'Institutions that are invited: the participants of a telebridge.',
  }),
  cases: z._default(Cases, []),
  rooms: z._default(Rooms, []),
  tracks: z._default(Tracks, []),
  call: z.optional(Call),
};

const Visibility = z.enum(['public', 'partners', 'invited']).register(z.globalRegistry, {
  description: '`public`: in the public calendar, too; `partners`: all of the Hub; `invited`: nobody else knows of it.',
});

const ModeBalance = z
  .strictObject({ taken: z.int(), free: z.int(), waitlist: z.boolean() })
  .register(z.globalRegistry, {
    id: 'ModeBalance',
    description: 'How many places are taken or held, how many are free, and whether somebody waits for one.',
  });

export const Event = z
  .strictObject({
    id: Id,
    organiserId: Id,
    kind: EventKind,
    ...described,
    places: PlacePlan,
    registration: Days,
    visibility: Visibility,
    illustrative: z.optional(z.boolean()),
    status: z.enum(EVENT_STATUSES).register(z.globalRegistry, {
      description:
        'Now: only its organisers see a `draft`; `published`, nobody can register yet; `open`, one can; `closed`, no longer; `running`; `completed`; `cancelled`.',
    }),
    cancellationReason: z.optional(z.enum(CANCELLATION_REASONS)),
    balance: z
      .optional(z.strictObject({ 'on-site': z.optional(ModeBalance), online: z.optional(ModeBalance) }))
      .register(z.globalRegistry, { description: 'Only where one event is read.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Event', description: 'A congress, conference, seminar or telebridge.' });
export type EventRepresentation = z.infer<typeof Event>;

const one = { status: 200, description: 'The event.', schema: Event, etag: true } as const;

export const eventRoutes = defineRoutes({
  createEvent: {
    operationId: 'createEvent',
    method: 'POST',
    path: '/v1/events',
    summary: 'Draft an event, or publish it at once',
    description:
      'Your institution becomes its organiser. A telebridge takes one request: title, time and participants, with `publish`; it is for those who are invited, and has a hundred places online, unless you say otherwise. Registration is open from today to the last day unless said.',
    scopes: ['hub/events.write'],
    access: doneBy(COORDINATORS, 'self'),
    body: z
      .strictObject({
        kind: EventKind,
        ...described,
        places: z.optional(PlacePlan),
        registration: z.optional(Days),
        visibility: z.optional(Visibility),
        publish: z._default(z.boolean(), false),
        illustrative: z.optional(z.boolean()).register(z.globalRegistry, { description: 'An illustration.' }),
      })
      .check(
        z.refine(({ kind, places }) => kind === 'telebridge' || places !== undefined, {
          error: 'must say how many places there are',
          path: ['places'],
        }),
      ),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The event.', schema: Event, etag: true },
    problems: [
      ImpossibleDates,
      PlacesDoNotAddUp,
      TelebridgeOnly,
      InvitationMissing,
      EventStateConflict,
      InstitutionNotActive,
      NamedInstitutionNotActive,
    ],
  },
  listEvents: {
    operationId: 'listEvents',
    method: 'GET',
    path: '/v1/events',
    summary: 'Events',
    description:
      'What all partners may see, in the order in which it begins; or, by `view`, your own or what you are invited to.',
    scopes: ['hub/events.read'],
    access: readBy('self', 'partner'),
    query: z.strictObject({
      ...PageQuery,
      view: z._default(z.enum(['published', 'own', 'invited']), 'published'),
      from: z.optional(CalendarDate).register(z.globalRegistry, {
        description: 'Only what begins on this day or later; of what is `published`.',
      }),
    }),
    response: { status: 200, description: 'A page of events.', schema: pageOf(Event, 'EventPage') },
    problems: [InvalidCursor],
  },
  getEvent: {
    operationId: 'getEvent',
    method: 'GET',
    path: '/v1/events/{eventId}',
    summary: 'One event, and how many places are free',
    description:
      'The ETag covers what its organisers have said. Who registers, and time that passes, do not change it.',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: eventParams,
    response: one,
    problems: [NotFound],
  },
  updateEvent: {
    operationId: 'updateEvent',
    method: 'PATCH',
    path: '/v1/events/{eventId}',
    summary: 'Change or publish an event',
    description: 'More places go to those who wait, at once.',
    scopes: ['hub/events.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: eventParams,
    body: z.strictObject({
      title: z.exactOptional(LocalizedText),
      summary: z.exactOptional(LocalizedText),
      coOrganisers: z.exactOptional(described.coOrganisers.def.innerType),
      languages: z.exactOptional(described.languages),
      timeZone: z.exactOptional(TimeZone),
      starts: z.exactOptional(LocalDateTime),
      ends: z.exactOptional(LocalDateTime),
      venue: z.exactOptional(EventVenue),
      places: z.exactOptional(PlacePlan),
      registration: z.exactOptional(Days),
      approval: z.exactOptional(z.boolean()),
      offerHours: z.exactOptional(described.offerHours.def.innerType),
      fee: z.exactOptional(Fee),
      sponsors: z.exactOptional(Sponsors),
      visibility: z.exactOptional(Visibility),
      invited: z.exactOptional(described.invited.def.innerType),
      cases: z.exactOptional(Cases),
      rooms: z.exactOptional(Rooms),
      tracks: z.exactOptional(Tracks),
      call: z.exactOptional(Call),
      status: z.exactOptional(z.literal('published')),
    }),
    ifMatch: 'required',
    response: one,
    problems: [
      NotFound,
      ImpossibleDates,
      PlacesDoNotAddUp,
      CapacityBelowConfirmed,
      TelebridgeOnly,
      InvitationMissing,
      EventStateConflict,
      ProgrammeInUse,
      NamedInstitutionNotActive,
    ],
  },
  cancelEvent: {
    operationId: 'cancelEvent',
    method: 'POST',
    path: '/v1/events/{eventId}/cancel',
    summary: '→ cancelled: the event is not held',
    description: 'Every registration ends, and those who have registered are told.',
    scopes: ['hub/events.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: eventParams,
    body: z.strictObject({ reason: z.enum(CANCELLATION_REASONS) }),
    idempotencyKey: 'optional',
    ifMatch: 'optional',
    response: one,
    problems: [NotFound, EventStateConflict],
  },
});
export type EventBody = z.output<typeof eventRoutes.createEvent.body>;
export type EventChange = z.output<typeof eventRoutes.updateEvent.body>;
