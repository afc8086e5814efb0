import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { dispatch } from './dispatch.ts';
import { portsOn } from './webhook-deployed-ports.ts';

const ports = { ...portsOn(deployedTable()), queue: new DeliveryQueue(environment('DELIVERIES_URL')) };

/** Takes events of the bus, and puts a delivery of each for every webhook that is told of it. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const failed = await Promise.all(
    Records.map(async ({ messageId, body }) => {
      try {
        const deliveries = await dispatch(ports, body);
        if (deliveries > 0) logJob('webhooks-dispatch', { deliveries });
        return [];
      } catch (error) {
        logJobFailure('webhooks-dispatch', error, { id: messageId });
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}
