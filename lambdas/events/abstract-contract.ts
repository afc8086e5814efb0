import * as z from 'zod/mini';

import { CLINICAL, COORDINATORS, doneBy, readBy, seenBy } from '../shared/auth/rules.ts';
import {
  InstitutionNotActive,
  InvalidCursor,
  NamedInstitutionNotActive,
  NotFound,
  StaleVersion,
} from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { AlreadyReviewed, MustRecuse, ReviewsMissing } from '../shared/meeting-errors.ts';
import { distinct } from '../shared/meetings.ts';
import { Id, Instant, LanguageTag, PageQuery, pageOf } from '../shared/values.ts';
import { AbstractText, AbstractType, Authors, Comment, Title } from './abstract-contract-parts.ts';
import { AbstractStateConflict, AbstractTooLong, CallClosed, CallMismatch, ReviewerExists } from './abstract-errors.ts';
import { eventParams, Slug } from './contract-parts.ts';
import { EventStateConflict } from './errors.ts';

/** Abstracts: what is submitted to an event, who judges it, and what becomes of it. */

export const ABSTRACT_STATUSES = ['submitted', 'under-review', 'accepted', 'rejected', 'withdrawn'] as const;
export type AbstractStatus = (typeof ABSTRACT_STATUSES)[number];

const Score = z.int().check(z.minimum(0), z.maximum(100));
const DECISION_REASONS = ['score', 'scope', 'quality', 'double', 'other'] as const;

const described = {
  language: LanguageTag,
  title: Title,
  text: AbstractText,
  type: AbstractType,
  topic: Slug,
};

const Abstract = z
  .strictObject({
    id: Id,
    eventId: Id,
    organiserId: Id,
    institutionId: z.optional(Id).register(z.globalRegistry, { description: 'Whose it is; reviewers do not see it.' }),
    ...described,
    authors: z.optional(Authors).register(z.globalRegistry, { description: 'Reviewers do not see them.' }),
    status: z.enum(ABSTRACT_STATUSES),
    reviews: z
      .optional(z.array(z.strictObject({ score: Score, comment: z.optional(z.string()), at: Instant })))
      .register(z.globalRegistry, { description: 'For the organisers; a reviewer sees their own.' }),
    discussion: z
      .optional(z.array(z.strictObject({ by: z.enum(['organiser', 'reviewer']), text: z.string(), at: Instant })))
      .register(z.globalRegistry, { description: 'Of reviewers and organisers; its authors do not see it.' }),
    reviewersAssigned: z.int(),
    decisionReason: z.optional(z.enum(DECISION_REASONS)),
    sessionId: z.optional(Id).register(z.globalRegistry, { description: 'The session it has its place in.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Abstract', description: 'A contribution to an event.' });
export type AbstractRepresentation = z.infer<typeof Abstract>;

const Reviewer = z
  .strictObject({
    id: Id,
    eventId: Id,
    institutionId: Id,
    topics: z.array(Slug),
    most: z.int(),
    createdAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Reviewer', description: 'Who scores abstracts of some topics.' });
export type ReviewerRepresentation = z.infer<typeof Reviewer>;

const abstractParams = z.strictObject({ abstractId: Id });
const consent = z.literal(true).register(z.globalRegistry, {
  description: 'That all authors agree to being named where the abstract is published.',
});

/** What the actions on an abstract share; each adds its name, roles and body. */
const action = {
  method: 'POST',
  scopes: ['hub/events.write'],
  params: abstractParams,
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The abstract as it is then.', schema: Abstract, etag: true },
  problems: [NotFound, StaleVersion, AbstractStateConflict],
} as const;

const REVIEWING = CLINICAL.filter((role) => role !== 'integration');

export const abstractRoutes = defineRoutes({
  createAbstract: {
    operationId: 'createAbstract',
    method: 'POST',
    path: '/v1/events/{eventId}/abstracts',
    summary: 'Submit an abstract',
    scopes: ['hub/events.write'],
    access: doneBy(CLINICAL, 'host', 'party', 'partner'),
    params: eventParams,
    body: z.strictObject({ ...described, authors: Authors, consent }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The abstract.', schema: Abstract, etag: true },
    problems: [NotFound, CallClosed, AbstractTooLong, CallMismatch, EventStateConflict, InstitutionNotActive],
  },
  listAbstracts: {
    operationId: 'listAbstracts',
    method: 'GET',
    path: '/v1/events/{eventId}/abstracts',
    summary: 'Abstracts of an event',
    description:
      'Its organisers see all, others those of their institution; with `assigned`, those the caller is to review.',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: eventParams,
    query: z.strictObject({ ...PageQuery, assigned: z.optional(z.enum(['true', 'false'])) }),
    response: {
      status: 200,
      description: 'A page of abstracts, in no particular order.',
      schema: pageOf(Abstract, 'AbstractPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getAbstract: {
    operationId: 'getAbstract',
    method: 'GET',
    path: '/v1/abstracts/{abstractId}',
    summary: 'One abstract',
    scopes: ['hub/events.read'],
    access: readBy('host', 'applicant', 'reviewer'),
    params: abstractParams,
    response: { status: 200, description: 'The abstract.', schema: Abstract, etag: true },
    problems: [NotFound],
  },
  getBookOfAbstracts: {
    operationId: 'getBookOfAbstracts',
    method: 'GET',
    path: '/v1/events/{eventId}/abstracts/book',
    summary: 'The accepted abstracts as one file',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: eventParams,
    response: { status: 200, description: 'A web page that stands by itself.', mediaType: 'text/html' },
    problems: [NotFound],
  },
  updateAbstract: {
    operationId: 'updateAbstract',
    method: 'PATCH',
    path: '/v1/abstracts/{abstractId}',
    summary: 'Change an abstract, until the deadline',
    scopes: ['hub/events.write'],
    access: doneBy(CLINICAL, 'applicant'),
    params: abstractParams,
    body: z.strictObject({
      language: z.exactOptional(LanguageTag),
      title: z.exactOptional(Title),
      text: z.exactOptional(AbstractText),
      type: z.exactOptional(AbstractType),
      topic: z.exactOptional(Slug),
      authors: z.exactOptional(Authors),
    }),
    ifMatch: 'required',
    response: action.response,
    problems: [NotFound, CallClosed, AbstractTooLong, CallMismatch, AbstractStateConflict],
  },
  reviewAbstract: {
    ...action,
    operationId: 'reviewAbstract',
    path: '/v1/abstracts/{abstractId}/reviews',
    summary: 'Score an abstract that you were assigned',
    access: doneBy(REVIEWING, 'reviewer'),
    body: z.strictObject({ score: Score, comment: z.optional(Comment) }),
    bodyOptional: false,
    problems: [...action.problems, AlreadyReviewed, MustRecuse],
  },
  discussAbstract: {
    ...action,
    operationId: 'discussAbstract',
    path: '/v1/abstracts/{abstractId}/comments',
    summary: 'Say something to those who judge it',
    access: { ...doneBy(REVIEWING, 'reviewer'), ...doneBy(COORDINATORS, 'host') },
    body: z.strictObject({ text: Comment }),
    bodyOptional: false,
  },
  acceptAbstract: {
    ...action,
    operationId: 'acceptAbstract',
    path: '/v1/abstracts/{abstractId}/accept',
    summary: 'under-review → accepted',
    access: doneBy(COORDINATORS, 'host'),
    problems: [...action.problems, ReviewsMissing],
  },
  rejectAbstract: {
    ...action,
    operationId: 'rejectAbstract',
    path: '/v1/abstracts/{abstractId}/reject',
    summary: 'submitted, under-review → rejected',
    access: doneBy(COORDINATORS, 'host'),
    body: z.strictObject({ reason: z.optional(z.enum(DECISION_REASONS)) }),
  },
  withdrawAbstract: {
    ...action,
    operationId: 'withdrawAbstract',
    path: '/v1/abstracts/{abstractId}/withdraw',
    summary: '→ withdrawn: it is not presented, and not published',
    access: doneBy(CLINICAL, 'applicant'),
  },
  placeAbstract: {
    ...action,
    operationId: 'placeAbstract',
    path: '/v1/abstracts/{abstractId}/place',
    summary: 'Give an accepted abstract its place in a session',
    access: doneBy(COORDINATORS, 'host'),
    body: z.strictObject({ sessionId: Id }),
    bodyOptional: false,
  },
  appointReviewer: {
    operationId: 'appointReviewer',
    method: 'POST',
    path: '/v1/events/{eventId}/reviewers',
    summary: 'Have somebody review abstracts of some topics',
    description:
      'Once the call is closed each abstract is assigned to those who know its topic and have the fewest, and never to somebody of an institution that it is from.',
    scopes: ['hub/events.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: eventParams,
    body: z.strictObject({
      subject: z
        .string()
        .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{2,127}$/, 'must be the opaque id of somebody who signs in'))
        .register(z.globalRegistry, { description: '`subject` of the person’s `GET /v1/me`.' }),
      institutionId: Id,
      topics: distinct(Slug, 50).check(z.minLength(1)),
      most: z._default(z.int().check(z.minimum(1), z.maximum(200)), 20).register(z.globalRegistry, {
        description: 'How many abstracts they review at most.',
      }),
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The reviewer.', schema: Reviewer },
    problems: [NotFound, CallMismatch, ReviewerExists, EventStateConflict, NamedInstitutionNotActive],
  },
  listReviewers: {
    operationId: 'listReviewers',
    method: 'GET',
    path: '/v1/events/{eventId}/reviewers',
    summary: 'Who reviews for an event',
    scopes: ['hub/events.read'],
    access: seenBy(COORDINATORS, 'host'),
    params: eventParams,
    query: z.strictObject(PageQuery),
    response: { status: 200, description: 'A page of reviewers.', schema: pageOf(Reviewer, 'ReviewerPage') },
    problems: [NotFound, InvalidCursor],
  },
});
export type AbstractBody = z.output<typeof abstractRoutes.createAbstract.body>;
export type AbstractChange = z.output<typeof abstractRoutes.updateAbstract.body>;
export type ReviewerBody = z.output<typeof abstractRoutes.appointReviewer.body>;
