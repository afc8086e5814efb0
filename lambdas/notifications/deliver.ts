import { HUB } from '../shared/auth/agent.ts';
import { type Delivery, type DeliveryKey, held, judge, keyOf } from './delivery-model.ts';
import { isHeld } from './holding.ts';
import { signedHeaders } from './signatures.ts';
import { type DisabledReason, disabled, type Webhook } from './webhook-model.ts';
import type { DeliverPorts } from './webhook-ports.ts';

/** Delivering an event to a webhook. */

/** What becomes of a message: it is done with, or comes again after a time (milliseconds). */
export type Handled =
  | { readonly kind: 'delivered' | 'nothing-to-do' | 'waiting' | 'failed'; readonly isDisabled?: boolean }
  | { readonly kind: 'again'; readonly pause: number; readonly isDisabled?: boolean };

const AGAIN_SOON: Handled = { kind: 'again', pause: 5000 };
/** Milliseconds by which a message may come early: queues count in seconds. */
const EARLY = 1000;
const ATTEMPTS = 5;

/**
 * Tries a delivery once, and notes how that went. Killed at any step, it is begun again: the receiver may get an event twice,
 * with the same `webhook-id`, and never not at all.
 */
export async function deliver(ports: DeliverPorts, key: DeliveryKey): Promise<Handled> {
  const { webhookId, institutionId, deliveryId } = key;
  const delivery = await ports.deliveries.get(webhookId, deliveryId);
  if (delivery === undefined || delivery.status === 'delivered' || delivery.status === 'failed') {
    return { kind: 'nothing-to-do' };
  }
  const webhook = await ports.webhooks.get(institutionId, webhookId);
  if (webhook === undefined) return { kind: 'nothing-to-do' };
  if (await isHeld(ports.webhooks, webhook)) return hold(ports, key, delivery);
  const { nextAttemptAt } = delivery;
  // Another message for the same delivery has been quicker, and failed.
  const early = nextAttemptAt === undefined ? 0 : Date.parse(nextAttemptAt) - ports.now().getTime();
  if (early > EARLY) return { kind: 'again', pause: early };
  return attempt(ports, webhook, delivery);
}

/** Puts a delivery by, unless the webhook was enabled by then: whoever did that has not seen it wait. */
async function hold(ports: DeliverPorts, key: DeliveryKey, delivery: Delivery): Promise<Handled> {
  if (delivery.status !== 'waiting' && !(await ports.deliveries.replace(delivery, held(delivery, ports.now())))) {
    return AGAIN_SOON;
  }
  const webhook = await ports.webhooks.get(key.institutionId, key.webhookId);
  if (webhook === undefined || (await isHeld(ports.webhooks, webhook))) return { kind: 'waiting' };
  return AGAIN_SOON;
}

async function attempt(ports: DeliverPorts, webhook: Webhook, delivery: Delivery): Promise<Handled> {
  const { webhooks, deliveries, receivers, post, now, random } = ports;
  const begun = now();
  const body = JSON.stringify(delivery.event);
  const keys = await webhooks.signingKeys(webhook.id, begun);
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': 'oncology-hub-webhooks/1',
    ...signedHeaders(delivery.id, begun, body, keys),
  };
  const outcome = await post(receivers, webhook.url, headers, body);
  const ended = now();
  const durationMs = ended.getTime() - begun.getTime();
  const verdict = judge(delivery, { at: begun.toISOString(), durationMs, ...outcome }, ended, random());
  // First this: killed in between, the delivery waits with the others.
  const isDisabled = verdict.disable !== undefined && (await disable(ports, webhook, verdict.disable));
  if (!(await deliveries.replace(delivery, verdict.delivery))) return { ...AGAIN_SOON, isDisabled };
  if (verdict.pause !== undefined) return { kind: 'again', pause: verdict.pause };
  const { status } = verdict.delivery;
  if (status === 'delivered' || status === 'failed') return { kind: status, isDisabled };
  return { ...(await hold(ports, keyOf(delivery), verdict.delivery)), isDisabled };
}

/** Disables a webhook, unless it was disabled, removed, or given another address meanwhile. @returns whether it did */
async function disable({ webhooks, now }: DeliverPorts, seen: Webhook, reason: DisabledReason): Promise<boolean> {
  for (let turn = 0; turn < ATTEMPTS; turn++) {
    const webhook = await webhooks.get(seen.institutionId, seen.id);
    if (webhook?.status !== 'active' || webhook.url !== seen.url) return false;
    if (await webhooks.replace(webhook, disabled(webhook, reason, { now: now(), by: HUB }))) return true;
  }
  throw new Error('A webhook that is to be disabled changes all the time');
}
