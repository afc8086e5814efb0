import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { accept, FAILURES_ARE_SEEN } from './accept.ts';
import type { Foundation } from './foundation.ts';

export interface WorkQueueProps {
  readonly foundation: Foundation;
  /** For how long nobody else gets a message that was received: six times what its function may take, as Lambda advises. */
  readonly visibilityTimeout: Duration;
  /** How often a message is received before it is a dead letter. */
  readonly maxReceiveCount: number;
  /** How old a message may become that has been tried less than three times. SQS counts no others. */
  readonly late: Duration;
  /** What people cannot do or see while messages wait or are dead letters, in a sentence; told with its alarms. */
  readonly impact: string;
}

/** A queue of work, encrypted, with a queue for dead letters and alarms about both. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { foundation, visibilityTimeout, maxReceiveCount, late, impact } = props;
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    const deadLetters = new Queue(this, 'Dead', common);
    this.deadLetters = deadLetters;
    accept(deadLetters, FAILURES_ARE_SEEN, 'AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy');
    this.queue = new Queue(this, 'Queue', {
      ...common,
      visibilityTimeout,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
    });
    const worse = {
      impact,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // A queue that nobody has used for hours says nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    foundation.alarms.raise(this.queue, 'Lagging', {
      ...worse,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      threshold: late.toSeconds(),
      when: [2, 2],
      runbook: 'respond-to-a-queue-that-lags',
    });
    foundation.alarms.raise(deadLetters, 'NotEmpty', {
      ...worse,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      threshold: 1,
      when: [1, 1],
      runbook: 'respond-to-dead-letters',
    });
  }
}
