import * as z from 'zod/mini';

import { doneBy, STAFF, seenBy } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, LanguageTag, PageQuery, pageOf } from '../shared/values.ts';
import { eventParams } from './contract-parts.ts';

/** Calendars that people subscribe to, and the links by which an institution's own are secret. */

const CALENDAR = 'text/calendar';

const linkShape = { id: Id, institutionId: Id, createdAt: Instant, revokedAt: z.optional(Instant) };
const CalendarLink = z
  .strictObject({
    ...linkShape,
    key: z
      .string()
      .register(z.globalRegistry, { description: 'What makes the link secret: `?key=` of both calendars.' }),
    url: z.url().register(z.globalRegistry, { description: 'What to give to a calendar program.' }),
  })
  .register(z.globalRegistry, {
    id: 'CalendarLink',
    description:
      'A secret link to the calendar of an institution. Whoever has it sees what all of the institution may.',
  });
const CalendarLinkEntry = z
  .strictObject(linkShape)
  .register(z.globalRegistry, { id: 'CalendarLinkEntry', description: 'A secret link, without what makes it secret.' });

const query = z.strictObject({
  key: z.optional(z.string().check(z.minLength(1), z.maxLength(200))).register(z.globalRegistry, {
    description: 'Of a secret link: then it has what the institution may see, with links to what is online.',
  }),
  lang: z.optional(LanguageTag).register(z.globalRegistry, {
    description: 'The language that titles are wanted in, where there are several.',
  }),
});

const calendar = { scopes: 'public', access: {}, query } as const;
const file = { status: 200, description: 'A calendar [RFC 5545, RFC 7986].', mediaType: CALENDAR } as const;

export const calendarRoutes = defineRoutes({
  getCalendar: {
    ...calendar,
    operationId: 'getCalendar',
    method: 'GET',
    path: '/v1/calendar.ics',
    summary: 'The calendar of public events, or of an institution by its secret link',
    description: 'What is not over for ninety days, up to five hundred events. What is cancelled says so.',
    response: file,
    problems: [NotFound],
  },
  getEventCalendar: {
    ...calendar,
    operationId: 'getEventCalendar',
    method: 'GET',
    path: '/v1/events/{eventId}/calendar.ics',
    summary: 'The calendar of an event: the event, and each of its sessions',
    description: 'Of a public event for everybody; of others by the secret link of an institution that may see it.',
    params: eventParams,
    response: file,
    problems: [NotFound],
  },
  createCalendarLink: {
    operationId: 'createCalendarLink',
    method: 'POST',
    path: '/v1/calendar-links',
    summary: 'Make a secret link to the calendar of your institution',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'self'),
    body: z.strictObject({}),
    bodyOptional: true,
    idempotencyKey: 'required',
    response: { status: 201, description: 'The link; its key is shown here alone.', schema: CalendarLink },
    problems: [],
  },
  listCalendarLinks: {
    operationId: 'listCalendarLinks',
    method: 'GET',
    path: '/v1/calendar-links',
    summary: 'The secret links of your institution',
    scopes: ['hub/events.read'],
    access: seenBy(STAFF, 'self'),
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of links, oldest first.',
      schema: pageOf(CalendarLinkEntry, 'CalendarLinkPage'),
    },
    problems: [InvalidCursor],
  },
  revokeCalendarLink: {
    operationId: 'revokeCalendarLink',
    method: 'POST',
    path: '/v1/calendar-links/{linkId}/revoke',
    summary: 'Revoke a secret link: nobody sees anything by it any more',
    description: 'Done again, it changes nothing.',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'self'),
    params: z.strictObject({ linkId: Id }),
    body: z.strictObject({}),
    bodyOptional: true,
    response: { status: 200, description: 'The link.', schema: CalendarLinkEntry },
    problems: [NotFound],
  },
});
