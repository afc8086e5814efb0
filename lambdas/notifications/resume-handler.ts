import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder } from '../shared/dynamo/stream.ts';
import { environment } from '../shared/environment.ts';
import { logJob } from '../shared/observability/log.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { resumed } from './resume.ts';
import { portsOn } from './webhook-deployed-ports.ts';

const JOB = 'webhooks-resume';

const ports = { ...portsOn(deployedTable()), queue: new DeliveryQueue(environment('DELIVERIES_URL')) };

/** Sends what has waited for webhooks that were enabled, and for institutions that were let in again. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder(JOB, event, async (record) => {
    const deliveries = await resumed(ports, record);
    if (deliveries > 0) logJob(JOB, { deliveries });
  });
}
