import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, type Function as Lambda, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { accept } from './accept.ts';
import { FAILURES_ARE_SEEN } from './context-function.ts';

/**
 * Runs a function on the changes of a table that match `filter` (an event pattern), in order per item, retrying a day.
 * What still fails then is parked in a queue of its own.
 */
export function runOnStream(handler: Lambda, table: TableV2, filter: Readonly<Record<string, unknown>>): void {
  const parked = new Queue(handler, 'Parked', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  accept(
    parked,
    'It is itself a dead-letter queue: nothing takes from it but a person.',
    'AwsSolutions-SQS3',
    'Serverless-SQSRedrivePolicy',
  );
  if (table.tableStreamArn === undefined) throw new Error(`${table.node.path} has no stream`);
  table.grantStreamRead(handler);
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
    filters: [{ pattern: JSON.stringify(filter) }],
  });
}

/** Runs a function on a schedule. A run that fails is not repeated: the next one does its work. */
export function runOnSchedule(scope: Construct, id: string, handler: Lambda, schedule: Schedule): void {
  const rule = new Rule(scope, id, { schedule, targets: [new LambdaFunction(handler, { retryAttempts: 0 })] });
  accept(rule, FAILURES_ARE_SEEN, 'Serverless-EventBusDLQ');
}
