import { type Role, SCOPES, type Scope, scopesOf } from '../shared/auth/vocabulary.ts';
import type { InstitutionRepresentation } from './contract.ts';

/** A partner as the registry keeps it. */
export interface Institution extends InstitutionRepresentation {
  /** Counts the changes; what an ETag says. */
  readonly version: number;
}

export function showInstitution({ version: _, ...institution }: Institution): InstitutionRepresentation {
  return institution;
}

export const MEMBER_KINDS = ['client', 'person'] as const;
export const MEMBER_STATUSES = ['active', 'revoked'] as const;

/** Who acts for an institution. Nothing more is known of a person here than the issuer's opaque id. */
export interface Member {
  readonly kind: (typeof MEMBER_KINDS)[number];
  /** A system's client id, a person's `sub`. */
  readonly id: string;
  readonly institutionId: string;
  readonly roles: readonly Role[];
  readonly status: (typeof MEMBER_STATUSES)[number];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

export type MemberIdentity = Pick<Member, 'kind' | 'id'>;

/** What is put into a member's access token, and which scopes are kept out of it though they were asked for. */
export interface TokenContents {
  readonly claims: { readonly institution_id: string; readonly roles: readonly Role[] };
  readonly withheldScopes: readonly Scope[];
}

/** Roles only take scopes away: a token never carries one that was not asked for. */
export function tokenContents({ institutionId, roles }: Pick<Member, 'institutionId' | 'roles'>): TokenContents {
  const permitted = scopesOf(roles);
  return {
    claims: { institution_id: institutionId, roles },
    withheldScopes: SCOPES.filter((scope) => !permitted.includes(scope)),
  };
}
