import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { auditRoutes } from '../../lambdas/audit/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayLookUpIn, mayUse } from '../constructs/context-table.ts';
import type { DocumentBucket } from '../constructs/document-bucket.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { hubMetric } from '../constructs/metric.ts';
import { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule, runOnStream } from '../constructs/triggers.ts';

export interface AuditContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** Where anchors are kept. */
  readonly bucket: DocumentBucket;
  /** The contexts whose changes are written down. */
  readonly institutions: ContextTable;
  readonly agreements: ContextTable;
  readonly quotas: ContextTable;
  readonly documents: ContextTable;
  readonly training: ContextTable;
  readonly events: ContextTable;
}

const IMPACT =
  'Who changed what, and who was shown which booking, is not in the audit: partners and auditors cannot see it yet.';
const ANCHOR_IMPACT = 'Nobody could prove later that the audit of these days was not made anew by somebody.';

/** What partners may have to answer for is asked about for ten years, as long as logs can be kept; a trial is over in a day. */
const KEPT_DAYS = { kept: 3653, tried: 1 } as const;

const CHANGES = ['INSERT', 'MODIFY'];

/** Who changed what: a chain of rows for each institution, made from the streams of all contexts, and anchored daily. */
export class AuditContext extends Construct {
  readonly table: ContextTable;
  readonly #props: AuditContextProps;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: AuditContextProps) {
    super(scope, id);
    this.#props = props;
    const { bundle, foundation, http, cursors, institutions, agreements, quotas, documents, training, events } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners and auditors cannot look up who changed what, and changes wait to be written down.',
      indexes: [
        { name: 'BySubject', partitionKey: 'subject', sortKey: 'place' },
        { name: 'ByActor', partitionKey: 'actor', sortKey: 'place' },
      ],
    });
    const { table } = this.table;
    const seal = new SigningSecret(this, 'SealKey', {
      foundation,
      description: 'Makes the hashes by which the audit tells that something confidential has changed',
    });
    this.#environment = { TABLE_NAME: table.tableName, SEAL_KEY: seal.value };

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'Shows who changed what',
      impact: 'Partners and auditors cannot look up who changed what.',
      bundle,
      entry: 'audit-handler',
      environment: {
        TABLE_NAME: table.tableName,
        CURSOR_SECRET: cursors.value,
        REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
      },
    });
    mayUse(table, handler, { GetItem: ['CHAIN#*', 'SHUT-OUT'], Query: ['CHAIN#*'], UpdateItem: ['RATE#*'] });
    mayLookUpIn(table, handler, ['BySubject', 'ByActor']);
    http.serve(auditRoutes, handler);

    const registry = this.#follow('Institutions', 'institutions', institutions, [
      {
        eventName: CHANGES,
        dynamodb: { Keys: { pk: { S: ['INSTITUTION', 'CLIENT', 'PERSON', { prefix: 'CONTACTS#' }] } } },
      },
    ]);
    // It also follows who is shut out.
    mayUse(table, registry, { PutItem: ['PARTNER#*'], UpdateItem: ['SHUT-OUT'] });
    this.#follow('Agreements', 'agreements', agreements, [
      { eventName: CHANGES, dynamodb: { Keys: { sk: { S: ['AGREEMENT'] } } } },
    ]);
    this.#follow('Quotas', 'quotas', quotas, [
      {
        eventName: CHANGES,
        dynamodb: {
          Keys: {
            sk: {
              S: ['POOL', 'GRANT', 'LOAN', 'TRANSFER', 'READING', { prefix: 'BOOKING#' }, { prefix: 'REMINDER#' }],
            },
          },
        },
      },
    ]);
    this.#follow('Documents', 'documents', documents, [
      { eventName: CHANGES, dynamodb: { Keys: { sk: { S: ['DOCUMENT', 'READING'] } } } },
    ]);
    this.#follow('Training', 'training', training, [
      {
        eventName: CHANGES,
        dynamodb: {
          Keys: {
            pk: {
              S: [{ prefix: 'PROGRAMME#' }, { prefix: 'COHORT#' }, { prefix: 'READING#' }, { prefix: 'REMINDER#' }],
            },
            sk: {
              S: [
                ...['PROGRAMME', 'COHORT', 'READING', { prefix: 'APPLICATION#' }, { prefix: 'REMINDER#' }],
                ...[{ prefix: 'BUDGET#' }, { prefix: 'TRAVEL-GRANT#' }],
              ],
            },
          },
        },
      },
    ]);
    this.#follow('Events', 'events', events, [
      {
        eventName: CHANGES,
        dynamodb: {
          Keys: {
            sk: {
              S: [
                'EVENT',
                'READING',
                { prefix: 'REGISTRATION#' },
                { prefix: 'SESSION#' },
                { prefix: 'ABSTRACT#' },
                { prefix: 'REMINDER#' },
              ],
            },
          },
        },
      },
    ]);
    this.#anchor();
  }

  /** Writes down what happens to webhooks, whose context is itself made on this one. */
  followWebhooks(notifications: ContextTable): void {
    this.#follow('Webhooks', 'webhooks', notifications, [
      {
        eventName: CHANGES,
        dynamodb: { Keys: { pk: { S: [{ prefix: 'WEBHOOKS#' }, { prefix: 'REMOVED#' }] } } },
      },
    ]);
  }

  /** Writes down what happens in a context's table. */
  #follow(
    id: string,
    context: string,
    source: ContextTable,
    filters: readonly Readonly<Record<string, unknown>>[],
  ): Lambda {
    const { bundle, foundation } = this.#props;
    const { function: job } = new ContextFunction(this, id, {
      foundation,
      description: `Writes down who changed what in ${context}`,
      impact: IMPACT,
      bundle,
      entry: `audit-${context}-handler`,
      environment: this.#environment,
      timeout: Duration.seconds(30),
    });
    mayUse(this.table.table, job, { Query: ['CHAIN#*'], PutItem: ['CHAIN#*', 'CHAINS'] });
    runOnStream(job, { foundation, table: source.table, filters, impact: IMPACT });
    return job;
  }

  #anchor(): void {
    const { bundle, foundation, bucket } = this.#props;
    const { stage, alarms } = foundation;
    const { function: anchor } = new ContextFunction(this, 'Anchor', {
      foundation,
      description: 'Keeps every day where each chain of the audit stands, where nobody can change it',
      impact: ANCHOR_IMPACT,
      bundle,
      entry: 'audit-anchor-handler',
      environment: {
        TABLE_NAME: this.table.table.tableName,
        BUCKET_NAME: bucket.bucket.bucketName,
        KEPT_DAYS: String(stage.keepData ? KEPT_DAYS.kept : KEPT_DAYS.tried),
      },
      timeout: Duration.minutes(1),
    });
    mayUse(this.table.table, anchor, { Query: ['CHAIN#*', 'CHAINS'] });
    bucket.letAdd(anchor, 'audit/anchors/');
    // Once a day there is something to do; the other runs make good what failed.
    runOnSchedule(this, 'AnchorSchedule', anchor, Schedule.rate(Duration.hours(1)));
    alarms.raise(this, 'AnchorMissing', {
      metric: hubMetric(stage, 'AuditAnchored', 'SampleCount').with({ period: Duration.hours(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      when: [3, 3],
      // Silence is what this is about.
      treatMissingData: TreatMissingData.BREACHING,
      impact: ANCHOR_IMPACT,
      runbook: 'respond-to-a-missing-anchor',
    });
  }
}
