import { CSV_TYPE, mediaTypeFor } from '../shared/http/media-type.ts';
import type { Outcome } from '../shared/http/once.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { CSV } from '../shared/http/route.ts';
import { on } from '../shared/http/serve.ts';
import { type Budget, showBudget } from './budget-model.ts';
import { createBudget, getBudget, listBudgets, updateBudget } from './budget-operations.ts';
import { trainingRoutes as routes } from './contract.ts';
import { payersAsCsv, rowsAsCsv } from './report-csv.ts';
import { type ReportPorts, reportTraining } from './report-operations.ts';
import { showTravelGrant, type TravelGrant } from './travel-grant-model.ts';
import {
  accept,
  createTravelGrant,
  decline,
  disburse,
  getTravelGrant,
  listTravelGrants,
  offer,
  withdraw,
} from './travel-grant-operations.ts';

/** Budgets, travel grants and the report over HTTP. */

const budget = (value: Budget) => ({ body: showBudget(value), version: value.version });
const grant = (value: TravelGrant) => ({ body: showTravelGrant(value), version: value.version });
const acted = ({ value, replayed }: Outcome<TravelGrant>) => ok(grant(value), replayed);

export function fundingEndpoints(ports: ReportPorts) {
  return [
    on(routes.createBudget, async ({ params: { cohortId }, ...request }) => {
      const { value, replayed } = await createBudget(ports, { ...request, cohortId });
      return created(`/v1/budgets/${value.id}`, budget(value), replayed);
    }),
    on(routes.listBudgets, async ({ permission, params: { cohortId }, query }) => {
      const { items, next } = await listBudgets(ports, { permission, ...query }, cohortId);
      return page(items.map(showBudget), next);
    }),
    on(routes.getBudget, async ({ permission, params: { budgetId } }) =>
      ok(budget(await getBudget(ports, permission, budgetId))),
    ),
    on(routes.updateBudget, async ({ params: { budgetId }, ...request }) =>
      ok(budget(await updateBudget(ports, { ...request, budgetId }))),
    ),
    on(routes.createTravelGrant, async (request) => {
      const { value, replayed } = await createTravelGrant(ports, request);
      return created(`/v1/travel-grants/${value.id}`, grant(value), replayed);
    }),
    on(routes.listTravelGrants, async ({ permission, query }) => {
      const { items, next } = await listTravelGrants(ports, { permission, ...query });
      return page(items.map(showTravelGrant), next);
    }),
    on(routes.getTravelGrant, async ({ permission, params: { travelGrantId } }) =>
      ok(grant(await getTravelGrant(ports, permission, travelGrantId))),
    ),
    on(routes.offerTravelGrant, async ({ params, ...request }) => acted(await offer(ports, { ...request, ...params }))),
    on(routes.acceptTravelGrant, async ({ params, ...request }) =>
      acted(await accept(ports, { ...request, ...params })),
    ),
    on(routes.declineTravelGrant, async ({ params, ...request }) =>
      acted(await decline(ports, { ...request, ...params })),
    ),
    on(routes.disburseTravelGrant, async ({ params, ...request }) =>
      acted(await disburse(ports, { ...request, ...params })),
    ),
    on(routes.withdrawTravelGrant, async ({ params, ...request }) =>
      acted(await withdraw(ports, { ...request, ...params })),
    ),
    on(routes.reportTraining, async ({ permission, query: { groupBy, ...query }, accept: accepted }) => {
      const mediaType = mediaTypeFor(routes.reportTraining, accepted);
      const { items, payers, next } = await reportTraining(ports, { permission, ...query });
      const shown = page(items, next);
      if (mediaType !== CSV) return { ...shown, body: { items, payers, ...(next === undefined ? {} : { next }) } };
      const body = groupBy === 'payer' ? payersAsCsv(payers) : rowsAsCsv(items);
      return { ...shown, body, media: { type: CSV_TYPE } };
    }),
  ];
}
