import * as z from 'zod/mini';

import { CloudEvent } from './cloud-event.ts';
import { deliveryIdOf } from './delivery-id.ts';
import { keyOf, newDelivery } from './delivery-model.ts';
import { isHeld } from './holding.ts';
import { wants } from './webhook-model.ts';
import type { DeliveryPorts } from './webhook-ports.ts';

/** Finding out whom an event is sent to. */

/** An event as the bus hands it on. */
const BusEvent = z.object({ detail: z.looseObject({ ...CloudEvent.shape, type: z.string() }) });

/**
 * Puts a delivery of an event for each webhook that is told of it, and sends it on its way. Done again, it changes nothing
 * but that what has not been delivered by then is sent once more.
 * @param message as the bus has put it into the queue
 * @returns how many webhooks are told
 * @throws ZodError, SyntaxError when it is no event
 */
export async function dispatch(ports: DeliveryPorts, message: string): Promise<number> {
  const { detail: event } = BusEvent.parse(JSON.parse(message));
  const institutionId = event.source.slice(event.source.lastIndexOf('/') + 1);
  const webhooks = (await ports.webhooks.listAll(institutionId)).filter((webhook) => wants(webhook, event));
  for (const webhook of webhooks) {
    const held = await isHeld(ports.webhooks, webhook);
    const id = deliveryIdOf(webhook.id, event.id, event.time);
    const delivery = await ports.deliveries.put(newDelivery(id, webhook, event, held, ports.now()));
    if (delivery.status === 'delivered' || delivery.status === 'failed') continue;
    // Whoever has enabled it meanwhile has not seen this one wait.
    if (held && (await isHeld(ports.webhooks, await ports.webhooks.get(institutionId, webhook.id)))) continue;
    await ports.queue.send([keyOf(delivery)]);
  }
  return webhooks.length;
}
