import type { Webhook } from './webhook-model.ts';
import type { WebhooksTable } from './webhooks-table.ts';

/** Whether what is for a webhook waits: it is disabled, or its institution is shut out of the Hub. */
export async function isHeld(
  webhooks: Pick<WebhooksTable, 'isShutOut'>,
  webhook: Webhook | undefined,
): Promise<boolean> {
  return webhook !== undefined && (webhook.status !== 'active' || (await webhooks.isShutOut(webhook.institutionId)));
}
