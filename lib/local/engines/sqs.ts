import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import * as z from 'zod/mini';

import { readBody } from '../gateway/body.ts';
import { listen } from '../gateway/listen.ts';
import type { Call } from '../permissions/calls.ts';
import type { Store } from '../store.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import { LocalQueue, Message } from './queue.ts';
import { answerSqs, SqsError } from './sqs-api.ts';

/** The queues that the template declares, and their API. */
export interface LocalQueues {
  /** What functions get as their endpoint. */
  readonly url: string;
  /** Until then there are no queues. @throws Error naming a queue that is not supported locally */
  serve(options: ServeQueues): void;
  /** @throws Error when there is no such queue */
  readonly byArn: (arn: string) => LocalQueue;
  readonly stop: () => Promise<void>;
}

export interface ServeQueues {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly store: Store;
  /** Attribute of a queue, as `Fn::GetAtt` gives it. */
  readonly arnOf: (logicalId: string) => string;
  /** Asked before a function's call. @returns the call when its role does not allow it */
  readonly refused: (functionName: string, call: Call) => Call | undefined;
}

const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** The access key that a request is signed with, which names the function: each has a key of its own. */
const SIGNED_BY = /Credential=([^/]+)\//;

const QueueProperties = z.looseObject({
  FifoQueue: z._default(z.boolean(), false),
  /** Seconds, and SQS's own defaults. */
  VisibilityTimeout: z._default(z.number(), 30),
  MessageRetentionPeriod: z._default(z.number(), 345_600),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() })),
});

const QUEUES = 'queues';
/** Messages by the queue's ARN. */
const Kept = z.record(z.string(), z.array(Message));

/** Milliseconds in which changes are gathered before they are kept. */
const GATHERED = 50;

/**
 * Listens on a free port of 127.0.0.1. It is a part of this process, and small, because everything that starts the Hub
 * waits for it; and because it refuses what a role does not allow, which an emulator that takes any caller cannot.
 */
export async function openQueues(): Promise<LocalQueues> {
  const queues = new Map<string, LocalQueue>();
  let refused: ServeQueues['refused'] = () => undefined;
  let keep = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;

  const byArn = (arn: string): LocalQueue => {
    const queue = queues.get(arn);
    if (queue === undefined) throw new Error(`The template declares no queue ${arn}.`);
    return queue;
  };
  const find = (logicalId: string): LocalQueue => {
    const queue = [...queues.values()].find(({ arn }) => arn.endsWith(`:${logicalId}`));
    if (queue === undefined) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === 'too-large') throw new SqsError('InvalidParameterValue', 'The request is too large.');
    const name = SIGNED_BY.exec(String(request.headers.authorization))?.[1] ?? 'nobody';
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const reply = answerSqs(operation, JSON.parse(body.toString()), find, (call) => refused(name, call));
    send(response, 200, reply);
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      const code = error instanceof SqsError ? error.code : 'InvalidParameterValue';
      const message = error instanceof Error ? error.message : String(error);
      send(response, 400, { __type: `com.amazonaws.sqs#${code}`, message });
    });
  });
  const url = await listen(server, 0);

  return {
    url,
    byArn,
    serve: ({ template, resolve, store, arnOf, refused: ask }) => {
      refused = ask;
      const kept = store.read(QUEUES, Kept) ?? {};
      keep = () => {
        timer = undefined;
        store.write(QUEUES, Object.fromEntries([...queues].map(([arn, { messages }]) => [arn, messages])));
      };
      const onChange = (): void => {
        if (store.persistent) timer ??= setTimeout(keep, GATHERED);
      };
      for (const { logicalId, properties } of template.ofType('AWS::SQS::Queue')) {
        const { RedrivePolicy, ...rest } = properties;
        const settings = QueueProperties.parse(
          resolve({
            ...Object.fromEntries(Object.entries(rest).filter(([name]) => name in QueueProperties.def.shape)),
            ...(RedrivePolicy === undefined ? {} : { RedrivePolicy }),
          }),
        );
        if (settings.FifoQueue) throw new Error(`${logicalId}: queues in order are not supported locally.`);
        const arn = arnOf(logicalId);
        const { VisibilityTimeout: visibility, MessageRetentionPeriod: retention, RedrivePolicy: redrive } = settings;
        queues.set(
          arn,
          new LocalQueue({
            arn,
            visibilityTimeout: visibility * 1000,
            retention: retention * 1000,
            ...(redrive && {
              redrive: {
                maxReceiveCount: redrive.maxReceiveCount,
                target: (message) => {
                  byArn(redrive.deadLetterTargetArn).take(message);
                },
              },
            }),
            messages: kept[arn] ?? [],
            onChange,
          }),
        );
      }
    },
    stop: async () => {
      if (timer !== undefined) {
        clearTimeout(timer);
        keep();
      }
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
