import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type EventPattern, Match, Rule, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, type Function as Lambda, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import { accept, FAILURES_ARE_SEEN } from './accept.ts';
import type { Foundation } from './foundation.ts';
import type { WorkQueue } from './work-queue.ts';

export interface StreamProps {
  readonly foundation: Foundation;
  readonly table: TableV2;
  /** Event patterns: the changes that the function is run on. */
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  /** What people cannot do or see while changes wait, in a sentence; told with the alarm of its context. */
  readonly impact: string;
}

/**
 * Runs a function on the changes of a table that match one of the `filters`, in order per item, retrying a day. What still fails
 * then is parked.
 */
export function runOnStream(handler: Lambda, { foundation, table, filters, impact }: StreamProps): void {
  if (table.tableStreamArn === undefined) throw new Error(`${table.node.path} has no stream`);
  table.grantStreamRead(handler);
  const { queue: parked } = foundation.parked;
  // Not the library's `SqsDlq`, which would let the function ask about the queue, too.
  parked.grant(handler, 'sqs:SendMessage');
  new EventSourceMapping(handler, 'Stream', {
    target: handler,
    eventSourceArn: table.tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 20,
    maxRecordAge: Duration.days(1),
    onFailure: { bind: () => ({ destination: parked.queueArn }) },
    filters: filters.map((filter) => ({ pattern: JSON.stringify(filter) })),
  });
  foundation.jointAlarms.add('Lagging', handler, {
    metrics: [handler.metric('IteratorAge', { statistic: 'Maximum' })],
    impact,
  });
}

/**
 * Runs a function on the messages of a queue. Those that it names as failed come back, the others are gone.
 * @param batchSize messages that it gets at once, ten at most
 * @param maxConcurrency batches at once. @default as many as there are
 */
export function runOnQueue(handler: Lambda, { queue }: WorkQueue, batchSize: number, maxConcurrency?: number): void {
  // Not the library's `grantConsumeMessages`, which would let the function do more than the service does in its name.
  queue.grant(handler, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  const mapping = new EventSourceMapping(handler, 'Queue', {
    target: handler,
    eventSourceArn: queue.queueArn,
    batchSize,
    reportBatchItemFailures: true,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
  });
  accept(mapping, FAILURES_ARE_SEEN, 'Serverless-LambdaEventSourceMappingDestination');
}

/**
 * Puts events of a bus into a queue.
 * @param types what their type begins with
 */
export function queueEvents(
  scope: Construct,
  id: string,
  bus: EventBus,
  types: readonly string[],
  { queue }: WorkQueue,
): void {
  const rule = new Rule(scope, id, {
    // The library's own interface of a bus is not what its bus is.
    eventBus: EventBus.fromEventBusArn(scope, `${id}Bus`, bus.eventBusArn),
    eventPattern: { detailType: types.flatMap((type) => Match.prefix(type)) },
    targets: [new SqsQueue(queue)],
  });
  // It is taken by the queue, or by none.
  accept(rule, FAILURES_ARE_SEEN, 'Serverless-EventBusDLQ');
}

/**
 * Runs a function on the events of the default bus that match a pattern. What fails is tried again twice, after minutes;
 * what still fails then is found by the sweep of whoever follows.
 */
export function runOnEvent(scope: Construct, id: string, handler: Lambda, eventPattern: EventPattern): void {
  const rule = new Rule(scope, id, { eventPattern, targets: [new LambdaFunction(handler)] });
  accept(rule, FAILURES_ARE_SEEN, 'Serverless-EventBusDLQ');
}

/** Runs a function on a schedule. A run that fails is not repeated: the next one does its work. */
export function runOnSchedule(scope: Construct, id: string, handler: Lambda, schedule: Schedule): void {
  const rule = new Rule(scope, id, { schedule, targets: [new LambdaFunction(handler, { retryAttempts: 0 })] });
  accept(rule, FAILURES_ARE_SEEN, 'Serverless-EventBusDLQ');
}
