import type { Deed, Versioned } from '../shared/auth/agent.ts';
import { Problem } from '../shared/http/problem.ts';
import type { Funds } from '../shared/money.ts';
import type { BudgetBody, BudgetChange, BudgetRepresentation } from './budget-contract.ts';
import { type Cohort, statusAt } from './cohort-model.ts';
import { CohortStateConflict } from './errors.ts';
import { BudgetExceeded, BudgetInUse, CurrenciesMixed } from './funding-errors.ts';

/** Budgets as the Hub keeps them, and every decision about them. Pure. */

type Derived = 'committed' | 'disbursed' | 'available';

export interface Budget extends Omit<BudgetRepresentation, Derived>, Versioned {
  /** All that is promised or paid, in the limit's currency: never more than the limit. */
  readonly bound: number;
  /** What of it is paid. */
  readonly disbursed: number;
}

/** How the counters of a budget move. They are no version of it: what its host has said stays. */
export interface BudgetMove {
  readonly budgetId: string;
  readonly bound: number;
  readonly disbursed: number;
  /** The limit that was judged, when money is promised. */
  readonly within?: Funds;
}

/** @throws Problem `cohort-state-conflict` */
export function newBudget(id: string, cohort: Cohort, { payer, limit }: BudgetBody, { by, now }: Deed): Budget {
  const is = statusAt(cohort, now);
  if (is === 'cancelled') throw new Problem(CohortStateConflict, `The cohort is ${is}.`, { cohortStatus: is });
  const at = now.toISOString();
  return {
    ...{ id, cohortId: cohort.id, hostId: cohort.hostId, payer, limit, bound: 0, disbursed: 0 },
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
}

/** How much can be bound for a change to be right; it is asked again when it is written. */
export interface ChangedBudget {
  readonly next: Budget;
  readonly most: number;
}

/** @throws Problem `currencies-mixed`, `budget-in-use` */
export function changedBudget(budget: Budget, { payer, limit }: BudgetChange, { by, now }: Deed): ChangedBudget {
  const next: Budget = {
    ...{ ...budget, payer: payer ?? budget.payer, limit: limit ?? budget.limit },
    ...{ version: budget.version + 1, updatedAt: now.toISOString(), by },
  };
  requireCurrency(budget.limit.currency, next.limit);
  const most = payer === undefined ? next.limit.amount : 0;
  if (budget.bound > most) {
    const { committed, disbursed } = showBudget(budget);
    throw new Problem(BudgetInUse, 'Too much is promised or paid for this.', { committed, disbursed });
  }
  return { next, most };
}

/** @throws Problem `currencies-mixed` */
export function requireCurrency(currency: string, ...funds: readonly Funds[]): void {
  if (funds.every((each) => each.currency === currency)) return;
  throw new Problem(CurrenciesMixed, `All amounts have to be in ${currency}.`, { currency });
}

/** Promises so much of a budget. @throws Problem `currencies-mixed`, `budget-exceeded` */
export function promised(budget: Budget, funds: Funds): BudgetMove {
  const { id: budgetId, limit, bound } = budget;
  requireCurrency(limit.currency, funds);
  if (bound + funds.amount <= limit.amount) return { budgetId, bound: funds.amount, disbursed: 0, within: limit };
  throw new Problem(BudgetExceeded, 'The budget has less left.', { available: showBudget(budget).available });
}

export function showBudget(budget: Budget): BudgetRepresentation {
  const { version: _, by: __, bound, disbursed, ...shown } = budget;
  const { amount, currency } = budget.limit;
  return {
    ...shown,
    committed: { amount: bound - disbursed, currency },
    disbursed: { amount: disbursed, currency },
    available: { amount: amount - bound, currency },
  };
}
