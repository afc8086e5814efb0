import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, institutionFilter, LocalizedText, PageQuery, pageOf, Service } from '../shared/values.ts';
import { PeriodClosed } from './closing-errors.ts';
import { Illustrative, Period, poolParams } from './contract-parts.ts';
import { CapacityBelowAllocated } from './errors.ts';
import { Units } from './units.ts';

/** Pools: what they are, and how they are offered and read. */

/** What becomes of the unit when a booking does not lead to a course. */
const UnitPolicy = z.enum(['return-unit', 'forfeit-unit']);
export type UnitPolicy = z.infer<typeof UnitPolicy>;

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
    status: z.enum(['open', 'closing', 'closed']).register(z.globalRegistry, {
      description: 'Whether the period has been closed: see `closePeriod`.',
    }),
    nextPoolId: z.optional(Id).register(z.globalRegistry, {
      description: 'Where unused courses are or were carried at the end of the period.',
    }),
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

export const poolRoutes = defineRoutes({
  createPool: {
    operationId: 'createPool',
    method: 'POST',
    path: '/v1/pools',
    summary: 'Offer capacity: a pool of courses for one service and period',
    description: 'The pool belongs to the caller’s institution, which becomes its provider.',
    scopes: ['hub/quotas.write'],
    access: doneBy(COORDINATORS, 'self'),
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
    access: readBy('self'),
    query: z.strictObject({ ...PageQuery, ...institutionFilter }),
    response: {
      status: 200,
      description: 'A page of pools, oldest first.',
      schema: pageOf(Pool, 'PoolPage'),
    },
    problems: [InvalidCursor, NotFound],
  },
  getPool: {
    operationId: 'getPool',
    method: 'GET',
    path: '/v1/pools/{poolId}',
    summary: 'One pool',
    scopes: ['hub/quotas.read'],
    access: readBy('provider'),
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
    access: doneBy(COORDINATORS, 'provider'),
    params: poolParams,
    body: z.strictObject({
      name: z.exactOptional(LocalizedText),
      capacity: z.exactOptional(Units),
      cancellationPolicy: z.exactOptional(UnitPolicy),
      noShowPolicy: z.exactOptional(UnitPolicy),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed pool.', schema: Pool, etag: true },
    problems: [NotFound, PeriodClosed, CapacityBelowAllocated],
  },
});
