import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { accept, FAILURES_ARE_SEEN } from './accept.ts';
import type { Alarms, Meaning } from './alarms.ts';

export interface FailureQueueProps extends Meaning {
  readonly alarms: Alarms;
}

/**
 * A queue that keeps what was given up, encrypted, until a person takes it; with an alarm. One serves many sources: each of
 * its messages says where it came from.
 */
export class FailureQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { alarms, ...meaning }: FailureQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    accept(this.queue, FAILURES_ARE_SEEN, 'AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy');
    alarms.raise(this, 'NotEmpty', {
      ...meaning,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      when: [1, 1],
      // A queue that nobody has used for hours says nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
