import { Problem } from '../http/problem.ts';
import { NotFound, RoleNotPermitted } from '../http/problems.ts';
import type { Agent } from './agent.ts';
import type { Caller } from './caller.ts';
import { type AccessRule, ALL_SEEING_ROLES, type Relation, ROLES, type Role } from './vocabulary.ts';

/** A caller before a route's access rule. Every operation asks it before it shows or changes anything. */
export class Permission {
  readonly caller: Caller;
  readonly #rule: AccessRule;
  readonly #correlationId: string;
  #permitted: Role | undefined;

  /** @param correlationId of the exchange in which the caller asks */
  constructor(rule: AccessRule, caller: Caller, correlationId: string) {
    this.#rule = rule;
    this.caller = caller;
    this.#correlationId = correlationId;
  }

  /** Whether anybody has asked: an answer that nobody asked permission for is a fault of the Hub. */
  get asked(): boolean {
    return this.#permitted !== undefined;
  }

  /**
   * Lets pass who may do what the route does to something it stands in these relations to.
   * @throws Problem `not-found` when the caller may not know that the thing exists,
   *   `role-not-permitted` when it may see it but not do this to it
   */
  require(...relations: readonly Relation[]): void {
    this.#permitted = authorize(this.#rule, this.caller, relations);
  }

  /** Who is doing this, once it was permitted: what is written with the change. @throws Error when nobody has asked */
  get agent(): Agent {
    if (this.#permitted === undefined) throw new Error('Something is done before anybody asked permission');
    const { subject, institutionId } = this.caller;
    return { actor: subject, role: this.#permitted, institutionId, correlationId: this.#correlationId };
  }
}

/** What there is not, and what is not the caller's to see, is refused in exactly the same words. */
export function notFound(): Problem {
  return new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
}

/** The roles that a rule names, whatever the caller stands to. */
export function rolesIn(rule: AccessRule): readonly Role[] {
  return ROLES.filter((role) => Object.values(rule).some((roles) => roles.includes(role)));
}

/**
 * Refuses who may not do this to anything at all, before anything is read: what there is makes no difference to the answer.
 * @param permitting see `rolesIn`
 * @throws Problem `role-not-permitted`
 */
export function requireRole(permitting: readonly Role[], { roles }: Caller): void {
  if (roles.some((role) => permitting.includes(role))) return;
  throw roleNotPermitted(roles, permitting);
}

function roleNotPermitted(roles: readonly Role[], permittedRoles: readonly Role[]): Problem {
  return new Problem(RoleNotPermitted, `None of your roles (${roles.join(', ')}) may do this here.`, {
    permittedRoles,
  });
}

/** Decides by the rule. @returns the role that permits it @throws as `Permission.require` does */
export function authorize(rule: AccessRule, caller: Caller, relations: readonly Relation[]): Role {
  for (const relation of [...relations, 'none'] as const) {
    const permitting = caller.roles.find((role) => rule[relation]?.includes(role));
    if (permitting !== undefined) return permitting;
  }

  const related = relations.some((relation) => relation !== 'none');
  const seesAll = caller.roles.some((role) => ALL_SEEING_ROLES.includes(role));
  if (!related && !seesAll) throw notFound();
  throw roleNotPermitted(caller.roles, [...new Set(relations.flatMap((relation) => rule[relation] ?? []))]);
}
