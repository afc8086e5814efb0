import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import * as z from 'zod/mini';

import { Problem } from '../http/problem.ts';
import { TokenIncomplete } from '../http/problems.ts';
import { ROLES, type Role } from './vocabulary.ts';

/** Who calls: taken from the access token that the gateway has verified, never from the request itself. */
export interface Caller {
  /** `sub`: the person's or system's opaque id. */
  readonly subject: string;
  readonly clientId: string;
  readonly institutionId: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
}

type Claims = APIGatewayProxyEventV2WithJWTAuthorizer['requestContext']['authorizer']['jwt']['claims'];

const institutionId = z.uuid();

/** The gateway hands array claims on as `[a b]`; space-separated strings (like `scope`) are read the same way. */
function words(claim: Claims[string] | undefined): string[] {
  return String(claim ?? '')
    .replace(/^\[|\]$/g, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
}

/**
 * Reads the caller from the claims of a verified access token.
 * @throws Problem `token-incomplete` when the token names no subject, no institution or no role the Hub knows.
 */
export function callerFrom(claims: Claims): Caller {
  const institution = institutionId.safeParse(claims['institution_id']);
  const given = words(claims['roles']);
  const roles = ROLES.filter((role) => given.includes(role));
  const subject = String(claims['sub'] ?? '');
  // Without a subject two callers would be one, and each could meet the other's idempotency keys.
  if (!institution.success || roles.length === 0 || subject === '') {
    throw new Problem(
      TokenIncomplete,
      'The access token lacks a subject or a valid institution_id, or carries no role of the Hub.',
    );
  }
  return {
    subject,
    clientId: String(claims['client_id'] ?? ''),
    institutionId: institution.data,
    roles,
    scopes: words(claims['scope']),
  };
}
