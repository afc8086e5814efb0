import type { Agent, Deed } from '../shared/auth/agent.ts';
import { Problem } from '../shared/http/problem.ts';
import type { Application } from './application-model.ts';
import type { CredentialRepresentation, REVOCATION_REASONS } from './credential-contract.ts';
import { ApplicationNotCompleted, CredentialRevoked } from './errors.ts';

/** Credentials as the Hub keeps them, and every decision about them. Pure. */

export interface Credential {
  readonly id: string;
  /** What it attests: a programme that was completed … */
  readonly applicationId?: string | undefined;
  readonly cohortId?: string | undefined;
  /** … or an event that was attended. */
  readonly registrationId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly hostId: string;
  readonly institutionId: string;
  readonly status: CredentialRepresentation['status'];
  readonly jwt: string;
  readonly place: StatusPlace;
  readonly issuedAt: string;
  readonly revokedAt?: string | undefined;
  readonly reason?: (typeof REVOCATION_REASONS)[number] | undefined;
  readonly updatedAt: string;
  readonly version: number;
  readonly by: Agent;
}

/** The application, or the registration, that a credential attests: each has one that is valid at a time. */
export function attestedBy({ id, applicationId, registrationId }: Credential): string {
  const attested = applicationId ?? registrationId;
  if (attested === undefined) throw new Error(`The credential ${id} attests nothing`);
  return attested;
}

/** Where a list says whether a credential is revoked. */
export interface StatusPlace {
  /** Lists are counted from 1. */
  readonly list: number;
  /** The bit, counted from the left, from 0. */
  readonly index: number;
}

/** Bits of a list: the least there may be, so that nobody learns from a request which credential is looked at. */
export const LIST_BITS = 131_072;

/** @param number counted from 1 over all credentials */
export function statusPlace(number: number): StatusPlace {
  return { list: Math.floor((number - 1) / LIST_BITS) + 1, index: (number - 1) % LIST_BITS };
}

/** @throws Problem `application-not-completed` */
export function requireCompleted({ status }: Application): void {
  if (status === 'completed') return;
  throw new Problem(ApplicationNotCompleted, `The application is ${status}.`, { applicationStatus: status });
}

/** @throws Problem `credential-revoked` */
export function requireValid({ status, revokedAt }: Credential): void {
  if (status === 'revoked') throw new Problem(CredentialRevoked, 'The credential is revoked.', { revokedAt });
}

/** @throws Problem `credential-revoked` */
export function revoked(
  credential: Credential,
  reason: NonNullable<Credential['reason']>,
  { by, now }: Deed,
): Credential {
  requireValid(credential);
  const at = now.toISOString();
  return {
    ...credential,
    status: 'revoked',
    reason,
    revokedAt: at,
    updatedAt: at,
    version: credential.version + 1,
    by,
  };
}
