import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Milliseconds. A connection that hangs is given up well before the function's own time is. */
const TIMEOUTS = { connectionTimeout: 2500, requestTimeout: 2500, throwOnRequestTimeout: true };

/** What the SDK would look for in files that are not there, at the expense of every cold start. */
const NOT_LOOKED_UP = {
  retryMode: 'standard',
  defaultsMode: 'legacy',
  accountIdEndpointMode: 'disabled',
  authSchemePreference: ['sigv4'],
  endpointDiscoveryEnabled: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: '',
} satisfies DynamoDBClientConfig;

/**
 * The function's DynamoDB client. Three attempts with back-off: the SDK repeats a request whose reply was lost, so
 * every write must recognise its own first attempt.
 */
export function documentClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ ...NOT_LOOKED_UP, maxAttempts: 3, requestHandler: TIMEOUTS });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}
