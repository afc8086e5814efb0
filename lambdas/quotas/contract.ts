import * as z from 'zod/mini';

import { ROLES, type Role } from '../shared/auth/vocabulary.ts';
import { InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { CalendarDate, Id, Instant, LocalizedText, PageQuery, pageOf, Service, TimeZone } from '../shared/values.ts';
import {
  BookingStateConflict,
  CapacityBelowAllocated,
  DeadlinePast,
  GrantSuspended,
  HoldExpired,
  InstitutionNotActive,
  NominalBelowCommitted,
  OfferLapsed,
  OutsidePeriod,
  PatientAlreadyBooked,
  PatientAlreadyWaiting,
  PatientNotPseudonymous,
  PoolCapacityExceeded,
  QuotaExhausted,
  ReserveExceedsGrant,
  UnknownBeneficiary,
} from './errors.ts';
import { ledgerRoutes } from './ledger-contract.ts';
import { loanRoutes } from './loan-contract.ts';
import { LimitBelowOutstanding, NominalBelowLent, ReasonMissing } from './loan-errors.ts';
import { OVERRIDE_REASONS, PRIORITY_CLASSES } from './priority-rules.ts';
import { Pseudonym } from './pseudonym.ts';
import { ChangeReason, Units } from './units.ts';

export const Period = z
  .strictObject({ start: CalendarDate, end: CalendarDate, timeZone: TimeZone })
  .check(z.refine(({ start, end }) => start <= end, { path: ['end'], message: 'must not be before start' }))
  .register(z.globalRegistry, { id: 'Period', description: 'First and last day, in a time zone.' });
export type Period = z.infer<typeof Period>;

/** What becomes of the unit when a booking does not lead to a course. */
const UnitPolicy = z.enum(['return-unit', 'forfeit-unit']);
export type UnitPolicy = z.infer<typeof UnitPolicy>;

const Illustrative = z
  .optional(z.boolean())
  .register(z.globalRegistry, { description: 'The numbers are an illustration, not a source’s.' });

export const Pool = z
  .strictObject({
    id: Id,
    providerId: Id,
    service: Service,
    name: z.optional(LocalizedText),
    period: Period,
    capacity: Units,
    allocated: z.int(),
    unallocated: z.int(),
    cancellationPolicy: UnitPolicy,
    noShowPolicy: UnitPolicy,
    illustrative: Illustrative,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, {
    id: 'Pool',
    description: 'A centre’s shared capacity for one service and period, in courses [FHIR Schedule].',
  });
export type PoolRepresentation = z.infer<typeof Pool>;

const Balance = z
  .strictObject({
    entitled: z.int(),
    committed: z.int(),
    available: z.int(),
    held: z.int(),
    booked: z.int(),
    inTreatment: z.int(),
    fulfilled: z.int(),
    forfeited: z.int(),
  })
  .register(z.globalRegistry, {
    id: 'Balance',
    description:
      'Courses of a grant. `available` = `entitled` − `committed`; `committed` is the sum of the five counts behind it.',
  });

const Adjustments = z
  .strictObject({
    carriedIn: z.int(),
    carriedOut: z.int(),
    transferredIn: z.int(),
    transferredOut: z.int(),
    borrowedIn: z.int(),
    lentOut: z.int(),
    expired: z.int(),
  })
  .register(z.globalRegistry, {
    id: 'Adjustments',
    description:
      'What came to the nominal courses and what left them: `entitled` = `nominal` + `carriedIn` − `carriedOut` + `transferredIn` − `transferredOut` + `borrowedIn` − `lentOut` − `expired`.',
  });
export type Adjustments = z.infer<typeof Adjustments>;

const PaediatricReserve = z.strictObject({ units: Units, releaseDate: CalendarDate }).register(z.globalRegistry, {
  id: 'PaediatricReserve',
  description:
    'Courses of the grant that only patients under 18 can take before the release date, in the time zone of the period; then everybody can.',
});

export const Grant = z
  .strictObject({
    id: Id,
    poolId: Id,
    providerId: Id,
    beneficiaryId: Id,
    service: Service,
    period: Period,
    nominal: Units,
    lendingLimit: Units,
    borrowingLimit: Units,
    loansNeedApproval: z.boolean().register(z.globalRegistry, {
      description: 'Loans from and to this grant need the provider’s approval, too, and only the provider transfers.',
    }),
    adjustments: Adjustments,
    paediatricReserve: z.optional(PaediatricReserve),
    status: z.enum(['active', 'suspended']),
    balance: Balance,
    illustrative: Illustrative,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Grant', description: 'A beneficiary’s entitlement in a pool.' });
export type GrantRepresentation = z.infer<typeof Grant>;

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

const staff: readonly Role[] = ['coordinator', 'integration'];
/** Who decides whether a patient takes a unit. */
const deciding: readonly Role[] = [...staff, 'commission-member'];
const clinical: readonly Role[] = ['coordinator', 'clinician', 'integration'];
const providerManages = { provider: ['coordinator'] as const };
const partiesRead = { provider: ROLES, beneficiary: ROLES, none: ['hub-admin', 'auditor'] as const };
const providerReads = { provider: ROLES, none: ['hub-admin', 'auditor'] as const };
const selfReads = { self: ROLES, none: ['hub-admin', 'auditor'] as const };

/** Lists show the caller's own institution; those who see everything may name another. */
const institutionFilter = {
  institutionId: z
    .optional(Id)
    .register(z.globalRegistry, { description: 'Another institution’s view; for auditors and admins of the Hub.' }),
};

const GrantPage = pageOf(Grant).register(z.globalRegistry, { id: 'GrantPage' });

const BookingPage = pageOf(Booking).register(z.globalRegistry, { id: 'BookingPage' });

const poolParams = z.strictObject({ poolId: Id });
const grantParams = z.strictObject({ grantId: Id });
const bookingParams = z.strictObject({ bookingId: Id });

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

export const quotaRoutes = defineRoutes({
  ...ledgerRoutes,
  createPool: {
    operationId: 'createPool',
    method: 'POST',
    path: '/v1/pools',
    summary: 'Offer capacity: a pool of courses for one service and period',
    description: 'The pool belongs to the caller’s institution, which becomes its provider.',
    scopes: ['hub/quotas.write'],
    access: { self: ['coordinator'] },
    body: z.strictObject({
      service: Service,
      name: z.optional(LocalizedText),
      period: Period,
      capacity: Units,
      cancellationPolicy: z._default(UnitPolicy, 'return-unit'),
      noShowPolicy: z._default(UnitPolicy, 'forfeit-unit'),
      illustrative: Illustrative,
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new pool.', schema: Pool, etag: true },
    problems: [InstitutionNotActive],
  },
  listPools: {
    operationId: 'listPools',
    method: 'GET',
    path: '/v1/pools',
    summary: 'The pools your institution provides',
    scopes: ['hub/quotas.read'],
    access: selfReads,
    query: z.strictObject({ ...PageQuery, ...institutionFilter }),
    response: {
      status: 200,
      description: 'A page of pools, oldest first.',
      schema: pageOf(Pool).register(z.globalRegistry, { id: 'PoolPage' }),
    },
    problems: [InvalidCursor, NotFound],
  },
  getPool: {
    operationId: 'getPool',
    method: 'GET',
    path: '/v1/pools/{poolId}',
    summary: 'One pool',
    scopes: ['hub/quotas.read'],
    access: providerReads,
    params: poolParams,
    response: { status: 200, description: 'The pool.', schema: Pool, etag: true },
    problems: [NotFound],
  },
  updatePool: {
    operationId: 'updatePool',
    method: 'PATCH',
    path: '/v1/pools/{poolId}',
    summary: 'Change a pool’s capacity, name or policies',
    scopes: ['hub/quotas.write'],
    access: providerManages,
    params: poolParams,
    body: z.strictObject({
      name: z.exactOptional(LocalizedText),
      capacity: z.exactOptional(Units),
      cancellationPolicy: z.exactOptional(UnitPolicy),
      noShowPolicy: z.exactOptional(UnitPolicy),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed pool.', schema: Pool, etag: true },
    problems: [NotFound, CapacityBelowAllocated],
  },
  createGrant: {
    operationId: 'createGrant',
    method: 'POST',
    path: '/v1/pools/{poolId}/grants',
    summary: 'Promise courses of the pool to a partner',
    scopes: ['hub/quotas.write'],
    access: providerManages,
    params: poolParams,
    body: z.strictObject({
      beneficiaryId: Id,
      nominal: Units,
      lendingLimit: z._default(Units, 0),
      borrowingLimit: z._default(Units, 0),
      paediatricReserve: z.optional(PaediatricReserve),
      loansNeedApproval: z._default(z.boolean(), false),
      illustrative: Illustrative,
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new grant.', schema: Grant, etag: true },
    problems: [NotFound, PoolCapacityExceeded, UnknownBeneficiary, ReserveExceedsGrant],
  },
  listPoolGrants: {
    operationId: 'listPoolGrants',
    method: 'GET',
    path: '/v1/pools/{poolId}/grants',
    summary: 'The grants given in a pool',
    scopes: ['hub/quotas.read'],
    access: providerReads,
    params: poolParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of grants, oldest first.',
      schema: GrantPage,
    },
    problems: [NotFound, InvalidCursor],
  },
  listGrants: {
    operationId: 'listGrants',
    method: 'GET',
    path: '/v1/grants',
    summary: 'The grants your institution gives and holds',
    scopes: ['hub/quotas.read'],
    access: selfReads,
    query: z.strictObject({ ...PageQuery, ...institutionFilter }),
    response: { status: 200, description: 'A page of grants: those given, then those held.', schema: GrantPage },
    problems: [InvalidCursor, NotFound],
  },
  getGrant: {
    operationId: 'getGrant',
    method: 'GET',
    path: '/v1/grants/{grantId}',
    summary: 'One grant with its balance',
    scopes: ['hub/quotas.read'],
    access: partiesRead,
    params: grantParams,
    response: { status: 200, description: 'The grant.', schema: Grant, etag: true },
    problems: [NotFound],
  },
  updateGrant: {
    operationId: 'updateGrant',
    method: 'PATCH',
    path: '/v1/grants/{grantId}',
    summary: 'Change the number of courses, suspend or resume',
    description:
      'The ETag covers the grant itself; bookings change its balance, not its ETag. Raising `nominal` needs a `reason`.',
    scopes: ['hub/quotas.write'],
    access: providerManages,
    params: grantParams,
    body: z.strictObject({
      nominal: z.exactOptional(Units),
      lendingLimit: z.exactOptional(Units),
      borrowingLimit: z.exactOptional(Units),
      paediatricReserve: z.exactOptional(PaediatricReserve),
      loansNeedApproval: z.exactOptional(z.boolean()),
      reason: z.exactOptional(ChangeReason),
      status: z.exactOptional(z.enum(['active', 'suspended'])),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed grant.', schema: Grant, etag: true },
    problems: [
      NotFound,
      ReasonMissing,
      PoolCapacityExceeded,
      NominalBelowCommitted,
      NominalBelowLent,
      LimitBelowOutstanding,
      ReserveExceedsGrant,
    ],
  },
  holdBooking: {
    operationId: 'holdBooking',
    method: 'POST',
    path: '/v1/grants/{grantId}/bookings',
    summary: 'Hold a course for a patient',
    description:
      'Takes one unit of the grant until `expiresAt`. Confirm it before then. A repeated request with the same Idempotency-Key never takes a second unit.',
    scopes: ['hub/quotas.write'],
    access: { beneficiary: deciding },
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
    access: { ...selfReads, ...partiesRead },
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
    access: partiesRead,
    params: bookingParams,
    response: { status: 200, description: 'The booking.', schema: Booking, etag: true },
    problems: [NotFound],
  },
  confirmBooking: {
    ...bookingAction,
    operationId: 'confirmBooking',
    path: '/v1/bookings/{bookingId}/confirm',
    summary: 'held → booked',
    access: { beneficiary: deciding },
    counts: 'BookingsConfirmed',
    problems: [...bookingAction.problems, HoldExpired],
  },
  releaseBooking: {
    ...bookingAction,
    operationId: 'releaseBooking',
    path: '/v1/bookings/{bookingId}/release',
    summary: 'held → released: give the unit back',
    access: { beneficiary: deciding },
    counts: 'BookingsReleased',
    problems: [...bookingAction.problems, HoldExpired],
  },
  cancelBooking: {
    ...bookingAction,
    operationId: 'cancelBooking',
    path: '/v1/bookings/{bookingId}/cancel',
    summary: 'booked → cancelled',
    access: { beneficiary: staff, provider: staff },
    counts: 'BookingsCancelled',
    body: z.strictObject({ reason: z.optional(z.enum(CANCELLATION_REASONS)) }),
  },
  arriveBooking: {
    ...bookingAction,
    operationId: 'arriveBooking',
    path: '/v1/bookings/{bookingId}/arrive',
    summary: 'booked → in-treatment: the patient has come',
    access: { beneficiary: clinical, provider: clinical },
    counts: 'BookingsArrived',
  },
  completeBooking: {
    ...bookingAction,
    operationId: 'completeBooking',
    path: '/v1/bookings/{bookingId}/complete',
    summary: 'in-treatment → fulfilled: the course is done',
    access: { beneficiary: clinical, provider: clinical },
    counts: 'BookingsCompleted',
  },
  noShowBooking: {
    ...bookingAction,
    operationId: 'noShowBooking',
    path: '/v1/bookings/{bookingId}/no-show',
    summary: 'booked → noshow: the patient did not come',
    access: { beneficiary: clinical, provider: clinical },
    counts: 'BookingsNoShow',
  },
  acceptOffer: {
    ...bookingAction,
    operationId: 'acceptOffer',
    path: '/v1/bookings/{bookingId}/accept-offer',
    summary: 'offered → held: take the unit that is offered',
    description: 'Confirm it before the new `expiresAt`, as any hold.',
    access: { beneficiary: deciding },
    problems: [...bookingAction.problems, OfferLapsed],
  },
  declineOffer: {
    ...bookingAction,
    operationId: 'declineOffer',
    path: '/v1/bookings/{bookingId}/decline-offer',
    summary: 'offered → waitlisted: let the next one have it',
    description:
      'The booking waits again, behind those of its class; after the third offer not taken it is `withdrawn`.',
    access: { beneficiary: deciding },
    problems: [...bookingAction.problems, OfferLapsed],
  },
  withdrawBooking: {
    ...bookingAction,
    operationId: 'withdrawBooking',
    path: '/v1/bookings/{bookingId}/withdraw',
    summary: 'waitlisted, offered → withdrawn: leave the line',
    access: { beneficiary: deciding },
  },
  setPriority: {
    ...bookingAction,
    operationId: 'setPriority',
    path: '/v1/bookings/{bookingId}/set-priority',
    summary: 'Give a waiting patient another priority class, by decision of the commission',
    access: { beneficiary: ['commission-member'] },
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
    access: providerReads,
    params: poolParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of waiting bookings. It can be shorter than `limit` and still have a `next`.',
      schema: BookingPage,
    },
    problems: [NotFound, InvalidCursor],
  },
  ...loanRoutes,
});
