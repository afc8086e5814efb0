import { notFound, type Permission } from '../shared/auth/access.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, once, refusalOf } from '../shared/http/once.ts';
import type { Page, PageRequest } from '../shared/http/pages.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { BudgetBody, BudgetChange } from './budget-contract.ts';
import { type Budget, changedBudget, newBudget } from './budget-model.ts';
import { getCohort } from './cohort-operations.ts';
import type { ListPorts, Ports } from './ports.ts';
import { relationsTo } from './programme-model.ts';
import { readProgramme } from './programme-operations.ts';

/** Budgets of cohorts. */

interface KeyedRequest<B> {
  readonly permission: Permission;
  readonly body: B;
  readonly idempotencyKey: string;
}

/**
 * A request that makes something of a cohort. The id is derived from the request: it leads to the cohort, and a repetition
 * has the same.
 * @param ownerId the cohort, or what has its family of ids
 */
export function creationIn(
  ports: Ports,
  request: KeyedRequest<unknown>,
  target: readonly string[],
  ownerId: string,
): Creation {
  const creation = creationOf(ports, request, target, '');
  return { ...creation, resourceId: deriveId(ownerId, creation.request) };
}

async function readBudget({ funding }: Ports, budgetId: string): Promise<Budget> {
  const budget = await funding.getBudget(budgetId);
  if (budget === undefined) throw notFound();
  return budget;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getBudget(ports: Ports, permission: Permission, budgetId: string): Promise<Budget> {
  const budget = await readBudget(ports, budgetId);
  const cohort = await ports.cohorts.get(budget.cohortId);
  if (cohort === undefined) throw new Error('A budget has no cohort');
  const { partners } = await readProgramme(ports, cohort.programmeId);
  const relations = relationsTo({ ...cohort, partners }, permission.caller.institutionId);
  // Others know the cohort, but not what there is for it.
  permission.require(...relations.filter((relation) => relation !== 'partner'));
  return budget;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `cohort-state-conflict`, `institution-not-active`,
 *   `idempotency-key-reused`, `busy`
 */
export async function createBudget(
  ports: Ports,
  request: KeyedRequest<BudgetBody> & { readonly cohortId: string },
): Promise<Outcome<Budget>> {
  const { permission, cohortId, body } = request;
  const { cohort } = await getCohort(ports, permission, cohortId);
  return once(permission, {
    what: 'cohort',
    creation: () => creationIn(ports, request, ['createBudget', cohortId], cohortId),
    findEarlier: (creation) => ports.applications.findEarlier(creation),
    read: (id) => readBudget(ports, id),
    write: async (creation) => {
      const value = newBudget(creation.resourceId, cohort, body, deedOf(ports, permission));
      return { value, outcome: await ports.funding.createBudget(creation, value) };
    },
  });
}

export interface BudgetUpdate {
  readonly permission: Permission;
  readonly budgetId: string;
  readonly body: BudgetChange;
  readonly expectedVersion: number;
}

/** @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `budget-in-use`, `currencies-mixed`, `busy` */
export async function updateBudget(ports: Ports, request: BudgetUpdate): Promise<Budget> {
  const { permission, budgetId, body, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const budget = await getBudget(ports, permission, budgetId);
    refuseStale('budget', budget, expectedVersion);
    const outcome = await ports.funding.changeBudget(changedBudget(budget, body, deedOf(ports, permission)));
    if (outcome.kind === 'done') return readBudget(ports, budgetId);
    // Otherwise more was promised meanwhile, or its host has changed it: look again.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('budget');
}

/** The budgets of a cohort. @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listBudgets(ports: ListPorts, request: PageRequest, cohortId: string): Promise<Page<Budget>> {
  const { permission, limit, cursor } = request;
  await getCohort(ports, permission, cohortId);
  const list = `budgets:${cohortId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { items, next } = await ports.funding.listBudgets(cohortId, limit, after);
  return { items, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}
