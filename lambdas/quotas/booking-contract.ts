import * as z from 'zod/mini';

import { CLINICAL, DECIDING, doneBy, readBy, STAFF } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { CalendarDate, Id, Instant, institutionFilter, PageQuery, pageOf, Service } from '../shared/values.ts';
import { bookingParams, grantParams, poolParams } from './contract-parts.ts';
import {
  BookingStateConflict,
  DeadlinePast,
  GrantSuspended,
  HoldExpired,
  OfferLapsed,
  OutsidePeriod,
  PatientAlreadyBooked,
  PatientAlreadyWaiting,
  PatientNotPseudonymous,
  QuotaExhausted,
} from './errors.ts';
import { OVERRIDE_REASONS, PRIORITY_CLASSES } from './priority-rules.ts';
import { Pseudonym } from './pseudonym.ts';

/** Bookings: what they are, and what can be done with them. */

export const BOOKING_STATUSES = [
  'waitlisted',
  'offered',
  'held',
  'booked',
  'in-treatment',
  'fulfilled',
  'released',
  'expired',
  'cancelled',
  'noshow',
  'withdrawn',
] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

const AgeBand = z.enum(['0-17', '18+']);

const Diagnosis = z
  .string()
  .check(z.regex(/^[A-Z]\d{2}(?:\.\d{1,2})?$/, 'must be an ICD-10 code such as C71.6'))
  .register(z.globalRegistry, { id: 'Diagnosis', description: 'ICD-10 code.', examples: ['C71.6'] });

/** How long a hold lasts: while somebody decides at a screen (15 minutes), or until a commission has met (14 days). */
const HoldFor = z.enum(['interactive', 'commission']);
export type HoldFor = z.infer<typeof HoldFor>;

const CANCELLATION_REASONS = [
  'patient-declined',
  'medical-grounds',
  'treated-elsewhere',
  'provider-unavailable',
  'administrative',
] as const;

export const Waiting = z
  .strictObject({
    priorityClass: z.literal(PRIORITY_CLASSES),
    ruleVersion: z.int(),
    overrideReason: z.optional(z.enum(OVERRIDE_REASONS)),
    deadline: z.optional(CalendarDate),
    joinedAt: Instant,
    offersNotTaken: z.int(),
    position: z.optional(z.int()).register(z.globalRegistry, {
      description:
        'Only when one booking is read, while it waits: 1 is the next of its class. From 101 on it is not counted on.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'Waiting',
    description:
      'The wait for a unit: lower classes are offered one first, then the earlier deadline, then who joined first.',
  });

export type WaitingRepresentation = z.infer<typeof Waiting>;

export const Booking = z
  .strictObject({
    id: Id,
    grantId: Id,
    poolId: Id,
    providerId: Id,
    beneficiaryId: Id,
    service: Service,
    status: z.enum(BOOKING_STATUSES),
    patient: Pseudonym,
    ageBand: AgeBand,
    diagnosis: Diagnosis,
    holdFor: HoldFor,
    expiresAt: z.optional(Instant).register(z.globalRegistry, {
      description: 'When the hold or the offer ends; only while `offered`, `held` or once `expired`.',
    }),
    waiting: z.optional(Waiting),
    cancellationReason: z.optional(z.enum(CANCELLATION_REASONS)),
    unitForfeited: z.optional(z.boolean()).register(z.globalRegistry, {
      description: 'After `cancelled` or `noshow`: whether the unit was used up by it.',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, {
    id: 'Booking',
    description: 'One patient’s course of treatment against a grant [FHIR Appointment].',
  });
export type BookingRepresentation = z.infer<typeof Booking>;

const BookingPage = pageOf(Booking, 'BookingPage');

/** What the actions on a booking share; each adds its name, roles and body. */
const bookingAction = {
  method: 'POST',
  scopes: ['hub/quotas.write'],
  params: bookingParams,
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The booking in its new status.', schema: Booking, etag: true },
  problems: [NotFound, StaleVersion, BookingStateConflict],
} as const;

export const bookingRoutes = defineRoutes({
  holdBooking: {
    operationId: 'holdBooking',
    method: 'POST',
    path: '/v1/grants/{grantId}/bookings',
    summary: 'Hold a course for a patient',
    description:
      'Takes one unit of the grant until `expiresAt`. Confirm it before then. A repeated request with the same Idempotency-Key never takes a second unit.',
    scopes: ['hub/quotas.write'],
    access: doneBy(DECIDING, 'beneficiary'),
    params: grantParams,
    body: z.strictObject({
      patient: Pseudonym,
      ageBand: AgeBand,
      diagnosis: Diagnosis,
      holdFor: z._default(HoldFor, 'interactive'),
      joinWaitlist: z.optional(z.boolean()).register(z.globalRegistry, {
        description: 'When no unit is free: wait for one instead of being refused.',
      }),
      deadline: z.optional(CalendarDate).register(z.globalRegistry, {
        description: 'The last day on which the treatment should begin; orders who waits.',
      }),
    }),
    idempotencyKey: 'required',
    response: {
      status: 201,
      description: 'The hold; with `joinWaitlist`, when no unit is free, the place in line.',
      schema: Booking,
      etag: true,
    },
    counts: 'BookingsHeld',
    problems: [
      NotFound,
      QuotaExhausted,
      PatientAlreadyBooked,
      PatientAlreadyWaiting,
      GrantSuspended,
      OutsidePeriod,
      DeadlinePast,
      PatientNotPseudonymous,
    ],
  },
  listBookings: {
    operationId: 'listBookings',
    method: 'GET',
    path: '/v1/bookings',
    summary: 'Bookings of your patients and in your pools',
    description:
      'By grant, within a grant in no particular order. A page can be shorter than `limit` and still have a `next`.',
    scopes: ['hub/quotas.read'],
    access: readBy('self', 'provider', 'beneficiary'),
    query: z.strictObject({ ...PageQuery, ...institutionFilter, grantId: z.optional(Id) }),
    response: {
      status: 200,
      description: 'A page of bookings.',
      schema: BookingPage,
    },
    problems: [InvalidCursor, NotFound],
  },
  getBooking: {
    operationId: 'getBooking',
    method: 'GET',
    path: '/v1/bookings/{bookingId}',
    summary: 'One booking',
    scopes: ['hub/quotas.read'],
    access: readBy('provider', 'beneficiary'),
    params: bookingParams,
    response: { status: 200, description: 'The booking.', schema: Booking, etag: true },
    problems: [NotFound],
  },
  confirmBooking: {
    ...bookingAction,
    operationId: 'confirmBooking',
    path: '/v1/bookings/{bookingId}/confirm',
    summary: 'held → booked',
    access: doneBy(DECIDING, 'beneficiary'),
    counts: 'BookingsConfirmed',
    problems: [...bookingAction.problems, HoldExpired],
  },
  releaseBooking: {
    ...bookingAction,
    operationId: 'releaseBooking',
    path: '/v1/bookings/{bookingId}/release',
    summary: 'held → released: give the unit back',
    access: doneBy(DECIDING, 'beneficiary'),
    counts: 'BookingsReleased',
    problems: [...bookingAction.problems, HoldExpired],
  },
  cancelBooking: {
    ...bookingAction,
    operationId: 'cancelBooking',
    path: '/v1/bookings/{bookingId}/cancel',
    summary: 'booked → cancelled',
    access: doneBy(STAFF, 'beneficiary', 'provider'),
    counts: 'BookingsCancelled',
    body: z.strictObject({ reason: z.optional(z.enum(CANCELLATION_REASONS)) }),
  },
  arriveBooking: {
    ...bookingAction,
    operationId: 'arriveBooking',
    path: '/v1/bookings/{bookingId}/arrive',
    summary: 'booked → in-treatment: the patient has come',
    access: doneBy(CLINICAL, 'beneficiary', 'provider'),
    counts: 'BookingsArrived',
  },
  completeBooking: {
    ...bookingAction,
    operationId: 'completeBooking',
    path: '/v1/bookings/{bookingId}/complete',
    summary: 'in-treatment → fulfilled: the course is done',
    access: doneBy(CLINICAL, 'beneficiary', 'provider'),
    counts: 'BookingsCompleted',
  },
  noShowBooking: {
    ...bookingAction,
    operationId: 'noShowBooking',
    path: '/v1/bookings/{bookingId}/no-show',
    summary: 'booked → noshow: the patient did not come',
    access: doneBy(CLINICAL, 'beneficiary', 'provider'),
    counts: 'BookingsNoShow',
  },
  acceptOffer: {
    ...bookingAction,
    operationId: 'acceptOffer',
    path: '/v1/bookings/{bookingId}/accept-offer',
    summary: 'offered → held: take the unit that is offered',
    description: 'Confirm it before the new `expiresAt`, as any hold.',
    access: doneBy(DECIDING, 'beneficiary'),
    problems: [...bookingAction.problems, OfferLapsed],
  },
  declineOffer: {
    ...bookingAction,
    operationId: 'declineOffer',
    path: '/v1/bookings/{bookingId}/decline-offer',
    summary: 'offered → waitlisted: let the next one have it',
    description:
      'The booking waits again, behind those of its class; after the third offer not taken it is `withdrawn`.',
    access: doneBy(DECIDING, 'beneficiary'),
    problems: [...bookingAction.problems, OfferLapsed],
  },
  withdrawBooking: {
    ...bookingAction,
    operationId: 'withdrawBooking',
    path: '/v1/bookings/{bookingId}/withdraw',
    summary: 'waitlisted, offered → withdrawn: leave the line',
    access: doneBy(DECIDING, 'beneficiary'),
  },
  setPriority: {
    ...bookingAction,
    operationId: 'setPriority',
    path: '/v1/bookings/{bookingId}/set-priority',
    summary: 'Give a waiting patient another priority class, by decision of the commission',
    access: doneBy(['commission-member'], 'beneficiary'),
    body: z.strictObject({ priorityClass: z.literal(PRIORITY_CLASSES), reason: z.enum(OVERRIDE_REASONS) }),
    bodyOptional: false,
  },
  listPoolWaitlist: {
    operationId: 'listPoolWaitlist',
    method: 'GET',
    path: '/v1/pools/{poolId}/waitlist',
    summary: 'Who waits for courses of the pool',
    description: 'Grant by grant, within a grant in the order in which units are offered.',
    scopes: ['hub/quotas.read'],
    access: readBy('provider'),
    params: poolParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of waiting bookings. It can be shorter than `limit` and still have a `next`.',
      schema: BookingPage,
    },
    problems: [NotFound, InvalidCursor],
  },
});
