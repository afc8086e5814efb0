import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };

/**
 * The function's DynamoDB client. Three attempts with back-off: the SDK repeats a request whose reply was lost, so
 * every write must recognise its own first attempt. A connection that hangs is given up well before the function is.
 */
export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3, requestHandler: TIMEOUTS }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}
