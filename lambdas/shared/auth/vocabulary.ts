/**
 * What a token can say about its bearer. Pure: the gateway, the OpenAPI document, the handlers, the token trigger and the
 * local issuer all read these lists, so that a scope or role exists in one place.
 */

/** OAuth 2.0 scopes, in the `<resource server>/<scope>` form Amazon Cognito gives them. */
export const SCOPES = [
  'hub/institutions.read',
  'hub/institutions.write',
  /** Names and addresses of the staff whom partners may call. */
  'hub/institutions.members',
  'hub/agreements.read',
  'hub/agreements.write',
  'hub/documents.read',
  'hub/documents.write',
  'hub/quotas.read',
  'hub/quotas.write',
  'hub/training.read',
  'hub/training.write',
  'hub/events.read',
  'hub/events.write',
  /** Who changed what, and who was shown what. */
  'hub/audit.read',
  'hub/notifications.read',
  'hub/notifications.write',
  'hub/admin',
] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['hub-admin', 'coordinator', 'clinician', 'commission-member', 'auditor', 'integration'] as const;
export type Role = (typeof ROLES)[number];

const MEMBERS: Scope = 'hub/institutions.members';
const AUDIT: Scope = 'hub/audit.read';

/**
 * What one role may ask for: auditors only read, and only an admin of the Hub is one. Who coordinates needs to know whom
 * to call, and answers for what is done; clinicians, commissions and systems do not.
 */
function scopesOfRole(role: Role): readonly Scope[] {
  if (role === 'hub-admin') return SCOPES;
  if (role === 'auditor') return SCOPES.filter((scope) => scope.endsWith('.read') || scope === MEMBERS);
  return SCOPES.filter(
    (scope) => scope !== 'hub/admin' && ((scope !== MEMBERS && scope !== AUDIT) || role === 'coordinator'),
  );
}

/** The scopes that a bearer of these roles may have in a token. */
export function scopesOf(roles: readonly Role[]): readonly Scope[] {
  return SCOPES.filter((scope) => roles.some((role) => scopesOfRole(role).includes(scope)));
}

/** Roles whose duty is to see every institution's data: what exists is no secret to them. */
export const ALL_SEEING_ROLES: readonly Role[] = ['hub-admin', 'auditor'];

/**
 * How a caller's institution stands to a resource.
 * `provider` runs the pool, `beneficiary` holds the grant, `lender` and `borrower` are the sides of a loan, `host` offers
 * the programme or organises the event, `applicant` sends somebody to it, `party` is one of an agreement, a partner institution of a programme, one that is
 * invited to an event, or one that a document is shared with, `reviewer` was assigned
 * it to judge, `self` is the institution itself, `partner` is any other to what
 * all may know of, `none` is everybody else.
 */
export type Relation =
  | 'provider'
  | 'beneficiary'
  | 'lender'
  | 'borrower'
  | 'host'
  | 'applicant'
  | 'reviewer'
  | 'party'
  | 'self'
  | 'partner'
  | 'none';

/** For each relation the roles that may do a thing. A relation that is not named may not. */
export type AccessRule = Partial<Record<Relation, readonly Role[]>>;
