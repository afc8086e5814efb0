import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod/mini';

/** How a function says what of a batch it could not handle. */
export const PartialFailure = z.looseObject({
  batchItemFailures: z.nullish(z.array(z.looseObject({ itemIdentifier: z.string() }))),
});

/**
 * Reads a `ReportBatchItemFailures` response: everything before the first failed record is done. A response that names
 * no record of the batch fails it whole.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function takenOf(batch: readonly _Record[], result: unknown): number {
  const parsed = PartialFailure.safeParse(result);
  const failures = parsed.success ? (parsed.data.batchItemFailures ?? []) : [];
  if (failures.length === 0) return batch.length;
  const indexes = failures.map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  return Math.max(0, Math.min(...indexes));
}
