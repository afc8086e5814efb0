import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { losing } from './losing.ts';
import { newPatient, Scene } from './scene.ts';

const PLACES = 20;
const CLIENTS = 40;

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

describe.each([0.05, 0.2, 0.5])('when %f of the database’s replies are lost after the commit', (share) => {
  test('clients that repeat their requests get every place once, and nothing is lost or doubled', async () => {
    const { id: grantId, beneficiary } = await scene.grant(PLACES);
    scene.proxy.follow(losing(share));

    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, () => scene.insist(beneficiary, `/v1/grants/${grantId}/bookings`, newPatient())),
    );
    scene.proxy.follow();

    const won = answers
      .filter(({ status }) => status === 201)
      .map(({ body }) => String(body['id']))
      .toSorted();
    expect(won).toHaveLength(PLACES);
    expect(await scene.stateOf(grantId)).toMatchObject({ committed: PLACES, holders: won, bookings: won });
  });

  test('confirmations and releases happen once', async () => {
    const { id: grantId, beneficiary } = await scene.grant(PLACES);
    const path = `/v1/grants/${grantId}/bookings`;
    const holds = await Promise.all(
      Array.from({ length: PLACES }, () => scene.insist(beneficiary, path, newPatient())),
    );
    scene.proxy.follow(losing(share));

    const answers = await Promise.all(
      holds.map(({ body }, index) =>
        scene.insist(beneficiary, `/v1/bookings/${String(body['id'])}/${index % 2 === 0 ? 'confirm' : 'release'}`),
      ),
    );
    scene.proxy.follow();

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const kept = holds
      .filter((_, index) => index % 2 === 0)
      .map(({ body }) => String(body['id']))
      .toSorted();
    expect(await scene.stateOf(grantId)).toMatchObject({ committed: kept.length, holders: kept, bookings: kept });
  });
});

test('a plain counter in the same place loses places: the test above can fail', async () => {
  scene.proxy.follow();
  const client = new DynamoDBClient({
    endpoint: scene.proxy.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const documents = DynamoDBDocumentClient.from(client);
  const TableName = scene.hub.tableName('Quotas');
  const Key = { pk: 'COUNTER', sk: 'COUNTER' };
  await documents.send(new PutCommand({ TableName, Item: { ...Key, entitled: PLACES, committed: 0 } }));
  scene.proxy.follow(losing(0.2));

  const take = new UpdateCommand({
    TableName,
    Key,
    UpdateExpression: 'SET committed = committed + :one',
    ConditionExpression: 'committed < entitled',
    ExpressionAttributeValues: { ':one': 1 },
  });
  const outcomes = await Promise.allSettled(Array.from({ length: CLIENTS }, () => documents.send(take)));
  scene.proxy.follow();

  const won = outcomes.filter(({ status }) => status === 'fulfilled').length;
  const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  client.destroy();
  expect(Item?.['committed']).toBe(PLACES);
  expect(won).toBeLessThan(PLACES);
});
