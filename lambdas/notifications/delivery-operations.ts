import { notFound, type Permission } from '../shared/auth/access.ts';
import type { CreationOutcome } from '../shared/dynamo/create-once.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import type { Page, PageRequest } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { deliveryIdOf } from './delivery-id.ts';
import { type Delivery, keyOf, newDelivery, replayed, testEvent } from './delivery-model.ts';
import { WebhookDisabled } from './webhook-errors.ts';
import type { Webhook } from './webhook-model.ts';
import { getWebhook } from './webhook-operations.ts';
import type { Outcome, WebhookPorts } from './webhook-ports.ts';

/** Looking at deliveries, and asking for one. It is put first and sent then: a request that is repeated sends it again. */

interface Addressed {
  readonly permission: Permission;
  readonly webhookId: string;
}

/** @throws Problem `not-found`, `invalid-cursor` */
export async function listDeliveries(
  ports: WebhookPorts,
  { limit, cursor, ...request }: PageRequest & Addressed,
): Promise<Page<Delivery>> {
  const { id } = await getWebhook(ports, request);
  const list = `deliveries:${id}`;
  const before = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { deliveries, next } = await ports.deliveries.list(id, limit, before);
  return { items: deliveries, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

interface Asked extends Addressed {
  readonly body: object;
  readonly idempotencyKey: string | undefined;
}

/** Sends a trial event. @throws Problem `not-found`, `webhook-disabled`, `idempotency-key-reused` */
export async function testWebhook(ports: WebhookPorts, request: Asked): Promise<Outcome<Delivery>> {
  const webhook = await activeWebhook(ports, request);
  const eventId = ports.newId();
  const event = testEvent(webhook, eventId, ports.now());
  const delivery = newDelivery(deliveryIdOf(webhook.id, eventId, event.time), webhook, event, false, ports.now());
  const creation = creationFor(ports, request, ['testWebhook', webhook.id], delivery.id);
  return sent(ports, webhook, delivery, await ports.deliveries.putOnce(creation, delivery));
}

export interface Replay extends Asked {
  readonly deliveryId: string;
}

/** Sends a delivery again. @throws Problem `not-found`, `webhook-disabled`, `idempotency-key-reused`, `busy` */
export async function replayDelivery(ports: WebhookPorts, request: Replay): Promise<Outcome<Delivery>> {
  const webhook = await activeWebhook(ports, request);
  const before = await ports.deliveries.get(webhook.id, request.deliveryId);
  if (before === undefined) throw notFound();
  const after = replayed(before, ports.now());
  const creation = creationFor(ports, request, ['replayDelivery', webhook.id, before.id], before.id);
  return sent(ports, webhook, after, await ports.deliveries.replaceOnce(creation, before, after));
}

async function activeWebhook(ports: WebhookPorts, request: Addressed): Promise<Webhook> {
  const webhook = await getWebhook(ports, request);
  if (webhook.status !== 'active') throw new Problem(WebhookDisabled, `The webhook is ${webhook.status}.`);
  return webhook;
}

// Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
function creationFor(ports: WebhookPorts, { permission, body, idempotencyKey }: Asked, target: string[], id: string) {
  return creationOf(ports, { permission, body, idempotencyKey: idempotencyKey ?? ports.newId() }, target, id);
}

async function sent(
  { deliveries, queue }: WebhookPorts,
  webhook: Webhook,
  delivery: Delivery,
  outcome: CreationOutcome,
): Promise<Outcome<Delivery>> {
  switch (outcome.kind) {
    case 'created':
      await queue.send([keyOf(delivery)]);
      return { value: delivery, replayed: false };
    case 'replayed': {
      const earlier = await deliveries.get(webhook.id, outcome.resourceId);
      if (earlier === undefined) throw notFound();
      // Whoever put it may have been cut short before it was sent.
      if (earlier.status === 'pending' || earlier.status === 'waiting') await queue.send([keyOf(earlier)]);
      return { value: earlier, replayed: true };
    }
    case 'key-reused':
      throw keyReused();
    case 'refused':
      throw new Problem(Busy, 'The delivery is being tried just now.', {}, 1);
  }
}
