import { type AccessRule, ALL_SEEING_ROLES, type Relation, ROLES, type Role } from './vocabulary.ts';

/**
 * What the routes' access rules are made of, each in one place, so that a contract reads as who may do what. All of them
 * together are the page `docs/access.md`. Pure.
 */

type Part = Exclude<Relation, 'none'>;

export const COORDINATORS: readonly Role[] = ['coordinator'];
/** Who acts for an institution day by day: its coordinators and its systems. */
export const STAFF: readonly Role[] = [...COORDINATORS, 'integration'];
/** Who decides whether a patient takes a unit. */
export const DECIDING: readonly Role[] = [...STAFF, 'commission-member'];
/** Who knows that a patient has come. */
export const CLINICAL: readonly Role[] = ['coordinator', 'clinician', 'integration'];

/** Only those whose institution has this part in it. */
export function doneBy(roles: readonly Role[], ...parts: readonly Part[]): AccessRule {
  return Object.fromEntries(parts.map((part) => [part, roles]));
}

/** Those whose institution has this part in it, and whose duty is to see everything. */
export function seenBy(roles: readonly Role[], ...parts: readonly Part[]): AccessRule {
  return { ...doneBy(roles, ...parts), none: ALL_SEEING_ROLES };
}

/** Everybody whose institution has this part in it, and whose duty is to see everything. */
export function readBy(...parts: readonly Part[]): AccessRule {
  return seenBy(ROLES, ...parts);
}

/** An admin of the Hub. */
export const ADMINS_ONLY: AccessRule = { none: ['hub-admin'] };

/** An institution looks after its own; an admin of the Hub helps. */
export const OWN_COORDINATORS_OR_ADMINS: AccessRule = { ...doneBy(COORDINATORS, 'self'), ...ADMINS_ONLY };
