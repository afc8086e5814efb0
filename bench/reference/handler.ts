import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/**
 * What the functions' cold starts are compared with: the stock SDK with its default credential chain, no middleware, no
 * validation, no log, one GetItem. Nothing here is tuned, and nothing shall be.
 */
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { Item } = await client.send(
    new GetCommand({
      TableName: process.env['TABLE_NAME'],
      Key: { pk: 'INSTITUTION', sk: event.pathParameters?.['institutionId'] },
    }),
  );
  return { statusCode: Item === undefined ? 404 : 200, body: JSON.stringify(Item) };
}
