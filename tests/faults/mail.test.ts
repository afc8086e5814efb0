import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Fault, TRIED } from './fault-proxy.ts';
import { Scene } from './scene.ts';

/** The jobs that mail people, whatever becomes of their calls: a mail may come twice, and never not at all. */

let scene: Scene;
let client: DynamoDBDocumentClient;
let table: string;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const engine = { endpoint: scene.hub.dynamodbEndpoint, region: 'eu-central-1', credentials };
  client = DynamoDBDocumentClient.from(new DynamoDBClient(engine));
  table = scene.hub.tableName('Notifications');
});
afterAll(async () => {
  client.destroy();
  await scene.close();
});

/** An institution with one contact who is mailed at once, and one who is once a day. */
async function readers() {
  const id = uuidv7();
  const [now, daily] = [`now.${id}@mailbox.example`, `daily.${id}@mailbox.example`];
  const contacts = [
    { role: 'coordination', name: 'A. Reader', email: now, language: 'ru', mail: 'immediate' },
    { role: 'coordination', name: 'B. Reader', email: daily, language: 'en', mail: 'daily' },
  ];
  const TableName = scene.hub.tableName('Institutions');
  const items = [
    { pk: 'INSTITUTION', sk: id, timeZone: 'Europe/Minsk' },
    { pk: `CONTACTS#${id}`, sk: 'CONTACTS', institutionId: id, contacts, version: 1 },
  ];
  for (const Item of items) await client.send(new PutCommand({ TableName, Item }));
  return { id, now, daily };
}

function anEvent(institutionId: string) {
  const sequence = '0000000001';
  const detail = {
    ...{
      specversion: '1.0',
      id: `${institutionId}.${sequence}`,
      source: `/v1/institutions/${institutionId}`,
      sequence,
    },
    ...{ type: 'org.oncology-hub.booking.cancelled.v1', subject: 'booking/x', time: '2026-03-01T10:00:00.000Z' },
    ...{ datacontenttype: 'application/json', data: { id: uuidv7(), action: 'cancel' } },
  };
  return { messageId: sequence, body: JSON.stringify({ source: 'org.oncology-hub', detail }) };
}

/** Delivers as Lambda does. @returns whether it has to come again */
async function deliver(record: ReturnType<typeof anEvent>): Promise<boolean> {
  try {
    const answer = (await scene.hub.invoke('MailMailer', { Records: [record] })) as SQSBatchResponse;
    return answer.batchItemFailures.length > 0;
  } catch {
    return true;
  }
}

const itemsOf = async (pk: string) => {
  const { Items: items = [] }: { Items?: Record<string, unknown>[] | undefined } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    }),
  );
  return items;
};

/** A minute passes: what was begun and not done may be taken over. */
async function aMinutePasses(institutionId: string): Promise<void> {
  for (const { pk, sk } of await itemsOf(`MAIL#${institutionId}.0000000001`)) {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: 'SET claim = :long',
        ExpressionAttributeValues: { ':long': '2026-01-01T00:00:00.000Z somebody' },
      }),
    );
  }
}

const mailed = (address: string) => scene.hub.mails().filter(({ to }) => to.includes(address)).length;
const inLine = async (institutionId: string) =>
  (await itemsOf('DIGEST')).filter(({ sk }) => String(sk).startsWith(institutionId)).length;

test.each(TRIED)(
  'an event reaches each reader when any call is %s',
  async (fault: Fault) => {
    let reached = true;
    let at = 1;
    for (; reached; at++) {
      const { id, now } = await readers();
      const record = anEvent(id);
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      let again = await deliver(record);
      reached = scene.proxy.calls >= at;
      scene.proxy.follow();
      for (let round = 0; again && round < 5; round++) {
        await aMinutePasses(id);
        again = await deliver(record);
      }
      expect(again).toBe(false);
      const times = mailed(now);
      expect([1, 2]).toContain(times);
      expect(await inLine(id)).toBe(1);
      // And then no more.
      expect(await deliver(record)).toBe(false);
      expect([mailed(now), await inLine(id)]).toEqual([times, 1]);
    }
    expect(at).toBeGreaterThan(8);
  },
  120_000,
);

test.each(TRIED)(
  'a digest reaches its reader when any call is %s, and the line is empty then',
  async (fault: Fault) => {
    let reached = true;
    let at = 1;
    for (; reached; at++) {
      const { id, daily } = await readers();
      await deliver(anEvent(id));
      expect(await inLine(id)).toBe(1);
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      await scene.hub.runSchedule('MailDigestSchedule').catch(() => undefined);
      reached = scene.proxy.calls >= at;
      scene.proxy.follow();
      await scene.hub.runSchedule('MailDigestSchedule');
      expect([1, 2]).toContain(mailed(daily));
      expect(await inLine(id)).toBe(0);
      const times = mailed(daily);
      await scene.hub.runSchedule('MailDigestSchedule');
      expect(mailed(daily)).toBe(times);
    }
    expect(at).toBeGreaterThan(4);
  },
  120_000,
);

test('several that have the same event at once mail it once', async () => {
  const { id, now } = await readers();
  const record = anEvent(id);
  await Promise.all([deliver(record), deliver(record), deliver(record)]);
  expect(mailed(now)).toBe(1);
  // Each may have met a reader whom another one had just begun with.
  expect(await deliver(record)).toBe(false);
  expect(mailed(now)).toBe(1);
});
