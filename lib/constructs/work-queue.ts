import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import type { Foundation } from './foundation.ts';

export interface WorkQueueProps {
  readonly foundation: Foundation;
  /** For how long nobody else gets a message that was received: six times what its function may take, as Lambda advises. */
  readonly visibilityTimeout: Duration;
  /** How often a message is received before it is a dead letter. */
  readonly maxReceiveCount: number;
  /** How old a message may become that has been tried less than three times. SQS counts no others. */
  readonly late: Duration;
  /** What people cannot do or see while messages wait, in a sentence; told with its alarm. */
  readonly impact: string;
}

/** A queue of work, encrypted, with an alarm; its dead letters are in the queue of all. */
export class WorkQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { foundation, visibilityTimeout, maxReceiveCount, late, impact } = props;
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout,
      deadLetterQueue: { queue: foundation.deadLetters.queue, maxReceiveCount },
    });
    foundation.alarms.raise(this.queue, 'Lagging', {
      impact,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      threshold: late.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      when: [2, 2],
      // A queue that nobody has used for hours says nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      runbook: 'respond-to-a-queue-that-lags',
    });
  }
}
