import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { notificationRoutes as routes } from './contract.ts';
import { FeedTable } from './feed-table.ts';
import { listNotifications } from './operations.ts';

const table = deployedTable();
const ports = { feed: new FeedTable(table), cursors: new Cursors(environment('CURSOR_SECRET')) };

export const handler = serve(routes, guardsOn(table), [
  on(routes.listNotifications, async ({ permission, query: { institutionId, ...paging } }) => {
    const { items, next } = await listNotifications(ports, { permission, ...paging }, institutionId);
    return page(items, next);
  }),
]);
