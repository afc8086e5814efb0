import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';

import { logJobFailure } from '../shared/observability/log.ts';
import { CloudEvent } from './cloud-event.ts';

/** Messages of queues, as the jobs of this context get them. */

/** What EventBridge sends of an event, as far as it is needed. What later versions of the Hub tell is let pass. */
const Envelope = z.object({ detail: z.looseObject(CloudEvent.shape) });

/** Reads an event that came from the bus. @throws ZodError, SyntaxError when it is none */
export function readEvent({ body }: SQSRecord): CloudEvent {
  return Envelope.parse(JSON.parse(body)).detail;
}

/** Handles messages, all at the same time. Those that fail are named, and come again. */
export async function handleMessages(
  job: string,
  { Records }: SQSEvent,
  handle: (message: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failed: SQSRecord[] = [];
  const handled = Records.map(async (message) => {
    try {
      await handle(message);
    } catch (error) {
      logJobFailure(job, error);
      failed.push(message);
    }
  });
  await Promise.all(handled);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
