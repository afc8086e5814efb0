import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { logJobFailure } from '../observability/log.ts';
import type { Item } from './single-table.ts';

function itemOf(image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Item | undefined {
  // The event's type and the SDK's describe the same JSON, each in its own words.
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions
  return image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>);
}

/** The new state of the item a stream record is about; `undefined` when it was deleted. */
export function newItem({ dynamodb }: DynamoDBRecord): Item | undefined {
  return itemOf(dynamodb?.NewImage);
}

/** The state before; `undefined` when the item is new. */
export function oldItem({ dynamodb }: DynamoDBRecord): Item | undefined {
  return itemOf(dynamodb?.OldImage);
}

/**
 * Handles stream records one after another, in their order. The first one that fails ends the batch: it and those after
 * it are delivered again, so that no change overtakes another.
 */
export async function handleInOrder(
  job: string,
  event: DynamoDBStreamEvent,
  handle: (record: DynamoDBRecord) => Promise<void>,
): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      await handle(record);
    } catch (error) {
      logJobFailure(job, error);
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}
