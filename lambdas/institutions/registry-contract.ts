import * as z from 'zod/mini';

import { ADMINS_ONLY, doneBy, OWN_COORDINATORS_OR_ADMINS } from '../shared/auth/rules.ts';
import { ROLES, SCOPES } from '../shared/auth/vocabulary.ts';
import { COUNTRIES } from '../shared/countries.ts';
import { InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, isTimeZone, LocalizedText, PageQuery, pageOf, SERVICES, Service } from '../shared/values.ts';
import {
  InstitutionStateConflict,
  LastAdmin,
  OwnInstitution,
  RorIdMistyped,
  UnknownCountry,
  UnknownRegion,
  UnknownTimeZone,
} from './errors.ts';
import { hasRorChecksum, ROR_ID } from './ror.ts';
import { INSTITUTION_STATUSES } from './status.ts';

/** The registry: what an institution is, how it is registered, changed, found, activated, suspended, and how it leaves. */

export const INSTITUTION_KINDS = [
  'cancer-centre',
  'proton-centre',
  'hospital',
  'university',
  'ministry',
  'association',
  'sponsor',
] as const;

const Country = z
  .string()
  .check(
    z.refine((code) => COUNTRIES.has(code), {
      params: { problem: UnknownCountry },
      message: 'must be a country code of ISO 3166-1 alpha-2 such as KZ',
    }),
  )
  .register(z.globalRegistry, { description: 'ISO 3166-1 alpha-2.', examples: ['KZ'] });

/** Whether the country has it is looked up when it is stored. */
const Region = z
  .string()
  .check(z.regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'must be a code of ISO 3166-2 such as RU-ULY'))
  .register(z.globalRegistry, { id: 'Region', description: 'ISO 3166-2, of the same country.', examples: ['RU-ULY'] });

const LocalTimeZone = z
  .string()
  .check(
    z.maxLength(64),
    z.refine((name) => /^[A-Za-z]/.test(name) && isTimeZone(name), {
      params: { problem: UnknownTimeZone },
      message: 'must be an IANA time zone such as Asia/Bishkek',
    }),
  )
  .register(z.globalRegistry, {
    id: 'LocalTimeZone',
    description: 'IANA time zone of the place.',
    examples: ['Asia/Bishkek'],
  });

const RorId = z
  .string()
  .check(
    z.regex(ROR_ID, 'must be a ROR id such as https://ror.org/03yrm5c26'),
    z.refine((id) => !ROR_ID.test(id) || hasRorChecksum(id), {
      params: { problem: RorIdMistyped },
      message: 'has a checksum that does not fit',
    }),
  )
  .register(z.globalRegistry, {
    id: 'RorId',
    description: 'The id of the institution in the Research Organization Registry.',
    examples: ['https://ror.org/03yrm5c26'],
  });

const Services = z.array(Service).check(
  z.maxLength(SERVICES.length),
  z.refine((services) => new Set(services).size === services.length, 'must name each service once'),
);

/** What an institution says of itself. */
const described = {
  kind: z.enum(INSTITUTION_KINDS),
  name: LocalizedText,
  city: LocalizedText,
  country: Country,
  timeZone: LocalTimeZone,
  services: Services,
};

export const Institution = z
  .strictObject({
    id: Id,
    status: z.enum(INSTITUTION_STATUSES),
    ...described,
    region: z.optional(Region),
    rorId: z.optional(RorId),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Institution', description: 'A partner of the Hub [FHIR Organization].' });
export type InstitutionRepresentation = z.infer<typeof Institution>;

export const institutionParams = z.strictObject({ institutionId: Id });

/** Every partner may know who the partners are. */
const everybody = doneBy(ROLES, 'partner');

const institutionAction = {
  method: 'POST',
  scopes: ['hub/institutions.write'],
  params: institutionParams,
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The institution.', schema: Institution, etag: true },
} as const;

export const registryRoutes = defineRoutes({
  getMe: {
    operationId: 'getMe',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who am I: institution, roles, scopes',
    scopes: SCOPES,
    access: doneBy(ROLES, 'self'),
    response: {
      status: 200,
      description: 'The caller.',
      schema: z
        .strictObject({
          subject: z.string(),
          clientId: z.string(),
          institutionId: Id,
          roles: z.array(z.enum(ROLES)),
          scopes: z.array(z.string()),
        })
        .register(z.globalRegistry, { id: 'Me', description: 'The caller, as the Hub understands its access token.' }),
    },
    problems: [],
  },
  createInstitution: {
    operationId: 'createInstitution',
    method: 'POST',
    path: '/v1/institutions',
    summary: 'Invite a partner',
    description:
      'The institution is registered as `invited`: it can have accounts and clients and describe itself, and becomes a partner that gives and gets courses when it is activated.',
    scopes: ['hub/institutions.write'],
    access: ADMINS_ONLY,
    body: z.strictObject({
      ...described,
      services: z._default(Services, []),
      region: z.exactOptional(Region),
      rorId: z.exactOptional(RorId),
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new institution.', schema: Institution, etag: true },
    problems: [UnknownCountry, UnknownRegion, UnknownTimeZone, RorIdMistyped],
  },
  listInstitutions: {
    operationId: 'listInstitutions',
    method: 'GET',
    path: '/v1/institutions',
    summary: 'The partners, all or those in a country, of a kind, with a service',
    scopes: ['hub/institutions.read'],
    access: everybody,
    query: z.strictObject({
      ...PageQuery,
      country: z.optional(Country),
      kind: z.optional(z.enum(INSTITUTION_KINDS)),
      service: z.optional(Service),
    }),
    response: {
      status: 200,
      description: 'A page of institutions that have all that is asked for, in the order they joined.',
      schema: pageOf(Institution, 'InstitutionPage'),
    },
    problems: [InvalidCursor],
  },
  getInstitution: {
    operationId: 'getInstitution',
    method: 'GET',
    path: '/v1/institutions/{institutionId}',
    summary: 'One partner',
    scopes: ['hub/institutions.read'],
    access: everybody,
    params: institutionParams,
    response: { status: 200, description: 'The institution.', schema: Institution, etag: true },
    problems: [NotFound],
  },
  updateInstitution: {
    operationId: 'updateInstitution',
    method: 'PATCH',
    path: '/v1/institutions/{institutionId}',
    summary: 'Change what an institution says of itself',
    description: 'By its own coordinator, or an admin of the Hub. `null` takes a region or ROR id away.',
    scopes: ['hub/institutions.write'],
    access: OWN_COORDINATORS_OR_ADMINS,
    params: institutionParams,
    body: z.strictObject({
      kind: z.exactOptional(described.kind),
      name: z.exactOptional(LocalizedText),
      city: z.exactOptional(LocalizedText),
      country: z.exactOptional(Country),
      region: z.exactOptional(z.nullable(Region)),
      timeZone: z.exactOptional(LocalTimeZone),
      services: z.exactOptional(Services),
      rorId: z.exactOptional(z.nullable(RorId)),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed institution.', schema: Institution, etag: true },
    problems: [NotFound, UnknownCountry, UnknownRegion, UnknownTimeZone, RorIdMistyped, InstitutionStateConflict],
  },
  activateInstitution: {
    ...institutionAction,
    operationId: 'activateInstitution',
    path: '/v1/institutions/{institutionId}/activate',
    summary: 'Make an invited or suspended institution an active partner',
    access: ADMINS_ONLY,
    problems: [NotFound, StaleVersion, InstitutionStateConflict],
  },
  suspendInstitution: {
    ...institutionAction,
    operationId: 'suspendInstitution',
    path: '/v1/institutions/{institutionId}/suspend',
    summary: 'Shut an active institution out',
    description:
      'It gives and gets nothing new, nobody gets a token for it, and within a minute no token for it is good any more. What is agreed and booked stands.',
    access: ADMINS_ONLY,
    problems: [NotFound, StaleVersion, InstitutionStateConflict, OwnInstitution],
  },
  leaveInstitution: {
    ...institutionAction,
    operationId: 'leaveInstitution',
    path: '/v1/institutions/{institutionId}/leave',
    summary: 'Leave the Hub for good',
    description:
      'By its own coordinator, or an admin of the Hub. As suspending, without a way back; its contacts are erased.',
    access: OWN_COORDINATORS_OR_ADMINS,
    problems: [NotFound, StaleVersion, InstitutionStateConflict, LastAdmin],
  },
});
