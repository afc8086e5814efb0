import * as z from 'zod/mini';

import { readBy } from '../shared/auth/rules.ts';
import { Country } from '../shared/countries.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { CSV, defineRoutes } from '../shared/http/route.ts';
import { Id, institutionFilter, PageQuery } from '../shared/values.ts';
import { EventKind } from './contract-parts.ts';
import { EVENT_STATUSES } from './event-contract.ts';

/** What became of a year's events: a report from registrations and abstracts. */

const count = (description: string) => z.int().register(z.globalRegistry, { description });

const EventsReportRow = z
  .strictObject({
    year: count('Of the first day of the event, in its own time zone.'),
    eventId: Id,
    organiserId: Id,
    kind: EventKind,
    status: z.enum(EVENT_STATUSES),
    country: z.optional(Country).register(z.globalRegistry, {
      description: 'Of the institutions that have registered somebody. Absent where nobody has, or it is not known.',
    }),
    places: count('Of all modes; the same in all rows of the event.'),
    registered: count(
      'Registrations. They are one of: undecided, waiting, unconfirmed, confirmed, declined, lapsed, cancelled.',
    ),
    undecided: count('Wait for the organiser.'),
    waiting: count('Wait for a place.'),
    unconfirmed: count('Have a place that is not confirmed yet.'),
    confirmed: count('Confirmed, whether or not they came.'),
    online: count('Of the confirmed, those who take part online.'),
    attended: count('Of the confirmed, those who were checked in.'),
    noShows: count('Of the confirmed, those who were not checked in by the end of the event.'),
    declined: count('Declined by the organiser.'),
    lapsed: count('Had a place that nobody confirmed in time.'),
    cancelled: count('Cancelled, by them or with the event.'),
    abstracts: count('Submitted to the event, from institutions of the country.'),
    abstractsAccepted: count('Of these, those that were accepted.'),
    abstractsRejected: count('Of these, those that were rejected.'),
    abstractsWithdrawn: count('Of these, those that were withdrawn.'),
  })
  .register(z.globalRegistry, { id: 'EventsReportRow', description: 'Who took part in an event from one country.' });
export type EventsReportRow = z.infer<typeof EventsReportRow>;

const EventsReport = z
  .strictObject({ items: z.array(EventsReportRow), next: z.optional(z.string()) })
  .register(z.globalRegistry, { id: 'EventsReport', description: 'A page of the report.' });

export const reportRoutes = defineRoutes({
  reportEvents: {
    operationId: 'reportEvents',
    method: 'GET',
    path: '/v1/reports/events',
    summary: 'A year’s events by country: registrations, attendance, abstracts, who did not come',
    description:
      'Of events that your institution organises, everybody; of others, only your own. A page has the rows of `limit` events. As CSV with `Accept: text/csv`; its next page is in the `Link` header.',
    scopes: ['hub/events.read'],
    access: readBy('self'),
    query: z.strictObject({
      ...PageQuery,
      ...institutionFilter,
      year: z
        .optional(z.coerce.number().check(z.int(), z.minimum(2000), z.maximum(2999)))
        .register(z.globalRegistry, { description: 'This year, in UTC, unless said.' }),
    }),
    response: {
      status: 200,
      description: 'A page of the report. It can have no row and still have a `next`.',
      schema: EventsReport,
      alternatives: [CSV],
    },
    problems: [NotFound, InvalidCursor],
  },
});
