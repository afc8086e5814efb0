import * as z from 'zod/mini';

import type { Call } from '../permissions/calls.ts';
import { type LocalQueue, type Message, md5, type Received } from './queue.ts';

/**
 * The part of the API of SQS that functions and people need.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 */

/** What SQS answers instead, by its name for it. */
export class SqsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const Sent = z.looseObject({
  MessageBody: z.string(),
  MessageGroupId: z.optional(z.string()),
  /** Seconds. */
  DelaySeconds: z._default(z.number().check(z.minimum(0), z.maximum(900)), 0),
});
const Batch = z.looseObject({
  Entries: z.array(z.looseObject({ Id: z.string(), ...Sent.def.shape })).check(z.minLength(1), z.maxLength(10)),
});
const Receive = z.looseObject({
  MaxNumberOfMessages: z._default(z.int().check(z.minimum(1), z.maximum(10)), 1),
});
const Receipt = z.looseObject({ ReceiptHandle: z.string() });
const Visibility = z.looseObject({ ReceiptHandle: z.string(), VisibilityTimeout: z.number() });
const Target = z.looseObject({ QueueUrl: z.string() });

type Operation = (queue: LocalQueue, request: unknown) => unknown;

const send = (queue: LocalQueue, { MessageBody: body, MessageGroupId: group, DelaySeconds }: z.infer<typeof Sent>) => {
  const { id } = queue.send(body, group, DelaySeconds * 1000);
  return { MessageId: id, MD5OfMessageBody: md5(body) };
};

/** What is known of a message beside its body, as SQS tells it. */
export function attributesOf({ received, sentAt, firstReceivedAt, group }: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(received),
    SentTimestamp: String(sentAt),
    SenderId: 'local',
    ...(firstReceivedAt !== undefined && { ApproximateFirstReceiveTimestamp: String(firstReceivedAt) }),
    ...(group !== undefined && { MessageGroupId: group }),
  };
}

const OPERATIONS: Readonly<Record<string, { readonly action: string; readonly run: Operation }>> = {
  SendMessage: { action: 'SendMessage', run: (queue, request) => send(queue, Sent.parse(request)) },
  SendMessageBatch: {
    action: 'SendMessage',
    run: (queue, request) => ({
      Successful: Batch.parse(request).Entries.map((entry) => ({ Id: entry.Id, ...send(queue, entry) })),
      Failed: [],
    }),
  },
  ReceiveMessage: {
    action: 'ReceiveMessage',
    run: (queue, request) => ({
      Messages: queue.receive(Receive.parse(request).MaxNumberOfMessages).map((message: Received) => ({
        MessageId: message.id,
        ReceiptHandle: message.receipt,
        Body: message.body,
        MD5OfBody: md5(message.body),
        Attributes: attributesOf(message),
      })),
    }),
  },
  DeleteMessage: {
    action: 'DeleteMessage',
    run: (queue, request) => {
      queue.remove(Receipt.parse(request).ReceiptHandle);
      return {};
    },
  },
  ChangeMessageVisibility: {
    action: 'ChangeMessageVisibility',
    run: (queue, request) => {
      const { ReceiptHandle, VisibilityTimeout } = Visibility.parse(request);
      if (!queue.changeVisibility(ReceiptHandle, VisibilityTimeout * 1000)) {
        throw new SqsError('InvalidParameterValue', 'The receipt has expired, or the time is too long.');
      }
      return {};
    },
  },
  GetQueueAttributes: {
    action: 'GetQueueAttributes',
    run: (queue) => ({
      Attributes: {
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(queue.visible),
        ApproximateNumberOfMessagesNotVisible: String(queue.messages.length - queue.visible),
      },
    }),
  },
};

/**
 * @param find gets the last part of a queue's URL
 * @param refused says which call a role does not allow
 * @throws SqsError
 */
export function answerSqs(
  operation: string,
  request: unknown,
  find: (name: string) => LocalQueue,
  refused: (call: Call) => Call | undefined,
): unknown {
  const known = OPERATIONS[operation];
  if (known === undefined) throw new SqsError('UnsupportedOperation', `${operation} is not supported locally.`);
  const { QueueUrl } = Target.parse(request);
  const queue = find(QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1));
  if (refused({ action: `sqs:${known.action}`, resource: queue.arn }) !== undefined) {
    throw new SqsError('AccessDeniedException', `The role does not allow sqs:${known.action} on ${queue.arn}.`);
  }
  return known.run(queue, request);
}
