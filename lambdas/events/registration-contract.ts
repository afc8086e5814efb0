import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy, STAFF } from '../shared/auth/rules.ts';
import { ROLES, type Role } from '../shared/auth/vocabulary.ts';
import { InstitutionNotActive, InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { NotInvited } from '../shared/meeting-errors.ts';
import { distinct } from '../shared/meetings.ts';
import { pseudonymFor } from '../shared/pseudonym.ts';
import { Id, Instant, PageQuery, pageOf } from '../shared/values.ts';
import { eventParams, Mode } from './contract-parts.ts';
import { EventStateConflict } from './errors.ts';
import {
  AlreadyRegistered,
  AttendeeNotPseudonymous,
  CheckInTooEarly,
  ModeNotOffered,
  OfferLate,
  PlacesExhausted,
  RegistrationStateConflict,
  RegistrationWindowClosed,
} from './registration-errors.ts';

/** Registrations: who takes part in an event, and what becomes of that. */

export const REGISTRATION_STATUSES = [
  ...(['submitted', 'held', 'waitlisted', 'offered', 'confirmed', 'attended'] as const),
  ...(['declined', 'expired', 'cancelled'] as const),
] as const;
export type RegistrationStatus = (typeof REGISTRATION_STATUSES)[number];

export const MAX_ATTENDEES = 10;
export const MAX_CHECK_INS = 500;

/** Tables in code: what a kitchen or a hall can prepare for, without anybody's words. */
const DIETARY = ['vegetarian', 'vegan', 'halal', 'kosher', 'no-nuts', 'no-gluten', 'no-lactose', 'no-fish'] as const;
const ACCESS = ['wheelchair', 'step-free', 'hearing-loop', 'sign-language', 'large-print', 'assistant'] as const;

export const Needs = z
  .strictObject({
    dietary: z._default(distinct(z.enum(DIETARY), DIETARY.length), []),
    access: z._default(distinct(z.enum(ACCESS), ACCESS.length), []),
  })
  .register(z.globalRegistry, {
    id: 'AttendeeNeeds',
    description: 'What somebody needs to eat and to take part. Kept apart, and erased thirty days after the event.',
  });
export type Needs = z.infer<typeof Needs>;

const Attendee = z
  .strictObject({
    pseudonym: pseudonymFor(
      AttendeeNotPseudonymous,
      'Send the pseudonym your institution issued for the attendee, such as STAFF-7F3K',
      {
        id: 'AttendeePseudonym',
        description:
          'The pseudonym the institution issued for the attendee: 3 to 64 ASCII letters, digits, `.`, `_`, `:` or `-`, with at least one digit.',
        examples: ['STAFF-7F3K'],
      },
    ),
    needs: z.optional(Needs),
  })
  .register(z.globalRegistry, { id: 'Attendee', description: 'Who is to take part.' });
export type Attendee = z.infer<typeof Attendee>;

export const Registration = z
  .strictObject({
    id: Id,
    eventId: Id,
    organiserId: Id,
    institutionId: Id.check().register(z.globalRegistry, { description: 'Whose people it is for.' }),
    attendee: z.string().register(z.globalRegistry, { description: 'The pseudonym.' }),
    mode: Mode,
    status: z.enum(REGISTRATION_STATUSES).register(z.globalRegistry, {
      description:
        '`submitted`: the organiser is asked; `held`: it has a place, to be confirmed; `offered`: a place that has become free is held for it.',
    }),
    expiresAt: z.optional(Instant).register(z.globalRegistry, {
      description: 'Until when the place is held; only while `held` or `offered`, or once `expired`.',
    }),
    group: z.optional(z.array(Id)).register(z.globalRegistry, {
      description: 'The registrations of the same request, itself among them.',
    }),
    together: z.optional(z.boolean()).register(z.globalRegistry, {
      description: 'Whether all of the group have places, or none.',
    }),
    waitingSince: z.optional(Instant),
    position: z.optional(z.int()).register(z.globalRegistry, {
      description: 'While it waits, its place in line: 1 is the next. Only where one registration is read.',
    }),
    attendedAt: z.optional(Instant).register(z.globalRegistry, { description: 'When somebody came first.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Registration', description: 'That somebody takes part in an event.' });
export type RegistrationRepresentation = z.infer<typeof Registration>;

const registrationParams = z.strictObject({ registrationId: Id });

/** Whoever may act for themselves. */
const PEOPLE: readonly Role[] = ROLES.filter((role) => role !== 'auditor');

const CHECK_IN_RESULTS = ['checked-in', 'already', 'unknown', 'not-confirmed', 'impossible-time', 'busy'] as const;
export type CheckInResult = (typeof CHECK_IN_RESULTS)[number];

/** What the actions on a registration share; each adds its name, roles and body. */
const action = {
  method: 'POST',
  scopes: ['hub/events.write'],
  params: registrationParams,
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The registration as it is then.', schema: Registration, etag: true },
  problems: [NotFound, StaleVersion, RegistrationStateConflict],
} as const;

export const registrationRoutes = defineRoutes({
  createRegistration: {
    operationId: 'createRegistration',
    method: 'POST',
    path: '/v1/events/{eventId}/registrations',
    summary: 'Register your people, or yourself',
    description:
      'An institution registers up to ten of its people in one request, `together` if all are to have a place or none. A person who names nobody registers themselves. Where the organiser approves, a registration is `submitted`; else it has a place at once, or waits for one.',
    scopes: ['hub/events.write'],
    access: { ...doneBy(STAFF, 'host', 'party', 'partner'), ...doneBy(PEOPLE, 'self') },
    params: eventParams,
    body: z.strictObject({
      mode: Mode,
      attendees: z.optional(
        z.array(Attendee).check(
          z.minLength(1),
          z.maxLength(MAX_ATTENDEES),
          z.refine(
            (all) => new Set(all.map(({ pseudonym }) => pseudonym)).size === all.length,
            'must name each attendee once',
          ),
        ),
      ),
      needs: z.optional(Needs).register(z.globalRegistry, { description: 'Of who registers themselves.' }),
      together: z._default(z.boolean(), false),
      hold: z._default(z.boolean(), false).register(z.globalRegistry, {
        description: 'Hold the place for a day, until it is confirmed.',
      }),
      joinWaitlist: z._default(z.boolean(), true),
    }),
    idempotencyKey: 'required',
    response: {
      status: 201,
      description: 'The registration; of several, that of the first attendee, which names the others in `group`.',
      schema: Registration,
      etag: true,
    },
    problems: [
      NotFound,
      NotInvited,
      EventStateConflict,
      RegistrationWindowClosed,
      ModeNotOffered,
      AlreadyRegistered,
      PlacesExhausted,
      AttendeeNotPseudonymous,
      InstitutionNotActive,
    ],
  },
  listRegistrations: {
    operationId: 'listRegistrations',
    method: 'GET',
    path: '/v1/events/{eventId}/registrations',
    summary: 'Registrations for an event',
    description: 'Its organisers see all of them, others their own: of each attendee the last.',
    scopes: ['hub/events.read'],
    access: readBy('host', 'party', 'partner'),
    params: eventParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of registrations, in no particular order.',
      schema: pageOf(Registration, 'RegistrationPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getRegistration: {
    operationId: 'getRegistration',
    method: 'GET',
    path: '/v1/registrations/{registrationId}',
    summary: 'One registration',
    scopes: ['hub/events.read'],
    access: readBy('host', 'applicant'),
    params: registrationParams,
    response: { status: 200, description: 'The registration.', schema: Registration, etag: true },
    problems: [NotFound],
  },
  updateRegistration: {
    operationId: 'updateRegistration',
    method: 'PATCH',
    path: '/v1/registrations/{registrationId}',
    summary: 'Send somebody else, or say what the attendee needs now',
    description:
      'The place, or the turn, stays. Needs are those of who comes: with another `attendee` the earlier ones are erased.',
    scopes: ['hub/events.write'],
    access: doneBy(PEOPLE, 'applicant'),
    params: registrationParams,
    body: z.strictObject({ attendee: z.exactOptional(Attendee), needs: z.exactOptional(Needs) }).check(
      z.refine(({ attendee, needs }) => attendee === undefined || needs === undefined, {
        error: 'must stand with the attendee, where there is another one',
        path: ['needs'],
      }),
    ),
    ifMatch: 'required',
    response: action.response,
    problems: [...action.problems, EventStateConflict, AlreadyRegistered, AttendeeNotPseudonymous],
  },
  getNeeds: {
    operationId: 'getNeeds',
    method: 'GET',
    path: '/v1/registrations/{registrationId}/needs',
    summary: 'What an attendee needs to eat and to take part',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'host', 'applicant'),
    params: registrationParams,
    response: { status: 200, description: 'The needs; empty where none were told, or they are erased.', schema: Needs },
    problems: [NotFound],
  },
  approveRegistration: {
    ...action,
    operationId: 'approveRegistration',
    path: '/v1/registrations/{registrationId}/approve',
    summary: 'submitted → confirmed, or waitlisted while no place is free',
    access: doneBy(COORDINATORS, 'host'),
    problems: [...action.problems, EventStateConflict],
  },
  declineRegistration: {
    ...action,
    operationId: 'declineRegistration',
    path: '/v1/registrations/{registrationId}/decline',
    summary: 'submitted, waitlisted → declined',
    access: doneBy(COORDINATORS, 'host'),
  },
  confirmRegistration: {
    ...action,
    operationId: 'confirmRegistration',
    path: '/v1/registrations/{registrationId}/confirm',
    summary: 'held → confirmed',
    access: doneBy(PEOPLE, 'applicant'),
    problems: [...action.problems, OfferLate],
  },
  acceptRegistrationOffer: {
    ...action,
    operationId: 'acceptRegistrationOffer',
    path: '/v1/registrations/{registrationId}/accept-offer',
    summary: 'offered → confirmed: take the place that has become free',
    access: doneBy(PEOPLE, 'applicant'),
    problems: [...action.problems, OfferLate],
  },
  declineRegistrationOffer: {
    ...action,
    operationId: 'declineRegistrationOffer',
    path: '/v1/registrations/{registrationId}/decline-offer',
    summary: 'offered → cancelled: the place goes to the next',
    access: doneBy(PEOPLE, 'applicant'),
    problems: [...action.problems, OfferLate],
  },
  cancelRegistration: {
    ...action,
    operationId: 'cancelRegistration',
    path: '/v1/registrations/{registrationId}/cancel',
    summary: '→ cancelled: give the place, or the turn, up',
    description: 'Of a group that is together, all that is not confirmed yet is cancelled with it.',
    access: { ...doneBy(PEOPLE, 'applicant'), ...doneBy(COORDINATORS, 'host') },
  },
  checkInRegistration: {
    ...action,
    operationId: 'checkInRegistration',
    path: '/v1/registrations/{registrationId}/check-in',
    summary: 'confirmed → attended: somebody has come',
    description: 'Doing it again changes nothing: the first time stays.',
    access: doneBy(STAFF, 'host'),
    problems: [...action.problems, CheckInTooEarly],
  },
  checkInBatch: {
    operationId: 'checkInBatch',
    method: 'POST',
    path: '/v1/events/{eventId}/check-ins',
    summary: 'Check many in, with the times at which they came',
    description:
      'For a desk that was offline. Each is answered by itself, and none keeps the others; sending it again changes nothing, and of several times the earliest stays.',
    scopes: ['hub/events.write'],
    access: doneBy(STAFF, 'host'),
    params: eventParams,
    body: z.strictObject({
      checkIns: z
        .array(z.strictObject({ registrationId: Id, at: Instant }))
        .check(z.minLength(1), z.maxLength(MAX_CHECK_INS)),
    }),
    response: {
      status: 200,
      description: 'What became of each, in the order in which they were sent.',
      schema: z
        .strictObject({
          results: z.array(z.strictObject({ registrationId: Id, result: z.enum(CHECK_IN_RESULTS) })),
        })
        .register(z.globalRegistry, { id: 'CheckInResults' }),
    },
    problems: [NotFound],
  },
});
export type RegistrationBody = z.output<typeof registrationRoutes.createRegistration.body>;
export type RegistrationChange = z.output<typeof registrationRoutes.updateRegistration.body>;
