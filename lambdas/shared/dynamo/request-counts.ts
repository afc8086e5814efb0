import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

import { type SharedCounts, WINDOW } from '../auth/client-limit.ts';
import type { SingleTable } from './single-table.ts';

/** Seconds after its window for which a count is kept: nobody reads it then. */
const KEPT = 3600;

const CountItem = z.object({ requests: z.int() });

/** Requests of busy clients, counted in a context's own table: one item for a client and a window, which the table forgets. */
export function requestCounts({ client, name }: SingleTable): SharedCounts {
  return {
    add: async (subject, window, requests) => {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: name,
          Key: { pk: `RATE#${subject}`, sk: String(window) },
          UpdateExpression: 'ADD requests :requests SET #ttl = :ttl',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':requests': requests,
            ':ttl': Math.ceil(((window + 1) * WINDOW) / 1000) + KEPT,
          },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return CountItem.parse(Attributes).requests;
    },
  };
}
