import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { documentRoutes } from '../../lambdas/documents/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse } from '../constructs/context-table.ts';
import type { DocumentBucket } from '../constructs/document-bucket.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { hubMetric } from '../constructs/metric.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnEvent, runOnSchedule, runOnStream } from '../constructs/triggers.ts';

export interface DocumentsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
}

const CHECK_IMPACT = 'Files that partners have uploaded are not checked, and cannot be downloaded.';
const KEEP_IMPACT =
  'What was rejected or deleted is not removed from the bucket yet, and agreements’ files are not locked.';
const FOLLOWING_IMPACT =
  'New partners cannot keep documents, those whose status has changed are still treated as before, and documents of new agreements, programmes and applications are refused.';
const SWEEP_IMPACT = 'What was begun to be uploaded and came to nothing is not cleaned up.';

/** What an agreement says is kept for ten years, as the audit is; a trial is over in a day. */
const KEPT_DAYS = { kept: 3653, tried: 1 } as const;

/** Files that institutions keep in the Hub: how they come in, are checked, read, replaced and removed. */
export class DocumentsContext extends Construct {
  readonly table: ContextTable;
  readonly #bucket: DocumentBucket;
  readonly #props: DocumentsContextProps;
  readonly #environment: Readonly<Record<string, string>>;

  /** @param bucket where the bytes are; the context is a part of it, so that both go by one name */
  constructor(bucket: DocumentBucket, props: DocumentsContextProps) {
    // An id that leaves no trace in names.
    super(bucket, 'Default');
    const { foundation, http, cursors } = props;
    this.#bucket = bucket;
    this.#props = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners cannot upload, look up, download or delete documents, or are told to try again.',
    });
    const { stage } = foundation;
    this.#environment = {
      TABLE_NAME: this.table.table.tableName,
      BUCKET_NAME: bucket.bucket.bucketName,
      KEPT_DAYS: String(stage.keepData ? KEPT_DAYS.kept : KEPT_DAYS.tried),
    };

    const handler = this.#function('Http', {
      description: 'Documents: links to upload and download, versions, holds, deletion',
      impact: 'Partners cannot upload, look up, download or delete documents, or only some of them.',
      entry: 'handler',
      environment: { CURSOR_SECRET: cursors.value, REQUESTS_PER_CLIENT: String(stage.throttle.perClient) },
    });
    mayUse(this.table.table, handler, {
      GetItem: ['DOCUMENT#*', 'RESOURCE#*', 'REQUEST#*', 'SHUT-OUT'],
      Query: ['INSTITUTION#*', 'RESOURCE#*'],
      PutItem: ['DOCUMENT#*', 'INSTITUTION#*', 'RESOURCE#*', 'REQUEST#*', 'READING#*', 'DUE'],
      UpdateItem: ['RATE#*'],
      ConditionCheckItem: ['PARTNER#*', 'RESOURCE#*'],
    });
    bucket.letUse(handler, [
      ...['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion'],
      ...['s3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
    ]);
    http.serve(documentRoutes, handler);

    this.#check();
    this.#keep();
    this.#sweep();
  }

  /** What becomes of a file that has arrived. */
  #check(): void {
    const { bucketName } = this.#bucket.bucket;
    const arrived = this.#function('Arrived', {
      description: 'Checks whether a file is what it was declared to be',
      impact: CHECK_IMPACT,
      entry: 'arrived-handler',
      // A file of five gigabytes is read in two minutes.
      timeout: Duration.minutes(15),
    });
    mayUse(this.table.table, arrived, { GetItem: ['DOCUMENT#*'], PutItem: ['DOCUMENT#*', 'DUE'] });
    this.#bucket.letUse(arrived, [
      ...['s3:GetObject', 's3:GetObjectVersion'],
      ...['s3:DeleteObject', 's3:DeleteObjectVersion'],
    ]);
    runOnEvent(this, 'ArrivedRule', arrived, {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix: 'documents/' }] } },
    });

    const scanned = this.#function('Scanned', {
      description: 'Takes note of what the scanner for malware has found',
      impact: CHECK_IMPACT,
      entry: 'scanned-handler',
    });
    mayUse(this.table.table, scanned, { GetItem: ['DOCUMENT#*'], PutItem: ['DOCUMENT#*', 'DUE'] });
    runOnEvent(this, 'ScannedRule', scanned, {
      source: ['aws.guardduty'],
      detailType: ['GuardDuty Malware Protection Object Scan Result'],
      detail: { s3ObjectDetails: { bucketName: [bucketName], objectKey: [{ prefix: 'documents/' }] } },
    });
  }

  /** What becomes of the bytes. */
  #keep(): void {
    const { foundation } = this.#props;
    const keeping = this.#function('Keeping', {
      description: 'Tags, locks and removes files as their documents say',
      impact: KEEP_IMPACT,
      entry: 'keeping-handler',
      timeout: Duration.seconds(30),
    });
    this.#bucket.letUse(keeping, [
      ...['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
      ...['s3:PutObjectRetention', 's3:PutObjectLegalHold'],
      ...['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
    ]);
    runOnStream(keeping, {
      foundation,
      table: this.table.table,
      filters: [{ eventName: ['MODIFY'], dynamodb: { Keys: { sk: { S: ['DOCUMENT'] } } } }],
      impact: KEEP_IMPACT,
    });
  }

  #sweep(): void {
    const { alarms, stage } = this.#props.foundation;
    const sweep = this.#function('Sweep', {
      description: 'Cleans up after uploads that came to nothing',
      impact: SWEEP_IMPACT,
      entry: 'sweep-handler',
      timeout: Duration.minutes(15),
    });
    mayUse(this.table.table, sweep, {
      GetItem: ['DOCUMENT#*', 'DUE'],
      Query: ['DUE'],
      PutItem: ['DOCUMENT#*', 'DUE'],
      DeleteItem: ['DUE'],
    });
    this.#bucket.letUse(
      sweep,
      ['s3:GetObject', 's3:GetObjectVersion', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      ['s3:ListBucket'],
    );
    runOnSchedule(this, 'SweepSchedule', sweep, Schedule.rate(Duration.hours(1)));
    alarms.raise(this, 'Stuck', {
      metric: hubMetric(stage, 'DocumentsStuck', 'Sum').with({ period: Duration.hours(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      when: [1, 1],
      treatMissingData: TreatMissingData.NOT_BREACHING,
      impact: CHECK_IMPACT,
      runbook: 'respond-to-documents-that-are-stuck',
    });
  }

  /** Has it know of others what it must. @param audit who tells of them */
  follow(audit: ContextTable): void {
    const following = this.#function('Following', {
      description:
        'Follows the registry of partners, and the agreements, programmes and applications whose documents are kept',
      impact: FOLLOWING_IMPACT,
      entry: 'following-handler',
    });
    mayUse(this.table.table, following, { PutItem: ['RESOURCE#*', 'PARTNER#*'], UpdateItem: ['SHUT-OUT'] });
    runOnStream(following, {
      foundation: this.#props.foundation,
      table: audit.table,
      filters: [
        {
          eventName: ['INSERT'],
          dynamodb: {
            Keys: { pk: { S: [{ prefix: 'CHAIN#' }] } },
            NewImage: { subjectType: { S: ['agreement', 'application', 'institution', 'programme'] } },
          },
        },
      ],
      impact: FOLLOWING_IMPACT,
    });
  }

  #function(
    id: string,
    { entry, environment, ...props }: Omit<ConstructorParameters<typeof ContextFunction>[2], 'foundation' | 'bundle'>,
  ): Lambda {
    const { foundation, bundle } = this.#props;
    return new ContextFunction(this, id, {
      ...props,
      foundation,
      bundle,
      entry: `documents-${entry}`,
      environment: { ...this.#environment, ...environment },
    }).function;
  }
}
