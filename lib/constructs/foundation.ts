import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { StageConfig } from '../stage-config.ts';
import { Alarms } from './alarms.ts';

/** Services that use the key on behalf of whoever may use what they keep. */
const KEEPERS = ['dynamodb', 's3', 'secretsmanager', 'sns'];

/** What every other part stands on: the stage's settings, the key that all its data is encrypted with, the alarms. */
export class Foundation extends Construct {
  readonly stage: StageConfig;
  readonly key: Key;
  readonly alarms: Alarms;
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
