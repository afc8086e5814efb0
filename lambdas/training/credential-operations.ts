import type * as z from 'zod/mini';
import type { HeldEvent } from '../events/published.ts';
import { notFound, type Permission } from '../shared/auth/access.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome } from '../shared/http/once.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { LocalizedText } from '../shared/values.ts';
import { type Achieved, attended, completed } from './achieved.ts';
import type { CertificateName } from './application-contract.ts';
import type { Application } from './application-model.ts';
import { getApplication } from './application-operations.ts';
import { getAttendance, newName, readName } from './attendance-operations.ts';
import type { credentialRoutes } from './credential-contract.ts';
import {
  attestedBy,
  type Credential,
  requireCompleted,
  requireValid,
  revoked,
  statusPlace,
} from './credential-model.ts';
import type { CredentialPorts } from './credential-ports.ts';
import { CredentialIssued } from './errors.ts';
import { getName } from './name-operations.ts';
import { achievementCredential, statusListCredential } from './open-badge.ts';
import { readProgramme } from './programme-operations.ts';
import { didDocument } from './signing-key.ts';

/** Issuing, verifying and revoking credentials. */

/** A credential, whoever asks. @throws Problem `not-found` */
export async function readCredential({ credentials }: CredentialPorts, credentialId: string): Promise<Credential> {
  const credential = await credentials.get(credentialId);
  if (credential === undefined) throw notFound();
  return credential;
}

export interface Issuing<B = object> {
  readonly permission: Permission;
  readonly body: B;
  readonly idempotencyKey: string;
}

/** What a credential is to attest. */
interface Attested {
  readonly credential: Pick<
    Credential,
    'applicationId' | 'cohortId' | 'registrationId' | 'eventId' | 'hostId' | 'institutionId'
  >;
  readonly achieved: () => Promise<Achieved>;
  /** Kept with it. */
  readonly name?: CertificateName;
}

/**
 * Issues the credential of an application: one that is valid at a time.
 * @throws Problem `not-found`, `role-not-permitted`, `application-not-completed`, `credential-issued`,
 *   `idempotency-key-reused`, `busy`
 */
export async function issueCredential(
  ports: CredentialPorts,
  request: Issuing & { readonly applicationId: string },
): Promise<Outcome<Credential>> {
  const { permission, applicationId } = request;
  const { application } = await getApplication(ports, permission, applicationId);
  const { cohortId, hostId, institutionId } = application;
  return issue(ports, request, ['issueCredential', applicationId], () => {
    requireCompleted(application);
    const credential = { applicationId, cohortId, hostId, institutionId };
    return { credential, achieved: () => achievedIn(ports, application) };
  });
}

/**
 * The same of a registration for an event that was attended.
 * @throws Problem `not-found`, `role-not-permitted`, `credential-issued`, `idempotency-key-reused`, `busy`
 */
export async function issueAttendance(
  ports: CredentialPorts,
  request: Issuing<{ readonly displayName?: string | undefined }> & { readonly registrationId: string },
): Promise<Outcome<Credential>> {
  const { permission, registrationId, body } = request;
  const { attendance, event } = await getAttendance(ports, permission, registrationId);
  const name = body.displayName === undefined ? undefined : newName(body.displayName, ports.now());
  return issue(ports, request, ['issueAttendanceCredential', registrationId], () => {
    const { eventId, organiserId: hostId, institutionId } = attendance;
    const credential = { registrationId, eventId, hostId, institutionId };
    return { credential, achieved: () => attendedBy(ports, event, name), ...(name === undefined ? {} : { name }) };
  });
}

/** @param attest what is issued, if it may be */
async function issue(
  ports: CredentialPorts,
  request: Issuing,
  target: [operation: string, attested: string],
  attest: () => Attested,
): Promise<Outcome<Credential>> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const id = ports.newId();
    const creation = creationOf(ports, request, target, id);
    const earlier = await ports.credentials.findEarlier(creation);
    if (earlier?.kind === 'key-reused') throw keyReused();
    if (earlier !== undefined) return { value: await readCredential(ports, earlier.resourceId), replayed: true };
    const attested = attest();
    const before = await revokedBefore(ports, target[1]);
    const credential = await sign(ports, request.permission, attested, id);
    const outcome = await ports.credentials.create(creation, credential, before, attested.name);
    if (outcome.kind === 'done') return { value: credential, replayed: false };
    // Otherwise another one was issued meanwhile, perhaps by this very request: look again.
  }
  throw busy('credential');
}

/** The id of the credential that was revoked; `undefined` where there was none. @throws Problem `credential-issued` */
async function revokedBefore(ports: CredentialPorts, attested: string): Promise<string | undefined> {
  const before = await ports.credentials.lastOf(attested);
  if (before === undefined || (await readCredential(ports, before)).status === 'revoked') return before;
  throw new Problem(CredentialIssued, 'There is a valid credential.', { credentialId: before });
}

async function sign(
  ports: CredentialPorts,
  permission: Permission,
  attested: Attested,
  id: string,
): Promise<Credential> {
  const { credentials, issuer, key } = ports;
  const { by, now } = deedOf(ports, permission);
  const place = statusPlace(await credentials.nextNumber());
  // Before anybody has something that was signed with it: whoever verifies that finds the key.
  await credentials.noteKey(key.public);
  const achieved = await attested.achieved();
  // Not the id of what is attested, which leads to its institution.
  const subject = crypto.randomUUID();
  const jwt = await key.sign(issuer, achievementCredential(issuer, { id, subject, place, now }, achieved), 'JWT');
  const at = now.toISOString();
  return {
    ...{ id, ...attested.credential, status: 'valid', jwt, place },
    ...{ issuedAt: at, updatedAt: at, version: 1, by },
  };
}

/** What an application has come to. */
export async function achievedIn(ports: CredentialPorts, application: Application): Promise<Achieved> {
  const { id, cohortId, programmeId, hostId } = application;
  const [programme, cohort, host, name] = await Promise.all([
    readProgramme(ports, programmeId),
    ports.cohorts.get(cohortId),
    nameOf(ports, hostId),
    ports.applications.getName(id),
  ]);
  if (cohort === undefined) throw new Error('An application has no cohort');
  return completed(programme, cohort, { host, name });
}

async function attendedBy(
  ports: CredentialPorts,
  event: HeldEvent,
  name: CertificateName | undefined,
): Promise<Achieved> {
  return attended(event, { host: await nameOf(ports, event.organiserId), name });
}

async function nameOf({ partners }: CredentialPorts, hostId: string): Promise<LocalizedText> {
  const host = await partners.get(hostId);
  if (host?.name === undefined) throw new Error('Who can say so is no partner that is known by name');
  return host.name;
}

export interface Revoking {
  readonly permission: Permission;
  readonly credentialId: string;
  readonly body: z.output<typeof credentialRoutes.revokeCredential.body>;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/**
 * Revokes a credential, for good.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `credential-revoked`, `idempotency-key-reused`, `busy`
 */
export async function revokeCredential(ports: CredentialPorts, request: Revoking): Promise<Outcome<Credential>> {
  const { permission, credentialId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const creation = creationOf(
    ports,
    { permission, body, idempotencyKey },
    ['revokeCredential', credentialId],
    credentialId,
  );
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const credential = await readCredential(ports, credentialId);
    await requirePart(ports, permission, credential);
    const earlier = await ports.credentials.findEarlier(creation);
    if (earlier?.kind === 'key-reused') throw keyReused();
    if (earlier !== undefined) return { value: credential, replayed: true };
    refuseStale('credential', credential, expectedVersion);
    const next = revoked(credential, body.reason, deedOf(ports, permission));
    const outcome = await ports.credentials.revoke(creation, next);
    if (outcome.kind === 'done') return { value: next, replayed: false };
  }
  throw busy('credential');
}

/** @throws Problem `not-found`, `role-not-permitted` */
async function requirePart(ports: CredentialPorts, permission: Permission, credential: Credential): Promise<void> {
  if (credential.applicationId === undefined) await getAttendance(ports, permission, attestedBy(credential));
  else await getApplication(ports, permission, credential.applicationId);
}

/** What a certificate says: of one that is valid. @throws Problem `not-found`, `role-not-permitted`, `credential-revoked` */
export async function getCertified(
  ports: CredentialPorts,
  permission: Permission,
  credentialId: string,
): Promise<Achieved> {
  const credential = await readCredential(ports, credentialId);
  if (credential.applicationId === undefined) {
    const { attendance, event } = await getAttendance(ports, permission, attestedBy(credential));
    requireValid(credential);
    return attendedBy(ports, event, await readName(ports, permission, attendance));
  }
  const { application } = await getApplication(ports, permission, credential.applicationId);
  requireValid(credential);
  const achieved = await achievedIn(ports, application);
  // Noted before it is shown.
  if (achieved.name !== undefined) await getName(ports, permission, application.id);
  return achieved;
}

/** A status list, signed now. @param list counted from 1 @throws Problem `not-found` */
export async function getStatusList(ports: CredentialPorts, list: number): Promise<string> {
  const { credentials, issuer, key, now } = ports;
  const last = await credentials.lastNumber();
  if (list > statusPlace(Math.max(last, 1)).list) throw notFound();
  await credentials.noteKey(key.public);
  return key.sign(issuer, statusListCredential(issuer, list, await credentials.revokedIn(list), now()), 'vc+jwt');
}

/** The issuer with all its keys: those that were used, and the one that will be next. */
export async function getDidDocument({ credentials, issuer, key }: CredentialPorts) {
  const used = await credentials.keys();
  const others = used.filter(({ kid }) => kid !== key.public.kid);
  return didDocument(issuer, [key.public, ...others]);
}
