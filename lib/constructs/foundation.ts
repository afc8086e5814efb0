import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { StageConfig } from '../stage-config.ts';
import { Alarms } from './alarms.ts';
import { FailureQueue } from './failure-queue.ts';
import { JointAlarms } from './joint-alarms.ts';

/** Services that use the key on behalf of whoever may use what they keep. */
const KEEPERS = ['dynamodb', 's3', 'secretsmanager', 'sns'];

/** What every other part stands on: the stage's settings, the key that all its data is encrypted with, the alarms. */
export class Foundation extends Construct {
  readonly stage: StageConfig;
  readonly key: Key;
  readonly alarms: Alarms;
  /** The alarms that functions share. Whoever makes the stack raises them when all functions are there. */
  readonly jointAlarms = new JointAlarms();
  /** Where the places of changes are put that no function could handle. */
  readonly parked: FailureQueue;
  /** Where messages of all queues of work are put that were received too often in vain. */
  readonly deadLetters: FailureQueue;
  /** What becomes of data when its resource leaves the stack. */
  readonly removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id);
    this.stage = stage;
    this.removalPolicy = stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = new Key(this, 'Key', {
      description: `Encrypts what the Oncology Collaboration Hub (${stage.stage}) keeps`,
      enableKeyRotation: true,
      removalPolicy: this.removalPolicy,
    });
    // As AWS's own keys do it: whoever may use the table may use its key through the table, and in no other way.
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ThroughWhatItEncrypts',
        principals: [new AnyPrincipal()],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:CreateGrant'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': Aws.ACCOUNT_ID,
            'kms:ViaService': KEEPERS.map((service) => `${service}.${stage.region}.${Aws.URL_SUFFIX}`),
          },
        },
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Logs',
        principals: [new ServicePrincipal('logs.amazonaws.com')],
        actions: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
          'kms:GenerateDataKey',
          'kms:DescribeKey',
        ],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${stage.region}:${Aws.ACCOUNT_ID}:*`,
          },
        },
      }),
    );
    this.alarms = new Alarms(this, 'Alarms', { stage, key: this.key });
    this.parked = new FailureQueue(this, 'Parked', {
      alarms: this.alarms,
      impact:
        'A change was put aside, and what would have followed from it is missing. The message names the function that could not handle it.',
      runbook: 'respond-to-parked-records',
    });
    this.deadLetters = new FailureQueue(this, 'Dead', {
      alarms: this.alarms,
      impact:
        'A reminder, a mail or a call of a partner’s system was put aside and does not come. The message names the queue it was in.',
      runbook: 'respond-to-dead-letters',
    });
  }

  /** A log group: encrypted, kept as long as the stage says. */
  logGroup(scope: Construct, id: string): LogGroup {
    return new LogGroup(scope, id, {
      retention: this.stage.logRetentionDays,
      encryptionKey: this.key,
      removalPolicy: this.removalPolicy,
    });
  }
}
