import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NamedInstitutionNotActive, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { ImpossibleDates, InvitationMissing } from '../shared/meeting-errors.ts';
import { CANCELLATION_REASONS, Days, distinct, Venue } from '../shared/meetings.ts';
import { CalendarDate, Id, Instant, PageQuery, pageOf, TimeZone } from '../shared/values.ts';
import { Agenda, cohortParams, KeptSeats, programmeParams, Results, Seats } from './contract-parts.ts';
import { CohortStateConflict, ProgrammeStateConflict, SeatsBelowAccepted, SeatsDoNotAddUp } from './errors.ts';
import { Payer } from './funding-contract-parts.ts';

/** Cohorts: when and where a programme is held, and how many seats there are. */

export const COHORT_STATUSES = ['draft', 'published', 'open', 'closed', 'running', 'completed', 'cancelled'] as const;
export type CohortStatus = (typeof COHORT_STATUSES)[number];

const SeatPlan = z
  .strictObject({
    minimum: z._default(Seats, 1).register(z.globalRegistry, { description: 'With fewer it is not worth holding.' }),
    total: Seats,
    kept: z._default(z.array(KeptSeats).check(z.maxLength(20)), []),
  })
  .register(z.globalRegistry, { id: 'SeatPlan', description: 'How many seats there are, and for whom some are kept.' });

const described = {
  dates: Days,
  timeZone: TimeZone,
  days: z.optional(distinct(CalendarDate, 366)).register(z.globalRegistry, {
    description: 'The days on which attendance counts; every day of `dates` unless said.',
  }),
  venue: Venue,
  seats: SeatPlan,
  applications: Days.check().register(z.globalRegistry, { description: 'The days on which applications are taken.' }),
  invited: z._default(distinct(Id, 20), []).register(z.globalRegistry, {
    description: 'Institutions that alone may apply, as to an expert visit; all partners where none is named.',
  }),
  agenda: z._default(Agenda, []),
  confirmWithinDays: z._default(z.int().check(z.minimum(1), z.maximum(60)), 7).register(z.globalRegistry, {
    description: 'Days in which a seat is confirmed, or goes to the next; no longer than the first day lasts.',
  }),
  funding: z.optional(Payer).register(z.globalRegistry, { description: 'Who pays for taking part.' }),
};

const Balance = z
  .strictObject({ accepted: z.int(), confirmed: z.int(), completed: z.int(), free: z.int() })
  .register(z.globalRegistry, { id: 'SeatBalance', description: 'Who has a seat, and how many are free.' });

export const Cohort = z
  .strictObject({
    id: Id,
    programmeId: Id,
    hostId: Id,
    ...described,
    status: z.enum(COHORT_STATUSES).register(z.globalRegistry, {
      description:
        'Today: only its host sees a `draft`; `published`, applications are not taken yet; `open`, they are; `closed`, no longer; `running`; `completed`, its last day is over; `cancelled`.',
    }),
    cancellationReason: z.optional(z.enum(CANCELLATION_REASONS)),
    results: z.optional(Results),
    balance: Balance,
    waitlist: z.boolean().register(z.globalRegistry, { description: 'Whether somebody waits for a seat.' }),
    minimumReached: z.boolean().register(z.globalRegistry, { description: 'By those who have confirmed.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Cohort', description: 'One holding of a programme.' });
export type CohortRepresentation = z.infer<typeof Cohort>;

export const cohortRoutes = defineRoutes({
  createCohort: {
    operationId: 'createCohort',
    method: 'POST',
    path: '/v1/programmes/{programmeId}/cohorts',
    summary: 'Draft a cohort of a programme',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: programmeParams,
    body: z.strictObject(described),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The draft.', schema: Cohort, etag: true },
    problems: [
      NotFound,
      ImpossibleDates,
      SeatsDoNotAddUp,
      ProgrammeStateConflict,
      NamedInstitutionNotActive,
      InstitutionNotActive,
    ],
  },
  listCohorts: {
    operationId: 'listCohorts',
    method: 'GET',
    path: '/v1/programmes/{programmeId}/cohorts',
    summary: 'The cohorts of a programme',
    description: 'Its host sees drafts, too.',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party', 'partner'),
    params: programmeParams,
    query: z.strictObject(PageQuery),
    response: { status: 200, description: 'A page of cohorts, oldest first.', schema: pageOf(Cohort, 'CohortPage') },
    problems: [NotFound, InvalidCursor],
  },
  getCohort: {
    operationId: 'getCohort',
    method: 'GET',
    path: '/v1/cohorts/{cohortId}',
    summary: 'One cohort, and how many seats are free',
    description:
      'The ETag covers what its host has said. Who takes a seat, and days that begin and end, do not change it.',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party', 'partner'),
    params: cohortParams,
    response: { status: 200, description: 'The cohort.', schema: Cohort, etag: true },
    problems: [NotFound],
  },
  updateCohort: {
    operationId: 'updateCohort',
    method: 'PATCH',
    path: '/v1/cohorts/{cohortId}',
    summary: 'Change, publish or cancel a cohort',
    description:
      'More seats go to those who wait, at once. Cancelling ends every application, and tells their institutions.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: cohortParams,
    body: z.strictObject({
      dates: z.exactOptional(Days),
      days: z.exactOptional(described.days.def.innerType),
      venue: z.exactOptional(Venue),
      seats: z.exactOptional(SeatPlan),
      applications: z.exactOptional(Days),
      invited: z.exactOptional(described.invited.def.innerType),
      agenda: z.exactOptional(Agenda),
      results: z.exactOptional(Results).register(z.globalRegistry, { description: 'Once it has begun.' }),
      confirmWithinDays: z.exactOptional(described.confirmWithinDays.def.innerType),
      funding: z.exactOptional(Payer),
      status: z.exactOptional(z.enum(['published', 'cancelled'])),
      cancellationReason: z.exactOptional(z.enum(CANCELLATION_REASONS)),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed cohort.', schema: Cohort, etag: true },
    problems: [
      NotFound,
      ImpossibleDates,
      SeatsDoNotAddUp,
      SeatsBelowAccepted,
      ProgrammeStateConflict,
      CohortStateConflict,
      InvitationMissing,
      NamedInstitutionNotActive,
    ],
  },
});
export type CohortBody = z.output<typeof cohortRoutes.createCohort.body>;
export type CohortChange = z.output<typeof cohortRoutes.updateCohort.body>;
