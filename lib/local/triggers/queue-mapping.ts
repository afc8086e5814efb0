import { setTimeout as sleep } from 'node:timers/promises';

import { type LocalQueue, md5, type Received } from '../engines/queue.ts';
import { attributesOf } from '../engines/sqs-api.ts';
import type { LocalFunction } from '../functions/function.ts';
import type { EventSource } from './event-source.ts';
import { PartialFailure } from './partial-failure.ts';

export interface QueueMappingOptions {
  readonly name: string;
  readonly queue: LocalQueue;
  readonly target: LocalFunction;
  readonly batchSize: number;
  /** Whether the function says which messages of a batch it could not handle. */
  readonly partly: boolean;
  /** Batches at once. */
  readonly concurrency: number;
  readonly region: string;
  readonly onLog: (line: string) => void;
}

/** Milliseconds. */
const IDLE = 25;

/**
 * Runs a function on a queue's messages, several batches at once, and removes those that it took. The others come back
 * when their visibility timeout, which the function may have changed, is over.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class QueueMapping implements EventSource {
  readonly name: string;
  readonly #options: QueueMappingOptions;
  readonly #running = new Set<Promise<void>>();
  #polling: Promise<void> | undefined;
  #stopped = false;
  #invocations = 0;

  constructor(options: QueueMappingOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get invocations(): number {
    return this.#invocations;
  }

  start(): void {
    this.#polling ??= this.#poll();
  }

  async caughtUp(): Promise<void> {
    while (!this.#stopped && (this.#running.size > 0 || this.#options.queue.visible > 0)) {
      await Promise.race([...this.#running, sleep(IDLE)]);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#polling;
    await Promise.all(this.#running);
  }

  async #poll(): Promise<void> {
    const { queue, batchSize, concurrency } = this.#options;
    while (!this.#stopped) {
      const messages = this.#running.size < concurrency ? queue.receive(batchSize) : [];
      if (messages.length === 0) {
        await sleep(IDLE);
        continue;
      }
      const run = this.#process(messages).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #process(messages: readonly Received[]): Promise<void> {
    const { queue, target, partly, onLog } = this.#options;
    try {
      const result = await target.invoke({ Records: messages.map((message) => this.#record(message)) });
      const failed = partly ? failedOf(messages, result) : new Set<string>();
      for (const { id, receipt } of messages) if (!failed.has(id)) queue.remove(receipt);
    } catch (error) {
      if (this.#stopped) return;
      const reason = error instanceof Error ? { error: error.name, reason: error.message, stack: error.stack } : {};
      onLog(JSON.stringify({ level: 'ERROR', message: 'Queue batch failed', function: target.name, ...reason }));
    } finally {
      this.#invocations += 1;
    }
  }

  #record(message: Received): Record<string, unknown> {
    const { queue, region } = this.#options;
    return {
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: attributesOf(message),
      messageAttributes: {},
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: region,
    };
  }
}

/** An answer that names what is not in the batch fails it whole. */
function failedOf(messages: readonly Received[], result: unknown): ReadonlySet<string> {
  const all = new Set(messages.map(({ id }) => id));
  if (result === null) return new Set();
  const parsed = PartialFailure.safeParse(result);
  if (!parsed.success) return all;
  const failed = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  return [...failed].every((id) => all.has(id)) ? failed : all;
}
