import * as z from 'zod/mini';

import { CLINICAL, COORDINATORS, doneBy, readBy, STAFF } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { AlreadyReviewed, MustRecuse, NotInvited, ReviewsMissing } from '../shared/meeting-errors.ts';
import { distinct, FreeText } from '../shared/meetings.ts';
import { CalendarDate, Id, Instant, looksPersonal, PageQuery, pageOf } from '../shared/values.ts';
import { applicationParams, cohortParams, Nominee } from './contract-parts.ts';
import {
  AlreadyApplied,
  ApplicationStateConflict,
  ApplicationWindowClosed,
  AttendanceOutsideDates,
  AttendanceTooEarly,
  CohortStateConflict,
  CompletionRuleNotMet,
  ConfirmationLate,
  NomineeElsewhere,
  NomineeNotPseudonymous,
  PrerequisitesNotMet,
} from './errors.ts';

/** Applications: how institutions send their staff to a cohort, and what becomes of that. */

export const APPLICATION_STATUSES = [
  ...(['submitted', 'under-review', 'waitlisted', 'accepted', 'confirmed', 'completed'] as const),
  ...(['declined', 'lapsed', 'withdrawn', 'cancelled'] as const),
] as const;
export type ApplicationStatus = (typeof APPLICATION_STATUSES)[number];

export const MAX_GROUP = 10;

const Motivation = FreeText.check().register(z.globalRegistry, { description: 'Why; without anybody’s name.' });

const Documents = distinct(Id, 10).register(z.globalRegistry, { description: 'Ids of documents of your institution.' });

const Score = z.int().check(z.minimum(0), z.maximum(100));
const Review = z
  .strictObject({ institutionId: Id, score: Score, at: Instant })
  .register(z.globalRegistry, { id: 'Review', description: 'What a reviewer of this institution gave it, of 100.' });

const Presence = z.enum(['present', 'absent', 'excused']);
const DECLINE_REASONS = ['prerequisites', 'selection', 'incomplete', 'other'] as const;

export const Application = z
  .strictObject({
    id: Id,
    cohortId: Id,
    programmeId: Id,
    hostId: Id,
    institutionId: Id.check().register(z.globalRegistry, { description: 'Whose staff it is for.' }),
    nominee: Nominee,
    motivation: z.optional(z.string()),
    documents: z.array(Id),
    group: z.optional(z.array(Id)).register(z.globalRegistry, {
      description:
        'The applications of its group, itself among them: all have seats or none, until they are confirmed.',
    }),
    status: z.enum(APPLICATION_STATUSES),
    confirmBy: z.optional(Instant).register(z.globalRegistry, {
      description: 'Until when the seat has to be confirmed; only while `accepted`, or once `lapsed`.',
    }),
    waitingSince: z.optional(Instant).register(z.globalRegistry, { description: 'Once it was accepted.' }),
    position: z.optional(z.int()).register(z.globalRegistry, {
      description: 'While it waits, its place in line: 1 is the next. Only where one application is read.',
    }),
    reviews: z.optional(z.array(Review)).register(z.globalRegistry, {
      description: 'Only for the host and its partners.',
    }),
    declineReason: z.optional(z.enum(DECLINE_REASONS)),
    attendance: z.record(z.string(), Presence).register(z.globalRegistry, { description: 'By the day.' }),
    named: z.boolean().register(z.globalRegistry, {
      description: 'Whether there is a name for the certificate, under `/name`.',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Application', description: 'An institution’s application for one of its staff.' });
export type ApplicationRepresentation = z.infer<typeof Application>;

export const DisplayName = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(120),
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    z.refine((text) => !looksPersonal(text), 'must be a name, without an address or number'),
  )
  .register(z.globalRegistry, { id: 'DisplayName', description: 'As the certificate is to name the trainee.' });

const TraineeName = z
  .strictObject({
    applicationId: Id,
    displayName: DisplayName,
    consentAt: Instant,
    salt: z.string().register(z.globalRegistry, {
      description:
        'Proves with the name that a credential is theirs: its identity hash is `sha256$` and SHA-256 of name and salt.',
    }),
  })
  .register(z.globalRegistry, { id: 'TraineeName', description: 'The name for a certificate, given with consent.' });
export type TraineeName = z.infer<typeof TraineeName>;
/** The same, whosever it is. */
export type CertificateName = Omit<TraineeName, 'applicationId'>;

/** What the actions on an application share; each adds its name, roles and body. */
const action = {
  method: 'POST',
  scopes: ['hub/training.write'],
  params: applicationParams,
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The application as it is then.', schema: Application, etag: true },
  problems: [NotFound, StaleVersion, ApplicationStateConflict],
} as const;

export const applicationRoutes = defineRoutes({
  createApplication: {
    operationId: 'createApplication',
    method: 'POST',
    path: '/v1/cohorts/{cohortId}/applications',
    summary: 'Apply for a member of your staff, or for several together',
    description:
      'Several nominees are a group: they all have seats or none. Each has an application, named in `group`; what is done to one is done to all, until they are confirmed.',
    scopes: ['hub/training.write'],
    access: doneBy(STAFF, 'host', 'party', 'partner'),
    params: cohortParams,
    body: z.strictObject({
      nominees: z.array(Nominee).check(
        z.minLength(1),
        z.maxLength(MAX_GROUP),
        z.refine(
          (all) => new Set(all.map(({ pseudonym }) => pseudonym)).size === all.length,
          'must name each nominee once',
        ),
      ),
      motivation: z.optional(Motivation),
      documents: z._default(Documents, []),
    }),
    idempotencyKey: 'required',
    response: {
      status: 201,
      description: 'The application; of a group, that of its first nominee.',
      schema: Application,
      etag: true,
    },
    problems: [
      NotFound,
      NotInvited,
      ApplicationWindowClosed,
      AlreadyApplied,
      PrerequisitesNotMet,
      NomineeNotPseudonymous,
      InstitutionNotActive,
    ],
  },
  listApplications: {
    operationId: 'listApplications',
    method: 'GET',
    path: '/v1/cohorts/{cohortId}/applications',
    summary: 'Applications to a cohort',
    description: 'The host and its partners see all of them, others their own.',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party', 'partner'),
    params: cohortParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of applications, in no particular order.',
      schema: pageOf(Application, 'ApplicationPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getApplication: {
    operationId: 'getApplication',
    method: 'GET',
    path: '/v1/applications/{applicationId}',
    summary: 'One application',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party', 'applicant'),
    params: applicationParams,
    response: { status: 200, description: 'The application.', schema: Application, etag: true },
    problems: [NotFound],
  },
  reviewApplication: {
    ...action,
    operationId: 'reviewApplication',
    path: '/v1/applications/{applicationId}/reviews',
    summary: 'Score an application of another institution',
    description: 'The mean of all scores orders who waits.',
    access: doneBy([...CLINICAL.filter((role) => role !== 'integration'), 'commission-member'], 'host', 'party'),
    body: z.strictObject({ score: Score }),
    bodyOptional: false,
    problems: [...action.problems, MustRecuse, AlreadyReviewed],
  },
  acceptApplication: {
    ...action,
    operationId: 'acceptApplication',
    path: '/v1/applications/{applicationId}/accept',
    summary: 'submitted, under-review → accepted, or waitlisted while no seat is free',
    description:
      'A free seat that it may have is held for it until `confirmBy`; else it waits, and has the next one by itself. Nobody waits while such a seat is free.',
    access: doneBy(COORDINATORS, 'host'),
    problems: [...action.problems, ReviewsMissing, CohortStateConflict],
  },
  declineApplication: {
    ...action,
    operationId: 'declineApplication',
    path: '/v1/applications/{applicationId}/decline',
    summary: 'submitted, under-review, waitlisted → declined',
    access: doneBy(COORDINATORS, 'host'),
    body: z.strictObject({ reason: z.optional(z.enum(DECLINE_REASONS)) }),
  },
  confirmApplication: {
    ...action,
    operationId: 'confirmApplication',
    path: '/v1/applications/{applicationId}/confirm',
    summary: 'accepted → confirmed: the nominee will come',
    description: 'Nobody is confirmed for two cohorts with a day in common.',
    access: doneBy(STAFF, 'applicant'),
    problems: [...action.problems, ConfirmationLate, NomineeElsewhere],
  },
  withdrawApplication: {
    ...action,
    operationId: 'withdrawApplication',
    path: '/v1/applications/{applicationId}/withdraw',
    summary: '→ withdrawn: give the seat, or the place in line, up',
    access: doneBy(STAFF, 'applicant'),
  },
  completeApplication: {
    ...action,
    operationId: 'completeApplication',
    path: '/v1/applications/{applicationId}/complete',
    summary: 'confirmed → completed: the nominee has done what the programme asks for',
    access: doneBy(COORDINATORS, 'host'),
    body: z.strictObject({ assessmentPassed: z._default(z.boolean(), false) }),
    problems: [...action.problems, CompletionRuleNotMet],
  },
  recordAttendance: {
    operationId: 'recordAttendance',
    method: 'PUT',
    path: '/v1/applications/{applicationId}/attendance/{date}',
    summary: 'Record whether a trainee was there on a day',
    scopes: ['hub/training.write'],
    access: doneBy(CLINICAL, 'host'),
    params: z.strictObject({ applicationId: Id, date: CalendarDate }),
    body: z.strictObject({ presence: Presence }),
    ifMatch: 'required',
    response: action.response,
    problems: [NotFound, ApplicationStateConflict, AttendanceOutsideDates, AttendanceTooEarly],
  },
  nameTrainee: {
    operationId: 'nameTrainee',
    method: 'PUT',
    path: '/v1/applications/{applicationId}/name',
    summary: 'Give the name for the certificate, with the trainee’s consent',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'applicant'),
    params: applicationParams,
    body: z.strictObject({
      displayName: DisplayName,
      consent: z.literal(true).register(z.globalRegistry, {
        description: 'That the trainee agrees to the name being on the certificate.',
      }),
    }),
    ifMatch: 'required',
    response: action.response,
    problems: [NotFound, ApplicationStateConflict],
  },
  getTraineeName: {
    operationId: 'getTraineeName',
    method: 'GET',
    path: '/v1/applications/{applicationId}/name',
    summary: 'The name for the certificate',
    description: 'That another institution has read it is in the audit.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'applicant', 'host'),
    params: applicationParams,
    response: { status: 200, description: 'The name.', schema: TraineeName, etag: true },
    problems: [NotFound],
  },
  eraseTraineeName: {
    operationId: 'eraseTraineeName',
    method: 'DELETE',
    path: '/v1/applications/{applicationId}/name',
    summary: 'Erase the name and the motivation, for good',
    description: 'Attendance, completion and statistics stay.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'applicant'),
    params: applicationParams,
    ifMatch: 'required',
    response: action.response,
    problems: [NotFound],
  },
});
