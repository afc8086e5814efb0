import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

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
      // S3 delivers access logs to no bucket that is encrypted with a customer's key.
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
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      // @ts-expect-error The library declares `isWebsite?: boolean` and sets it to undefined, which its own interface forbids.
      serverAccessLogsBucket: accessLog,
      removalPolicy,
    });
  }
}
