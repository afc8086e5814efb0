import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { EventBus } from './event-bus.ts';
import { FeedTable } from './feed-table.ts';
import { publish } from './publish.ts';

const ports = { feed: new FeedTable(deployedTable()), bus: new EventBus(environment('BUS_NAME')) };

/** Follows the audit and tells each institution what concerns it. */
export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return publish(ports, Records);
}
