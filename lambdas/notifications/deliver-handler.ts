import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { deliver } from './deliver.ts';
import { DeliveryQueue, readMessage } from './delivery-queue.ts';
import { post } from './receiver.ts';
import { deployedReceivers, portsOn } from './webhook-deployed-ports.ts';

const JOB = 'webhooks-deliver';

const queue = new DeliveryQueue(environment('DELIVERIES_URL'));
const ports = { ...portsOn(deployedTable()), receivers: deployedReceivers(), post, random: Math.random };

/** @returns whether the message is done with */
async function handle({ body, receiptHandle, messageId }: SQSRecord): Promise<boolean> {
  try {
    const handled = await deliver(ports, readMessage(body));
    logJob(JOB, { [handled.kind]: 1, ...(handled.isDisabled === true && { WebhooksDisabled: 1 }) });
    if (handled.kind !== 'again') return true;
    await queue.hide(receiptHandle, handled.pause);
  } catch (error) {
    logJobFailure(JOB, error, { id: messageId });
  }
  return false;
}

/** Delivers events to webhooks, all messages at the same time: a slow receiver does not hold up others. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const done = await Promise.all(Records.map(handle));
  return {
    batchItemFailures: Records.filter((_, index) => done[index] !== true).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  };
}
