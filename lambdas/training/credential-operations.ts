import type * as z from 'zod/mini';
import { notFound, type Permission } from '../shared/auth/access.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome } from '../shared/http/once.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { Application } from './application-model.ts';
import { getApplication } from './application-operations.ts';
import type { credentialRoutes } from './credential-contract.ts';
import { type Credential, requireCompleted, requireValid, revoked, statusPlace } from './credential-model.ts';
import type { CredentialPorts } from './credential-ports.ts';
import { CredentialIssued } from './errors.ts';
import { getName } from './name-operations.ts';
import { type Achieved, achievementCredential, statusListCredential } from './open-badge.ts';
import { readProgramme } from './programme-operations.ts';
import { didDocument } from './signing-key.ts';

/** Issuing, verifying and revoking credentials. */

/** A credential, whoever asks. @throws Problem `not-found` */
export async function readCredential({ credentials }: CredentialPorts, credentialId: string): Promise<Credential> {
  const credential = await credentials.get(credentialId);
  if (credential === undefined) throw notFound();
  return credential;
}

export interface Issuing {
  readonly permission: Permission;
  readonly applicationId: string;
  readonly body: object;
  readonly idempotencyKey: string;
}

/**
 * Issues the credential of an application: one that is valid at a time.
 * @throws Problem `not-found`, `role-not-permitted`, `application-not-completed`, `credential-issued`,
 *   `idempotency-key-reused`, `busy`
 */
export async function issueCredential(ports: CredentialPorts, request: Issuing): Promise<Outcome<Credential>> {
  const { permission, applicationId } = request;
  const { application } = await getApplication(ports, permission, applicationId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const id = ports.newId();
    const creation = creationOf(ports, request, ['issueCredential', applicationId], id);
    const earlier = await ports.credentials.findEarlier(creation);
    if (earlier?.kind === 'key-reused') throw keyReused();
    if (earlier !== undefined) return { value: await readCredential(ports, earlier.resourceId), replayed: true };
    requireCompleted(application);
    const before = await revokedBefore(ports, applicationId);
    const credential = await sign(ports, permission, application, id);
    const outcome = await ports.credentials.create(creation, credential, before);
    if (outcome.kind === 'done') return { value: credential, replayed: false };
    // Otherwise another one was issued meanwhile, perhaps by this very request: look again.
  }
  throw busy('application');
}

/** The id of the credential that was revoked; `undefined` where there was none. @throws Problem `credential-issued` */
async function revokedBefore(ports: CredentialPorts, applicationId: string): Promise<string | undefined> {
  const before = await ports.credentials.lastOf(applicationId);
  if (before === undefined || (await readCredential(ports, before)).status === 'revoked') return before;
  throw new Problem(CredentialIssued, 'The application has a valid credential.', { credentialId: before });
}

async function sign(
  ports: CredentialPorts,
  permission: Permission,
  application: Application,
  id: string,
): Promise<Credential> {
  const { credentials, issuer, key } = ports;
  const { by, now } = deedOf(ports, permission);
  const { id: applicationId, cohortId, hostId, institutionId } = application;
  const place = statusPlace(await credentials.nextNumber());
  // Before anybody has something that was signed with it: whoever verifies that finds the key.
  await credentials.noteKey(key.public);
  const achieved = await achievedIn(ports, application);
  // Not the application’s id, which leads to its institution.
  const subject = crypto.randomUUID();
  const jwt = await key.sign(issuer, achievementCredential(issuer, { id, subject, place, now }, achieved), 'JWT');
  const at = now.toISOString();
  return {
    ...{ id, applicationId, cohortId, hostId, institutionId, status: 'valid', jwt, place },
    ...{ issuedAt: at, updatedAt: at, version: 1, by },
  };
}

/** What an application has come to. */
export async function achievedIn(ports: CredentialPorts, application: Application): Promise<Achieved> {
  const { id, cohortId, programmeId, hostId } = application;
  const [programme, cohort, host, name] = await Promise.all([
    readProgramme(ports, programmeId),
    ports.cohorts.get(cohortId),
    ports.partners.get(hostId),
    ports.applications.getName(id),
  ]);
  if (cohort === undefined) throw new Error('An application has no cohort');
  if (host?.name === undefined) throw new Error('The host of a programme is no partner that is known by name');
  return { programme, cohort, host: host.name, name };
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
    await getApplication(ports, permission, credential.applicationId);
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

/** What a certificate says: of one that is valid. @throws Problem `not-found`, `role-not-permitted`, `credential-revoked` */
export async function getCertified(
  ports: CredentialPorts,
  permission: Permission,
  credentialId: string,
): Promise<Achieved & { readonly credential: Credential }> {
  const credential = await readCredential(ports, credentialId);
  const { application } = await getApplication(ports, permission, credential.applicationId);
  requireValid(credential);
  const achieved = await achievedIn(ports, application);
  // Noted before it is shown.
  if (achieved.name !== undefined) await getName(ports, permission, application.id);
  return { ...achieved, credential };
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
