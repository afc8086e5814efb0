import { uuidv7 } from 'uuidv7';

import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { showDelivery } from './delivery-model.ts';
import { listDeliveries, replayDelivery, testWebhook } from './delivery-operations.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { webhookRoutes as routes } from './webhook-contract.ts';
import { deployedReceivers, portsOn } from './webhook-deployed-ports.ts';
import { showWebhook, type Webhook } from './webhook-model.ts';
import {
  createWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
  rotateSecret,
  updateWebhook,
  type WebhookAndSecret,
} from './webhook-operations.ts';

const table = deployedTable();
const ports = {
  ...portsOn(table),
  queue: new DeliveryQueue(environment('DELIVERIES_URL')),
  receivers: deployedReceivers(),
  cursors: new Cursors(environment('CURSOR_SECRET')),
  newId: uuidv7,
};

const webhook = (value: Webhook) => ({ body: showWebhook(value), version: value.version });
const withSecret = ({ webhook: value, secret }: WebhookAndSecret) => ({
  body: { ...showWebhook(value), secret },
  version: value.version,
});

export const handler = serve(routes, guardsOn(table), [
  on(routes.createWebhook, async (request) => {
    const { value, replayed } = await createWebhook(ports, request);
    return created(`/v1/webhooks/${value.webhook.id}`, withSecret(value), replayed);
  }),
  on(routes.listWebhooks, async ({ permission, query }) => {
    const { items, next } = await listWebhooks(ports, { permission, ...query });
    return page(items.map(showWebhook), next);
  }),
  on(routes.getWebhook, async ({ permission, params }) =>
    ok(webhook(await getWebhook(ports, { permission, ...params }))),
  ),
  on(routes.updateWebhook, async ({ params, ...request }) =>
    ok(webhook(await updateWebhook(ports, { ...request, ...params }))),
  ),
  on(routes.removeWebhook, async ({ params, ...request }) =>
    ok(webhook(await removeWebhook(ports, { ...request, ...params }))),
  ),
  on(routes.testWebhook, async ({ params, ...request }) => {
    const { value, replayed } = await testWebhook(ports, { ...request, ...params });
    return { body: showDelivery(value), replayed };
  }),
  on(routes.rotateWebhookSecret, async ({ params, ...request }) => {
    const { value, replayed } = await rotateSecret(ports, { ...request, ...params });
    return ok(withSecret(value), replayed);
  }),
  on(routes.listDeliveries, async ({ permission, params, query }) => {
    const { items, next } = await listDeliveries(ports, { permission, ...params, ...query });
    return page(items.map(showDelivery), next);
  }),
  on(routes.replayDelivery, async ({ params, ...request }) => {
    const { value, replayed } = await replayDelivery(ports, { ...request, ...params });
    return { body: showDelivery(value), replayed };
  }),
]);
