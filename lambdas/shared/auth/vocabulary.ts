/**
 * What a token can say about its bearer. Pure data: the gateway, the OpenAPI document, the handlers and the local
 * issuer all read these lists, so that a scope or role exists in one place.
 */

/** OAuth 2.0 scopes, in the `<resource server>/<scope>` form Amazon Cognito gives them. */
export const SCOPES = [
  'hub/institutions.read',
  'hub/institutions.write',
  'hub/quotas.read',
  'hub/quotas.write',
  'hub/admin',
] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['hub-admin', 'coordinator', 'clinician', 'commission-member', 'auditor', 'integration'] as const;
export type Role = (typeof ROLES)[number];

/** Roles whose duty is to see every institution's data: what exists is no secret to them. */
export const ALL_SEEING_ROLES: readonly Role[] = ['hub-admin', 'auditor'];

/**
 * How a caller's institution stands to a resource.
 * `provider` runs the pool, `beneficiary` holds the grant, `self` is the institution itself, `none` is everybody else.
 */
export type Relation = 'provider' | 'beneficiary' | 'self' | 'none';

/** For each relation the roles that may do a thing. A relation that is not named may not. */
export type AccessRule = Partial<Record<Relation, readonly Role[]>>;
