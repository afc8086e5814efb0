import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Funds } from '../shared/money.ts';
import { Id, Instant, PageQuery, pageOf } from '../shared/values.ts';
import { cohortParams } from './contract-parts.ts';
import { CohortStateConflict } from './errors.ts';
import { budgetParams, Payer } from './funding-contract-parts.ts';
import { BudgetInUse, CurrenciesMixed } from './funding-errors.ts';

/** Budgets: how much money there is for the travel grants of a cohort, and who pays it. */

export const Budget = z
  .strictObject({
    id: Id,
    cohortId: Id,
    hostId: Id,
    payer: Payer,
    limit: Funds,
    committed: Funds.check().register(z.globalRegistry, { description: 'Offered or accepted, and not paid yet.' }),
    disbursed: Funds.check().register(z.globalRegistry, { description: 'Paid.' }),
    available: Funds.check().register(z.globalRegistry, {
      description: 'The rest. The three add up to the limit, at every moment.',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Budget', description: 'What a payer gives for travel to a cohort.' });
export type BudgetRepresentation = z.infer<typeof Budget>;

export const budgetRoutes = defineRoutes({
  createBudget: {
    operationId: 'createBudget',
    method: 'POST',
    path: '/v1/cohorts/{cohortId}/budgets',
    summary: 'Say what a payer gives for travel to a cohort',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: cohortParams,
    body: z.strictObject({ payer: Payer, limit: Funds }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The budget.', schema: Budget, etag: true },
    problems: [NotFound, CohortStateConflict, InstitutionNotActive],
  },
  listBudgets: {
    operationId: 'listBudgets',
    method: 'GET',
    path: '/v1/cohorts/{cohortId}/budgets',
    summary: 'The budgets of a cohort',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party'),
    params: cohortParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of budgets, in no particular order.',
      schema: pageOf(Budget, 'BudgetPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getBudget: {
    operationId: 'getBudget',
    method: 'GET',
    path: '/v1/budgets/{budgetId}',
    summary: 'One budget, and what is left of it',
    description: 'The ETag covers what its host has said. What is offered and paid does not change it.',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party'),
    params: budgetParams,
    response: { status: 200, description: 'The budget.', schema: Budget, etag: true },
    problems: [NotFound],
  },
  updateBudget: {
    operationId: 'updateBudget',
    method: 'PATCH',
    path: '/v1/budgets/{budgetId}',
    summary: 'Change the limit of a budget, or who pays',
    description: 'Its currency stays. Who pays is changed only while nothing is promised or paid.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: budgetParams,
    body: z.strictObject({ payer: z.exactOptional(Payer), limit: z.exactOptional(Funds) }),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed budget.', schema: Budget, etag: true },
    problems: [NotFound, BudgetInUse, CurrenciesMixed],
  },
});
export type BudgetBody = z.output<typeof budgetRoutes.createBudget.body>;
export type BudgetChange = z.output<typeof budgetRoutes.updateBudget.body>;
