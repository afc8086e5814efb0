import { Problem } from '../http/problem.ts';
import { NotFound, RoleNotPermitted } from '../http/problems.ts';
import type { Caller } from './caller.ts';
import { type AccessRule, ALL_SEEING_ROLES, type Relation } from './vocabulary.ts';

/** A caller before a route's access rule. Every operation asks it before it shows or changes anything. */
export class Permission {
  readonly caller: Caller;
  readonly #rule: AccessRule;
  #asked = false;

  constructor(rule: AccessRule, caller: Caller) {
    this.#rule = rule;
    this.caller = caller;
  }

  /** Whether anybody has asked: an answer that nobody asked permission for is a fault of the Hub. */
  get asked(): boolean {
    return this.#asked;
  }

  /**
   * Lets pass who may do what the route does to something it stands in these relations to.
   * @throws Problem `not-found` when the caller may not know that the thing exists,
   *   `role-not-permitted` when it may see it but not do this to it
   */
  require(...relations: readonly Relation[]): void {
    this.#asked = true;
    authorize(this.#rule, this.caller, relations);
  }
}

/** What there is not, and what is not the caller's to see, is refused in exactly the same words. */
export function notFound(): Problem {
  return new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
}

/** Decides by the rule. @throws as `Permission.require` does */
export function authorize(rule: AccessRule, caller: Caller, relations: readonly Relation[]): void {
  const permitted = (relation: Relation): boolean =>
    caller.roles.some((role) => rule[relation]?.includes(role) === true);
  if (relations.some(permitted) || permitted('none')) return;

  const related = relations.some((relation) => relation !== 'none');
  const seesAll = caller.roles.some((role) => ALL_SEEING_ROLES.includes(role));
  if (!related && !seesAll) throw notFound();
  throw new Problem(RoleNotPermitted, `None of your roles (${caller.roles.join(', ')}) may do this here.`, {
    permittedRoles: [...new Set(relations.flatMap((relation) => rule[relation] ?? []))],
  });
}
