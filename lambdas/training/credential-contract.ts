import * as z from 'zod/mini';

import { COORDINATORS, doneBy } from '../shared/auth/rules.ts';
import { NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant } from '../shared/values.ts';
import { DisplayName } from './application-contract.ts';
import { applicationParams } from './contract-parts.ts';
import { ApplicationNotCompleted, CredentialIssued, CredentialRevoked } from './errors.ts';

/** Credentials: what somebody can show to anybody, and anybody can verify, of a programme or an event. */

/** Verifiable credentials secured by JOSE. */
export const VC_JWT = 'application/vc+jwt';
export const HTML = 'text/html';
export const SVG = 'image/svg+xml';

export const REVOCATION_REASONS = ['issued-in-error', 'facts-corrected', 'misconduct', 'other'] as const;

const Credential = z
  .strictObject({
    id: Id,
    status: z.enum(['valid', 'revoked']),
    issuedAt: Instant,
    revokedAt: z.optional(Instant),
    jwt: z.string().register(z.globalRegistry, {
      description: 'The signed credential, to be kept by who it is for: a compact JWS with `EdDSA`.',
    }),
    credential: z.looseObject({ id: z.string(), type: z.array(z.string()) }).register(z.globalRegistry, {
      description: 'What it says: an Open Badges 3.0 `AchievementCredential`, without anybody’s name.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'Credential',
    description: 'A signed statement that a programme was completed, or an event attended.',
  });
export type CredentialRepresentation = z.infer<typeof Credential>;

const credentialParams = z.strictObject({ credentialId: Id });
const registrationParams = z.strictObject({ registrationId: Id });

/** In which the certificate is written. */
export const CERTIFICATE_LANGUAGES = ['en', 'ru', 'kk'] as const;
export type CertificateLanguage = (typeof CERTIFICATE_LANGUAGES)[number];

export const credentialRoutes = defineRoutes({
  issueCredential: {
    operationId: 'issueCredential',
    method: 'POST',
    path: '/v1/applications/{applicationId}/credentials',
    summary: 'Issue the credential of a trainee who has completed the programme',
    description:
      'It holds a salted hash of the name for the certificate if there is one, and never the name: the salt is kept with the name.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: applicationParams,
    body: z.strictObject({}),
    bodyOptional: true,
    idempotencyKey: 'required',
    response: { status: 201, description: 'The credential.', schema: Credential, etag: true },
    problems: [NotFound, ApplicationNotCompleted, CredentialIssued],
  },
  issueAttendanceCredential: {
    operationId: 'issueAttendanceCredential',
    method: 'POST',
    path: '/v1/registrations/{registrationId}/credentials',
    summary: 'Issue the certificate of somebody who has attended an event',
    description:
      'Once they are checked in: a moment later that is known. It holds a salted hash of the name if one is given, and never the name, which is kept apart for the certificate to print.',
    scopes: ['hub/events.write'],
    access: doneBy(COORDINATORS, 'host', 'applicant'),
    params: registrationParams,
    body: z
      .strictObject({
        displayName: z.optional(DisplayName),
        consent: z.optional(z.literal(true)).register(z.globalRegistry, {
          description: 'That the attendee agrees to the name being on the certificate; given with a name.',
        }),
      })
      .check(
        z.refine(({ displayName, consent }) => (displayName === undefined) === (consent === undefined), {
          error: 'must be given with a name, and only with one',
          path: ['consent'],
        }),
      ),
    bodyOptional: true,
    idempotencyKey: 'required',
    response: { status: 201, description: 'The credential.', schema: Credential, etag: true },
    problems: [NotFound, CredentialIssued],
  },
  eraseAttendeeName: {
    operationId: 'eraseAttendeeName',
    method: 'POST',
    path: '/v1/registrations/{registrationId}/erase-name',
    summary: 'Erase the name that the certificate has, for good',
    description:
      'The credential stays valid, and nobody can tell any more whose it is but by who holds it. Doing it again changes nothing.',
    scopes: ['hub/events.write'],
    access: doneBy(COORDINATORS, 'applicant'),
    params: registrationParams,
    body: z.strictObject({}),
    bodyOptional: true,
    response: {
      status: 200,
      description: 'The registration that has no name then.',
      schema: z.strictObject({ registrationId: Id }).register(z.globalRegistry, { id: 'ErasedName' }),
    },
    problems: [NotFound],
  },
  getCredential: {
    operationId: 'getCredential',
    method: 'GET',
    path: '/v1/credentials/{credentialId}',
    summary: 'Verify a credential',
    description:
      'For everybody, without a token. The credential alone with `Accept: application/vc+jwt`; a page to read with `Accept: text/html`.',
    scopes: 'public',
    access: {},
    params: credentialParams,
    response: {
      status: 200,
      description: 'The credential, and whether it is valid.',
      schema: Credential,
      alternatives: [VC_JWT, HTML],
    },
    problems: [NotFound],
  },
  revokeCredential: {
    operationId: 'revokeCredential',
    method: 'POST',
    path: '/v1/credentials/{credentialId}/revoke',
    summary: 'valid → revoked, for good',
    description: 'Whoever verifies it learns that it is revoked, and not why. Another one can be issued.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: credentialParams,
    body: z.strictObject({ reason: z.enum(REVOCATION_REASONS) }),
    idempotencyKey: 'optional',
    ifMatch: 'optional',
    response: { status: 200, description: 'The credential as it is then.', schema: Credential, etag: true },
    problems: [NotFound, StaleVersion, CredentialRevoked],
  },
  getCertificate: {
    operationId: 'getCertificate',
    method: 'GET',
    path: '/v1/credentials/{credentialId}/certificate',
    summary: 'The certificate to print, with the name and a QR code that leads to the credential',
    description: 'That another institution than the trainee’s has read the name is in the audit.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'applicant', 'host'),
    params: credentialParams,
    query: z.strictObject({
      language: z._default(z.enum(CERTIFICATE_LANGUAGES), 'en').register(z.globalRegistry, {
        description: 'In which it is written.',
      }),
    }),
    response: { status: 200, description: 'A page of A4, landscape.', mediaType: SVG },
    problems: [NotFound, CredentialRevoked],
  },
  getCredentialStatusList: {
    operationId: 'getCredentialStatusList',
    method: 'GET',
    path: '/v1/credential-status-lists/{list}',
    summary: 'Which credentials are revoked',
    description: 'A signed Bitstring Status List (W3C), for everybody, without a token. May be kept for five minutes.',
    scopes: 'public',
    access: {},
    params: z.strictObject({ list: z.string().check(z.regex(/^[1-9]\d{0,5}$/)) }),
    response: { status: 200, description: 'A `BitstringStatusListCredential`.', mediaType: VC_JWT },
    problems: [NotFound],
  },
  getDidDocument: {
    operationId: 'getDidDocument',
    method: 'GET',
    path: '/.well-known/did.json',
    summary: 'The keys that credentials are signed with',
    description: 'The DID document of the Hub as an issuer (`did:web`): for everybody, without a token.',
    scopes: 'public',
    access: {},
    response: {
      status: 200,
      description: 'A DID document with every key that was ever used.',
      schema: z
        .looseObject({ id: z.string(), verificationMethod: z.array(z.looseObject({ id: z.string() })) })
        .register(z.globalRegistry, { id: 'DidDocument' }),
    },
    problems: [],
  },
});
