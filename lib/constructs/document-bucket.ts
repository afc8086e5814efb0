import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { accept } from './accept.ts';
import type { Foundation } from './foundation.ts';

const PRIVATE = {
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
} as const;

/**
 * The store for agreements, papers and course materials: versioned, encrypted with the Hub's key, private, TLS only.
 * Who read or wrote what is logged in a second bucket, which takes nothing but that log.
 */
export class DocumentBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { key, removalPolicy, stage }: Foundation) {
    super(scope, id);
    const accessLog = new Bucket(this, 'AccessLog', {
      ...PRIVATE,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        { expiration: Duration.days(stage.logRetentionDays), noncurrentVersionExpiration: Duration.days(1) },
      ],
      removalPolicy,
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      // Some of what it keeps, such as the audit's anchors, nobody may change or remove for years.
      objectLockEnabled: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      // @ts-expect-error The library declares `isWebsite?: boolean` and sets it to undefined, which its own interface forbids.
      serverAccessLogsBucket: accessLog,
      removalPolicy,
    });
    accept(
      this,
      'Documents stay in the region the partners agreed on; versions and, in prod, retention protect them there.',
      'HIPAA.Security-S3BucketReplicationEnabled',
      'NIST.800.53.R5-S3BucketReplicationEnabled',
    );
    accept(
      accessLog,
      'S3 delivers access logs to no bucket that is encrypted with a KMS key. It is encrypted with a key of S3.',
      'HIPAA.Security-S3DefaultEncryptionKMS',
      'NIST.800.53.R5-S3DefaultEncryptionKMS',
    );
  }

  /**
   * Lets a function add objects behind a prefix, and lock them. Nobody replaces or hides one there, whatever else they may:
   * the bucket itself says so, which a role could be given the right to get around.
   * @param prefix with the slash at its end
   */
  letAdd(handler: IFunction, prefix: string): void {
    const objects = this.bucket.arnForObjects(`${prefix}*`);
    const who = { principals: [handler.grantPrincipal] };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...who,
        actions: ['s3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],
        resources: [objects],
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...who,
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${prefix}*` } },
      }),
    );
    const nobody = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: [objects] };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...nobody,
        actions: ['s3:PutObject'],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
    this.bucket.addToResourcePolicy(new PolicyStatement({ ...nobody, actions: ['s3:DeleteObject'] }));
  }
}
