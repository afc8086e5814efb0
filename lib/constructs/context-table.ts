import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Foundation } from './foundation.ts';

export interface ContextTableProps {
  readonly foundation: Foundation;
  /** What people cannot do while it does not answer, in a sentence; told with its alarm. */
  readonly impact: string;
  /** Where else its items are found: by attributes, in whose index they are by their keys alone. */
  readonly indexes?: readonly TableIndex[];
}

export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** Calls the functions make, by the names the table's metrics have for them. */
const OPERATIONS = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems'];
/** Events in five minutes. The client repeats single ones, and nobody notices. */
const FEW = 10;

/**
 * A bounded context's only table: partition key `pk`, sort key `sk`, paid per request, encrypted with the Hub's key,
 * restorable to any second of the last days, with a stream from which whatever is derived is made.
 */
export class ContextTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { foundation, impact, indexes = [] }: ContextTableProps) {
    super(scope, id);
    const { stage, key, removalPolicy, alarms } = foundation;
    const { replicas, recoveryDays, keepData } = stage;
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(
        key,
        Object.fromEntries(replicas.map(({ region, keyArn }) => [region, keyArn])),
      ),
      replicas: replicas.map(({ region }) => ({ region })),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: recoveryDays },
      deletionProtection: keepData,
      globalSecondaryIndexes: indexes.map(({ name, partitionKey, sortKey }) => ({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      removalPolicy,
    });
    alarms.raise(this, 'Struggling', {
      metric: this.#struggles(),
      threshold: FEW,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      when: [2, 3],
      // The table counts these only when they happen.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      impact,
      runbook: 'respond-to-a-struggling-table',
    });
  }

  /** Reads and writes refused because they were too many, and errors of DynamoDB's own. */
  #struggles(): IMetric {
    const { tableName: TableName } = this.table;
    const count = (name: string, dimensionsMap: Record<string, string>): IMetric =>
      this.table.metric(name, { statistic: 'Sum', dimensionsMap });
    const usingMetrics: Record<string, IMetric> = {
      reads: count('ReadThrottleEvents', { TableName }),
      writes: count('WriteThrottleEvents', { TableName }),
    };
    for (const Operation of OPERATIONS) {
      usingMetrics[`errors${Operation}`] = count('SystemErrors', { TableName, Operation });
    }
    const filled = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
    return new MathExpression({
      label: 'throttled and failed',
      expression: filled.join(' + '),
      usingMetrics,
      period: Duration.minutes(5),
    });
  }
}

/** What IAM calls the requests for single items and partitions. Nothing else is granted: no scan, no batch. */
type Action = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'ConditionCheckItem' | 'DeleteItem';

/** For each action the partitions of the table in which it is allowed; a `*` stands for ids, as in `GRANT#*`. */
export type Uses = Readonly<Partial<Record<Action, readonly string[]>>>;

/**
 * Lets a function use those partitions of a table that it needs, and no others: an error in its code cannot read or change
 * what it has nothing to do with. Nothing that is stored is ever deleted but places in lists and lines, which say nothing
 * that is not said elsewhere, notes of what was begun, webhooks, of which it is noted that they were removed, and the names of
 * trainees who ask for it.
 */
export function mayUse({ tableArn }: TableV2, handler: IFunction, uses: Uses): void {
  const byPartitions = Map.groupBy(Object.entries(uses), ([, partitions]) => partitions.toSorted().join());
  for (const group of byPartitions.values()) {
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: group.map(([action]) => `dynamodb:${action}`),
        resources: [tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': group[0]?.[1] } },
      }),
    );
  }
}

/** Lets a function look things up in indexes of a table, which have keys only. Their partitions are ids: no pattern tells whose. */
export function mayLookUpIn({ tableArn }: TableV2, handler: IFunction, indexes: readonly string[]): void {
  handler.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: indexes.map((name) => `${tableArn}/index/${name}`),
    }),
  );
}
