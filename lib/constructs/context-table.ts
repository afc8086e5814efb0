import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

import type { Foundation } from './foundation.ts';

/**
 * A bounded context's only table: partition key `pk`, sort key `sk`, paid per request, encrypted with the Hub's key,
 * restorable to any second of the last days, with a stream from which everything derived is made.
 */
export class ContextTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { stage, key, removalPolicy }: Foundation) {
    super(scope, id);
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
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      removalPolicy,
    });
  }
}
