import { Aws, Duration } from 'aws-cdk-lib';
import { CfnMalwareProtectionPlan } from 'aws-cdk-lib/aws-guardduty';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  HttpMethods,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { CLASSIFICATIONS, KEPT_AFTER_END_DAYS } from '../../lambdas/documents/contract.ts';
import { accept, ONE_ROLE } from './accept.ts';
import type { Foundation } from './foundation.ts';
import { OwnRole } from './own-role.ts';

const PRIVATE = {
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
} as const;

const WHERE_BUCKETS_ARE =
  'Documents stay in the region the partners agreed on, where versions and, in prod, retention protect them; and the log of who read them is encrypted with a key of S3, because S3 delivers it to no bucket that has a KMS key.';

/** What all bytes of documents are behind. */
const DOCUMENTS = 'documents/';

/**
 * What becomes of documents with time: what is seldom read is moved to where it costs less, what has ended is removed when
 * its classification says, and nothing of it remains.
 */
const LIFECYCLE: LifecycleRule[] = [
  { id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(8) },
  {
    id: 'colder',
    prefix: DOCUMENTS,
    transitions: [
      { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(90) },
      { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(365) },
    ],
  },
  ...CLASSIFICATIONS.map((ended) => ({
    id: `ended-${ended}`,
    prefix: DOCUMENTS,
    tagFilters: { ended },
    expiration: Duration.days(KEPT_AFTER_END_DAYS[ended]),
  })),
  // What was removed is hidden first.
  {
    id: 'removed',
    prefix: DOCUMENTS,
    noncurrentVersionExpiration: Duration.days(1),
    expiredObjectDeleteMarker: true,
  },
];

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
      lifecycleRules: LIFECYCLE,
      ...(stage.allowedOrigins.length > 0 && {
        cors: [
          {
            allowedOrigins: stage.allowedOrigins,
            allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
            allowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
            exposedHeaders: ['ETag'],
            maxAge: 3600,
          },
        ],
      }),
      // @ts-expect-error The library declares `isWebsite?: boolean` and sets it to undefined, which its own interface forbids.
      serverAccessLogsBucket: accessLog,
      removalPolicy,
    });
    this.#tellOfObjects();
    this.#refuseLooseLinks();
    // For emulators of CloudFormation that know no GuardDuty: nothing becomes available there.
    if (String(this.node.tryGetContext('withoutMalwareScan')) !== 'true') this.#scan();
    accept(
      this,
      WHERE_BUCKETS_ARE,
      'HIPAA.Security-S3BucketReplicationEnabled',
      'NIST.800.53.R5-S3BucketReplicationEnabled',
    );
    accept(
      accessLog,
      WHERE_BUCKETS_ARE,
      'HIPAA.Security-S3DefaultEncryptionKMS',
      'NIST.800.53.R5-S3DefaultEncryptionKMS',
    );
  }

  /**
   * Lets a function do things with the objects of documents.
   * @param actions on the objects @param onBucket on what is behind the same prefix
   */
  letUse(handler: IFunction, actions: readonly string[], onBucket: readonly string[] = []): void {
    const who = { principals: [handler.grantPrincipal] };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({ ...who, actions: [...actions], resources: [this.bucket.arnForObjects(`${DOCUMENTS}*`)] }),
    );
    if (onBucket.length === 0) return;
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...who,
        actions: [...onBucket],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${DOCUMENTS}*` } },
      }),
    );
  }

  /** On the default event bus. The library's own way to say so would bring a function that says it. */
  #tellOfObjects(): void {
    const { defaultChild } = this.bucket.node;
    if (!(defaultChild instanceof CfnBucket)) throw new Error(`${this.bucket.node.path} is no bucket`);
    defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** Whatever is signed: nothing is put over anything else, and no signature is good for more than five minutes. */
  #refuseLooseLinks(): void {
    const documents = this.bucket.arnForObjects(`${DOCUMENTS}*`);
    const nobody = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: [documents] };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...nobody,
        actions: ['s3:PutObject'],
        // Parts make no object: what is made of them does.
        conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...nobody,
        actions: ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion'],
        conditions: { NumericGreaterThan: { 's3:signatureAge': String(Duration.minutes(5).toMilliseconds()) } },
      }),
    );
  }

  /**
   * Has Amazon GuardDuty scan every document for malware; what it finds is told on the default event bus.
   * Source of what it needs: https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html
   */
  #scan(): void {
    const { bucketArn, bucketName } = this.bucket;
    const rules = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*`;
    const role = new OwnRole(this, 'ScannerRole', {
      assumedBy: new ServicePrincipal('malware-protection-plan.guardduty.amazonaws.com'),
    });
    const managedBy = 'malware-protection-plan.guardduty.amazonaws.com';
    role.addToPolicy(
      new PolicyStatement({
        actions: ['events:PutRule', 'events:DeleteRule', 'events:PutTargets', 'events:RemoveTargets'],
        resources: [rules],
        conditions: { StringLike: { 'events:ManagedBy': managedBy } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['events:DescribeRule', 'events:ListTargetsByRule'], resources: [rules] }),
    );
    for (const [resource, actions] of [
      [bucketArn, ['s3:GetBucketNotification', 's3:PutBucketNotification', 's3:ListBucket']],
      [this.bucket.arnForObjects('malware-protection-resource-validation-object'), ['s3:PutObject']],
      [this.bucket.arnForObjects(`${DOCUMENTS}*`), ['s3:GetObject', 's3:GetObjectVersion']],
    ] as const) {
      this.bucket.addToResourcePolicy(
        new PolicyStatement({ principals: [role], actions: [...actions], resources: [resource] }),
      );
    }
    accept(role, ONE_ROLE, 'HIPAA.Security-IAMNoInlinePolicy', 'NIST.800.53.R5-IAMNoInlinePolicy');
    accept(
      role,
      'GuardDuty gives the rule that it makes for itself a name of its own after this beginning.',
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*]`,
    );
    const plan = new CfnMalwareProtectionPlan(this, 'Scanner', {
      role: role.roleArn,
      protectedResource: { s3Bucket: { bucketName, objectPrefixes: [DOCUMENTS] } },
      // It reads tags with every look at an object: the Hub keeps what was found itself.
      actions: { tagging: { status: 'DISABLED' } },
    });
    plan.node.addDependency(role);
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
