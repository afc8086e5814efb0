import * as z from 'zod/mini';

import { ROLES } from '../shared/auth/vocabulary.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, LocalizedText, PageQuery, pageOf, Service, TimeZone } from '../shared/values.ts';

export const INSTITUTION_KINDS = [
  'cancer-centre',
  'proton-centre',
  'hospital',
  'university',
  'ministry',
  'association',
  'sponsor',
] as const;

export const INSTITUTION_STATUSES = ['invited', 'active', 'suspended', 'left'] as const;

export const Institution = z
  .strictObject({
    id: Id,
    kind: z.enum(INSTITUTION_KINDS),
    status: z.enum(INSTITUTION_STATUSES),
    name: LocalizedText,
    city: LocalizedText,
    country: z
      .string()
      .check(z.regex(/^[A-Z]{2}$/))
      .register(z.globalRegistry, { description: 'ISO 3166-1 alpha-2.' }),
    region: z.optional(
      z
        .string()
        .check(z.regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/))
        .register(z.globalRegistry, { description: 'ISO 3166-2.' }),
    ),
    timeZone: TimeZone,
    services: z.array(Service),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Institution', description: 'A partner of the Hub [FHIR Organization].' });
export type InstitutionRepresentation = z.infer<typeof Institution>;

/** Every partner may know who the partners are. */
const members = { none: ROLES };

export const institutionRoutes = defineRoutes({
  listInstitutions: {
    operationId: 'listInstitutions',
    method: 'GET',
    path: '/v1/institutions',
    summary: 'The partners',
    scopes: ['hub/institutions.read'],
    access: members,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of institutions in the order they joined.',
      schema: pageOf(Institution).register(z.globalRegistry, { id: 'InstitutionPage' }),
    },
    problems: [InvalidCursor],
  },
  getInstitution: {
    operationId: 'getInstitution',
    method: 'GET',
    path: '/v1/institutions/{institutionId}',
    summary: 'One partner',
    scopes: ['hub/institutions.read'],
    access: members,
    params: z.strictObject({ institutionId: Id }),
    response: { status: 200, description: 'The institution.', schema: Institution, etag: true },
    problems: [NotFound],
  },
});
