import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { CSV_TYPE, mediaTypeFor } from '../shared/http/media-type.ts';
import { page } from '../shared/http/reply.ts';
import { CSV } from '../shared/http/route.ts';
import { on, serve } from '../shared/http/serve.ts';
import { accountingRoutes as routes } from './accounting-contract.ts';
import { accountingPortsOn } from './accounting-ports.ts';
import { closePeriod, getClosing } from './closing-operations.ts';
import { listLedger } from './ledger-operations.ts';
import type { AccountingListPorts } from './lists.ts';
import { loanEndpoints } from './loan-endpoints.ts';
import { usageAsCsv } from './usage-csv.ts';
import { reportQuotaUsage, restateUsage } from './usage-operations.ts';

const table = deployedTable();
const ports: AccountingListPorts = {
  ...accountingPortsOn(table),
  cursors: new Cursors(environment('CURSOR_SECRET')),
};

export const handler = serve(routes, guardsOn(table), [
  on(routes.listLedger, async ({ permission, params: { grantId }, query }) => {
    const { items, next } = await listLedger(ports, { permission, ...query }, grantId);
    return page(items, next);
  }),
  ...loanEndpoints(ports),
  on(routes.closePeriod, async ({ params: { poolId }, ...request }) => {
    const { value, replayed } = await closePeriod(ports, { ...request, poolId });
    return { body: value, replayed };
  }),
  on(routes.reportQuotaUsage, async ({ permission, query, accept }) => {
    const mediaType = mediaTypeFor(routes.reportQuotaUsage, accept);
    const { items, next } = await reportQuotaUsage(ports, { permission, ...query });
    const shown = page(items, next);
    return mediaType === CSV ? { ...shown, body: usageAsCsv(items), media: { type: CSV_TYPE } } : shown;
  }),
  on(routes.restateUsage, async ({ params: { poolId }, permission, body }) => ({
    body: await restateUsage(ports, { permission, poolId, body }),
  })),
  on(routes.getClosing, async ({ permission, params: { poolId } }) => ({
    body: await getClosing(ports, permission, poolId),
  })),
]);
