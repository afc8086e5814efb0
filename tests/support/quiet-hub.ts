import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';

import { type Hub, type HubOptions, startHub } from '../../lib/local/hub.ts';

/**
 * A hub without jobs, and without the streams that nobody reads then: the embedded engine takes longer for each write the
 * longer a stream has become.
 */
export async function startQuietHub(options: HubOptions = {}): Promise<Hub> {
  const hub = await startHub({ ...options, jobs: false });
  const client = new DynamoDBClient({
    endpoint: hub.dynamodbEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  for (const context of ['Quotas', 'Agreements', 'Training', 'Events']) {
    await client.send(
      new UpdateTableCommand({
        TableName: hub.tableName(context),
        StreamSpecification: { StreamEnabled: false },
      }),
    );
  }
  client.destroy();
  return hub;
}
