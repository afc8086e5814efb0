import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { CalendarDate, Id, institutionFilter, PageQuery, pageOf, Sha256 } from '../shared/values.ts';
import {
  AGREEMENT_KINDS,
  Agreement,
  AgreementVersion,
  Parties,
  proposed,
  TERMINATION_REASONS,
} from './contract-parts.ts';
import {
  AgreementHashOutdated,
  AgreementTerminated,
  AlreadyApproved,
  NotAParty,
  PartyNotActive,
  TerminationInThePast,
  TooFewParties,
  TooManyVersions,
  ValidityEndsBeforeItBegins,
  VersionUnchanged,
} from './errors.ts';

/** Agreements: how they are proposed, approved, superseded, terminated and read. */

const agreementParams = z.strictObject({ agreementId: Id });

const approveAtOnce = {
  approve: z._default(z.boolean(), false).register(z.globalRegistry, {
    description: 'Whether your institution approves it by proposing it.',
  }),
};

/** What the actions on an agreement share. */
const agreementAction = {
  method: 'POST',
  scopes: ['hub/agreements.write'],
  access: doneBy(COORDINATORS, 'party'),
  params: agreementParams,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The agreement as it is then.', schema: Agreement, etag: true },
} as const;

export const agreementRoutes = defineRoutes({
  createAgreement: {
    operationId: 'createAgreement',
    method: 'POST',
    path: '/v1/agreements',
    summary: 'Propose an agreement to other institutions',
    description:
      'Makes the agreement with its first version. It comes into force when every party has approved the hash of that version, and its validity has begun.',
    scopes: ['hub/agreements.write'],
    access: doneBy(COORDINATORS, 'self'),
    body: z.strictObject({ kind: z.enum(AGREEMENT_KINDS), parties: Parties, ...proposed, ...approveAtOnce }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new agreement.', schema: Agreement, etag: true },
    problems: [TooFewParties, NotAParty, ValidityEndsBeforeItBegins, InstitutionNotActive, PartyNotActive],
  },
  listAgreements: {
    operationId: 'listAgreements',
    method: 'GET',
    path: '/v1/agreements',
    summary: 'The agreements your institution is a party of',
    scopes: ['hub/agreements.read'],
    access: readBy('self'),
    query: z.strictObject({
      ...PageQuery,
      ...institutionFilter,
    }),
    response: {
      status: 200,
      description: 'A page of agreements, oldest first.',
      schema: pageOf(Agreement, 'AgreementPage'),
    },
    problems: [InvalidCursor, NotFound],
  },
  getAgreement: {
    operationId: 'getAgreement',
    method: 'GET',
    path: '/v1/agreements/{agreementId}',
    summary: 'One agreement, and which version of it is in force',
    description: 'The ETag covers what parties have done. Days that begin and end change `status`, not the ETag.',
    scopes: ['hub/agreements.read'],
    access: readBy('party'),
    params: agreementParams,
    response: { status: 200, description: 'The agreement.', schema: Agreement, etag: true },
    problems: [NotFound],
  },
  proposeAgreementVersion: {
    operationId: 'proposeAgreementVersion',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/versions',
    summary: 'Propose another version',
    description:
      'Names in `follows` the newest version, so that nobody’s proposal is replaced unread. What is in force stays so until every party has approved the new version and its validity has begun. An earlier version that not all have approved can no longer be approved.',
    scopes: ['hub/agreements.write'],
    access: doneBy(COORDINATORS, 'party'),
    params: agreementParams,
    body: z.strictObject({ follows: Sha256, ...proposed, ...approveAtOnce }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new version.', schema: AgreementVersion, etag: true },
    problems: [
      NotFound,
      ValidityEndsBeforeItBegins,
      AgreementTerminated,
      AgreementHashOutdated,
      VersionUnchanged,
      TooManyVersions,
      InstitutionNotActive,
      PartyNotActive,
    ],
  },
  listAgreementVersions: {
    operationId: 'listAgreementVersions',
    method: 'GET',
    path: '/v1/agreements/{agreementId}/versions',
    summary: 'All versions of an agreement with their approvals',
    scopes: ['hub/agreements.read'],
    access: readBy('party'),
    params: agreementParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of versions, oldest first.',
      schema: pageOf(AgreementVersion, 'AgreementVersionPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getAgreementVersion: {
    operationId: 'getAgreementVersion',
    method: 'GET',
    path: '/v1/agreements/{agreementId}/versions/{version}',
    summary: 'One version: what a party approves',
    scopes: ['hub/agreements.read'],
    access: readBy('party'),
    params: z.strictObject({ agreementId: Id, version: z.string().check(z.regex(/^[1-9]\d{0,3}$/)) }),
    response: { status: 200, description: 'The version.', schema: AgreementVersion, etag: true },
    problems: [NotFound],
  },
  approveAgreement: {
    ...agreementAction,
    operationId: 'approveAgreement',
    path: '/v1/agreements/{agreementId}/approvals',
    summary: 'Approve a version by its hash',
    description: 'Your institution approves what has this hash and nothing else: it must be the newest version’s.',
    body: z.strictObject({ hash: Sha256 }),
    problems: [
      NotFound,
      StaleVersion,
      AgreementTerminated,
      AgreementHashOutdated,
      AlreadyApproved,
      InstitutionNotActive,
    ],
  },
  terminateAgreement: {
    ...agreementAction,
    operationId: 'terminateAgreement',
    path: '/v1/agreements/{agreementId}/terminate',
    summary: 'End an agreement from a day on',
    description:
      'Any party may. From that day on nothing is granted under the agreement; what was granted runs on to its end. A proposal that comes to nothing is ended in the same way.',
    body: z.strictObject({
      reason: z.enum(TERMINATION_REASONS),
      from: z.exactOptional(CalendarDate).register(z.globalRegistry, {
        description: 'The first day on which it is no longer in force; today unless said.',
      }),
    }),
    problems: [NotFound, StaleVersion, AgreementTerminated, TerminationInThePast],
  },
});
