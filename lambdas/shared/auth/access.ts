import { Problem } from '../http/problem.ts';
import { NotFound, RoleNotPermitted } from '../http/problems.ts';
import type { Caller } from './caller.ts';
import { type AccessRule, ALL_SEEING_ROLES, type Relation } from './vocabulary.ts';

/**
 * Decides whether the caller may do what `rule` governs to a resource it stands in `relations` to.
 * @throws Problem `not-found` when the caller may not know that the resource exists,
 *   `role-not-permitted` when it may see the resource but not do this to it.
 */
export function authorize(rule: AccessRule, caller: Caller, relations: readonly Relation[]): void {
  const permitted = (relation: Relation): boolean =>
    caller.roles.some((role) => rule[relation]?.includes(role) === true);
  if (relations.some(permitted) || permitted('none')) return;

  const related = relations.some((relation) => relation !== 'none');
  const seesAll = caller.roles.some((role) => ALL_SEEING_ROLES.includes(role));
  if (!related && !seesAll) throw new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
  throw new Problem(RoleNotPermitted, `None of your roles (${caller.roles.join(', ')}) may do this here.`, {
    permittedRoles: [...new Set(relations.flatMap((relation) => rule[relation] ?? []))],
  });
}
