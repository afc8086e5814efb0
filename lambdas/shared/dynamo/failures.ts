import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

const BUSY_ERRORS: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'TooManyRequestsException',
]);
const BUSY_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** The database asks to come back later, or did not answer: nothing is wrong with the request. */
export function isBusy(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    return error.CancellationReasons?.some(({ Code }) => BUSY_REASONS.has(Code ?? '')) === true;
  }
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return BUSY_ERRORS.has(error.name) || code === 'ECONNRESET' || code === 'ECONNREFUSED' || code === 'EPIPE';
}

/**
 * Runs a conditional write.
 * @returns `undefined` when it was written, otherwise the item as it was when the condition failed (`{}` if there is
 *   none). The write must ask for it with `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`.
 */
export async function refusedBy(write: Promise<unknown>): Promise<Record<string, unknown> | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item === undefined ? {} : unmarshall(error.Item);
    throw error;
  }
}

/**
 * Runs a transaction.
 * @returns the positions of the writes whose conditions failed; empty when everything was written.
 * @throws the original error when it was cancelled for any other reason, such as a conflict.
 */
export async function refusedPositions(transaction: Promise<unknown>): Promise<number[]> {
  try {
    await transaction;
    return [];
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const positions = (error.CancellationReasons ?? []).flatMap(({ Code }, position) =>
      Code === 'ConditionalCheckFailed' ? [position] : [],
    );
    if (positions.length === 0) throw error;
    return positions;
  }
}
