import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';

import { newItem, oldItem } from '../shared/dynamo/stream.ts';
import type { Webhook } from './webhook-model.ts';
import type { DeliveryPorts } from './webhook-ports.ts';
import { readWebhook } from './webhooks-table.ts';

/** Sending what has waited for a webhook. */

const AT_ONCE = 100;

/** Sends everything that waits on its way, oldest event first. Each waits until it was tried. @returns how many */
export async function resume(
  { deliveries, queue }: Pick<DeliveryPorts, 'deliveries' | 'queue'>,
  { institutionId, id: webhookId }: Pick<Webhook, 'institutionId' | 'id'>,
): Promise<number> {
  let sent = 0;
  let after: string | undefined;
  do {
    const { entries, next } = await deliveries.listWaiting(webhookId, AT_ONCE, after);
    await queue.send(entries.map(({ id: deliveryId }) => ({ institutionId, webhookId, deliveryId })));
    sent += entries.length;
    after = next;
  } while (after !== undefined);
  return sent;
}

/** The institutions that are shut out, in the state of the item that says so. */
const ShutOut = z.object({ pk: z.literal('SHUT-OUT'), ids: z._default(z.set(z.string()), new Set<string>()) });

/** What a change in the table sets free. @returns how many deliveries were sent */
export async function resumed(
  ports: Pick<DeliveryPorts, 'webhooks' | 'deliveries' | 'queue'>,
  record: DynamoDBRecord,
): Promise<number> {
  const after = newItem(record) ?? {};
  const shutOut = ShutOut.safeParse(after);
  if (!shutOut.success) return resume(ports, readWebhook(after));
  const before = ShutOut.safeParse(oldItem(record)).data?.ids ?? new Set<string>();
  let sent = 0;
  for (const institutionId of [...before].filter((id) => !shutOut.data.ids.has(id))) {
    for (const webhook of await ports.webhooks.listAll(institutionId)) {
      if (webhook.status === 'active') sent += await resume(ports, webhook);
    }
  }
  return sent;
}
