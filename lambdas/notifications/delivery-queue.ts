import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

import type { DeliveryKey } from './delivery-model.ts';

/** The queue of deliveries. */

const Message = z.object({ institutionId: z.string(), webhookId: z.string(), deliveryId: z.string() });

/** @throws ZodError, SyntaxError when a message is not one of this queue */
export function readMessage(body: string): DeliveryKey {
  return Message.parse(JSON.parse(body));
}

/** What SQS takes at once. */
const MOST_AT_ONCE = 10;
/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 2500, requestTimeout: 2500, throwOnRequestTimeout: true };

export class DeliveryQueue {
  readonly #client = new SQSClient({ maxAttempts: 3, requestHandler: TIMEOUTS });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Messages of one webhook are a group: when many of them are under way, those of others come first.
   * @throws Error when not all were taken
   */
  async send(keys: readonly DeliveryKey[]): Promise<void> {
    for (let first = 0; first < keys.length; first += MOST_AT_ONCE) {
      const { Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: keys.slice(first, first + MOST_AT_ONCE).map((key, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(key),
            MessageGroupId: key.webhookId,
          })),
        }),
      );
      if (Failed.length > 0) throw new Error(`SQS did not take ${String(Failed.length)} messages`);
    }
  }

  /** Hides a message that was received. @param pause milliseconds from now */
  async hide(receiptHandle: string, pause: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.ceil(pause / 1000),
      }),
    );
  }
}
