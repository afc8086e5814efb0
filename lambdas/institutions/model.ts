import type { Agent } from '../shared/auth/agent.ts';
import { type Role, SCOPES, type Scope, scopesOf } from '../shared/auth/vocabulary.ts';
import type { ClientRepresentation } from './client-contract.ts';
import type { ContactsRepresentation } from './contact-contract.ts';
import type { InstitutionRepresentation } from './registry-contract.ts';
import type { InstitutionStatus } from './status.ts';

/** A partner as the registry keeps it. */
export interface Institution extends InstitutionRepresentation {
  /** Counts the changes; what an ETag says. */
  readonly version: number;
  /** Whose change this version is; missing in what was registered before that was kept. */
  readonly by?: Agent | undefined;
}

export function showInstitution({ version: _, by: __, ...institution }: Institution): InstitutionRepresentation {
  return institution;
}

/** How a caller's institution stands to another one, or to itself. */
export function relationsTo(institutionId: string, callersId: string) {
  return institutionId === callersId ? (['self', 'partner'] as const) : (['partner'] as const);
}

export type StatusAction = 'activate' | 'suspend' | 'leave';

/** From where to where an action leads. */
export const STATUS_CHANGES: Readonly<
  Record<StatusAction, { readonly from: readonly InstitutionStatus[]; readonly to: InstitutionStatus }>
> = {
  activate: { from: ['invited', 'suspended'], to: 'active' },
  suspend: { from: ['active'], to: 'suspended' },
  leave: { from: ['invited', 'active', 'suspended'], to: 'left' },
};

/** What lists of institutions are asked for by. */
export interface Criteria {
  readonly country?: string | undefined;
  readonly kind?: string | undefined;
  readonly service?: string | undefined;
}

/** Names the list of those who fit all criteria. */
export function listingOf({ country = '*', kind = '*', service = '*' }: Criteria): string {
  return `${country}#${kind}#${service}`;
}

const ALL = listingOf({});

/** Every list an institution is in, but the list of all. */
export function listingsOf({
  country,
  kind,
  services,
}: Pick<Institution, 'country' | 'kind' | 'services'>): readonly string[] {
  const listings = [country, undefined].flatMap((inCountry) =>
    [kind, undefined].flatMap((ofKind) =>
      [...services, undefined].map((service) => listingOf({ country: inCountry, kind: ofKind, service })),
    ),
  );
  return [...new Set(listings)].filter((listing) => listing !== ALL);
}

/** Whom to call at an institution. */
export interface Contacts extends ContactsRepresentation {
  readonly version: number;
  /** Whose change this version is; missing where nobody has named any, or before that was kept. */
  readonly by?: Agent | undefined;
}

export function showContacts({ version: _, by: __, ...contacts }: Contacts): ContactsRepresentation {
  return contacts;
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
  /** The issuer's ids of a client's secrets, oldest first; missing until they are rotated for the first time. */
  readonly secretIds?: readonly string[] | undefined;
  /** When somebody began to change a client's secrets; gone when that is done. */
  readonly changingSince?: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
  /** Whose change this version is; missing in what was enrolled before that was kept. */
  readonly by?: Agent | undefined;
}

export type MemberIdentity = Pick<Member, 'kind' | 'id'>;

export function showClient({
  id,
  institutionId,
  roles,
  status,
  secretIds,
  createdAt,
  updatedAt,
}: Member): ClientRepresentation {
  const secrets = status === 'revoked' ? 0 : (secretIds?.length ?? 1);
  return { id, institutionId, roles: [...roles], scopes: [...scopesOf(roles)], status, secrets, createdAt, updatedAt };
}

/** Roles that see or change what is not their institution's: an institution does not give them to its own systems. */
export const ADMINS_ROLES: readonly Role[] = ['hub-admin', 'auditor'];

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
