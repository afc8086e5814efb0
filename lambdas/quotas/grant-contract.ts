import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { CalendarDate, Id, Instant, institutionFilter, PageQuery, pageOf, Service, Sha256 } from '../shared/values.ts';
import { PeriodClosed } from './closing-errors.ts';
import { grantParams, Illustrative, Period, poolParams } from './contract-parts.ts';
import {
  AgreementNotInForce,
  NominalBelowCommitted,
  PoolCapacityExceeded,
  ReserveExceedsGrant,
  UnknownBeneficiary,
} from './errors.ts';
import { LimitBelowOutstanding, NominalBelowLent, ReasonMissing } from './loan-errors.ts';
import { ChangeReason, Units } from './units.ts';

/** Grants: what they are, and how they are given, changed and read. */

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

export const CarryOver = z
  .strictObject({
    percent: z.int().check(z.minimum(0), z.maximum(100)),
    max: Units,
    days: z.optional(z.int().check(z.minimum(1), z.maximum(366))).register(z.globalRegistry, {
      description: 'For how long in the next period they can be used; to its end unless said.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'CarryOver',
    description:
      'What becomes of unused courses at the end of the period: `percent` of them, rounded down, but `max` at most, go into the partner’s grant of the next period. The others expire. Without a policy all do.',
  });
export type CarryOver = z.infer<typeof CarryOver>;

/** Under which version of which agreement a grant is given. */
export const givenUnder = {
  agreementId: z.optional(Id).register(z.globalRegistry, {
    description: 'The agreement it was given under.',
  }),
  agreementVersion: z.optional(z.int()).register(z.globalRegistry, {
    description: 'The version that was in force then.',
  }),
  agreementHash: z.optional(Sha256).register(z.globalRegistry, { description: 'The hash of that version.' }),
};

export const GRANT_STATUSES = ['active', 'suspended', 'closing', 'closed'] as const;

export const Grant = z
  .strictObject({
    id: Id,
    poolId: Id,
    providerId: Id,
    beneficiaryId: Id,
    service: Service,
    period: Period,
    ...givenUnder,
    nominal: Units,
    lendingLimit: Units,
    borrowingLimit: Units,
    loansNeedApproval: z.boolean().register(z.globalRegistry, {
      description: 'Loans from and to this grant need the provider’s approval, too, and only the provider transfers.',
    }),
    adjustments: Adjustments,
    paediatricReserve: z.optional(PaediatricReserve),
    carryOver: z.optional(CarryOver),
    carriedUntil: z.optional(CalendarDate).register(z.globalRegistry, {
      description:
        'Last day of the courses that were carried in. They are used first; those that are left then expire.',
    }),
    status: z.enum(GRANT_STATUSES).register(z.globalRegistry, {
      description: '`closing` and `closed` at the end of the period: see `closePeriod`.',
    }),
    balance: Balance,
    illustrative: Illustrative,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Grant', description: 'A beneficiary’s entitlement in a pool.' });
export type GrantRepresentation = z.infer<typeof Grant>;

const GrantPage = pageOf(Grant, 'GrantPage');

export const grantRoutes = defineRoutes({
  createGrant: {
    operationId: 'createGrant',
    method: 'POST',
    path: '/v1/pools/{poolId}/grants',
    summary: 'Promise courses of the pool to a partner',
    scopes: ['hub/quotas.write'],
    access: doneBy(COORDINATORS, 'provider'),
    params: poolParams,
    body: z.strictObject({
      beneficiaryId: Id,
      nominal: Units,
      lendingLimit: z._default(Units, 0),
      borrowingLimit: z._default(Units, 0),
      paediatricReserve: z.optional(PaediatricReserve),
      carryOver: z.optional(CarryOver),
      loansNeedApproval: z._default(z.boolean(), false),
      agreementId: z.exactOptional(Id).register(z.globalRegistry, {
        description: 'An agreement in force today, of both institutions, that names the pool’s service.',
      }),
      illustrative: Illustrative,
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new grant.', schema: Grant, etag: true },
    problems: [
      NotFound,
      PeriodClosed,
      PoolCapacityExceeded,
      UnknownBeneficiary,
      ReserveExceedsGrant,
      AgreementNotInForce,
    ],
  },
  listPoolGrants: {
    operationId: 'listPoolGrants',
    method: 'GET',
    path: '/v1/pools/{poolId}/grants',
    summary: 'The grants given in a pool',
    scopes: ['hub/quotas.read'],
    access: readBy('provider'),
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
    access: readBy('self'),
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
    access: readBy('provider', 'beneficiary'),
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
    access: doneBy(COORDINATORS, 'provider'),
    params: grantParams,
    body: z.strictObject({
      nominal: z.exactOptional(Units),
      lendingLimit: z.exactOptional(Units),
      borrowingLimit: z.exactOptional(Units),
      paediatricReserve: z.exactOptional(PaediatricReserve),
      carryOver: z.exactOptional(CarryOver),
      loansNeedApproval: z.exactOptional(z.boolean()),
      reason: z.exactOptional(ChangeReason),
      status: z.exactOptional(z.enum(['active', 'suspended'])),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed grant.', schema: Grant, etag: true },
    problems: [
      NotFound,
      PeriodClosed,
      ReasonMissing,
      PoolCapacityExceeded,
      NominalBelowCommitted,
      NominalBelowLent,
      LimitBelowOutstanding,
      ReserveExceedsGrant,
    ],
  },
});
