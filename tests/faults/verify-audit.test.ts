import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import type { HubData } from '../../lib/commands/hub-data.ts';
import { sentence, verifyAudit } from '../../lib/commands/verify-audit.ts';
import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { seedDemo } from '../../lib/local/demo/seed.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { openStore } from '../../lib/local/store.ts';

/** The command that verifies the audit, on the demonstration's data, with whatever somebody may do to them. */

let hub: Hub;
let data: HubData;
let documents: DynamoDBDocumentClient;
const { id: institution } = DEMO_INSTITUTIONS.find(({ alias }) => alias === 'kazior')!;
const pk = `CHAIN#${institution}`;

beforeAll(async () => {
  hub = await startHub();
  await seedDemo(hub, openStore());
  await hub.drainStreams(60_000);
  await hub.runSchedule('AuditAnchorSchedule');
  // Something that is younger than the anchor.
  const token = await hub.token({ institution: 'kazior', role: 'coordinator' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'late' };
  const period = { start: '2027-01-01', end: '2027-12-31', timeZone: 'Asia/Almaty' };
  const body = JSON.stringify({ service: 'pet-ct', period, capacity: 1 });
  expect((await fetch(`${hub.url}/v1/pools`, { method: 'POST', headers, body })).status).toBe(201);
  await hub.drainStreams();
  const signed = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const database = new DynamoDBClient({ ...signed, endpoint: hub.dynamodbEndpoint });
  const store = new S3Client({ ...signed, endpoint: hub.s3Endpoint, forcePathStyle: true });
  documents = DynamoDBDocumentClient.from(database);
  const table = (context: string) => new SingleTable(documents, hub.tableName(context));
  data = {
    where: 'a test',
    tables: {
      institutions: table('Institutions'),
      agreements: table('Agreements'),
      training: table('Training'),
      events: table('Events'),
      quotas: table('Quotas'),
      documents: table('DocumentsData'),
      audit: table('Audit'),
    },
    bucket: { client: store, name: hub.bucketName('DocumentsBucket'), versioned: false },
    close: () => {
      database.destroy();
      store.destroy();
    },
  };
}, 120_000);
afterAll(async () => {
  data.close();
  await hub.stop();
});

/** When nothing can be under way any more. */
const later = (): Date => new Date(Date.now() + 120_000);

/** What is found, by the id of the institution. */
async function findings(): Promise<Record<string, string[]>> {
  const { anchors, chains } = await verifyAudit(data, () => undefined, later);
  const found: Record<string, string[]> =
    anchors.findings.length > 0 ? { anchors: anchors.findings.map(sentence) } : {};
  for await (const { institutionId, findings: each } of chains) {
    if (each.length > 0) found[institutionId] = each.map(sentence);
  }
  return found;
}

async function rows(): Promise<Record<string, unknown>[]> {
  const KeyConditionExpression = 'pk = :pk';
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: data.tables.audit.name,
      KeyConditionExpression,
      ExpressionAttributeValues: { ':pk': pk },
    }),
  );
  return Items;
}

/** Does something to the chain, says what is found, and puts everything back. */
async function after(
  tamper: (stored: Record<string, unknown>[]) => Promise<unknown>,
): Promise<Record<string, string[]>> {
  const stored = await rows();
  await tamper(stored);
  const found = await findings();
  const TableName = data.tables.audit.name;
  for (const Item of stored) await documents.send(new PutCommand({ TableName, Item }));
  expect(await findings()).toEqual({});
  return found;
}
const remove = (row: Record<string, unknown>) =>
  documents.send(new DeleteCommand({ TableName: data.tables.audit.name, Key: { pk, sk: row['sk'] } }));

test('finds nothing in what the Hub wrote', async () => {
  expect(await findings()).toEqual({});
  expect((await rows()).length).toBeGreaterThan(5);
}, 120_000);

test('a day has one anchor, however often the job runs', async () => {
  const anchors = async () => {
    const { client, name: Bucket } = data.bucket;
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    return Promise.all(
      Contents.map(async ({ Key }) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return [Key, await Body?.transformToString()];
      }),
    );
  };
  const before = await anchors();
  await hub.runSchedule('AuditAnchorSchedule');
  expect(before).toEqual([[expect.stringMatching(/^audit\/anchors\/[\d-]{10}\.json$/), expect.any(String)]]);
  expect(await anchors()).toEqual(before);
}, 60_000);

test('finds a row that was edited', async () => {
  const found = await after((stored) =>
    documents.send(
      new UpdateCommand({
        TableName: data.tables.audit.name,
        Key: { pk, sk: stored[1]!['sk'] },
        UpdateExpression: 'SET actor = :nobody',
        ExpressionAttributeValues: { ':nobody': 'nobody' },
      }),
    ),
  );
  expect(found[institution]).toContain('row 2 is not as it was written: its hash is another');
}, 120_000);

test('finds rows that were cut off before the anchor, and since', async () => {
  const since = await after((stored) => remove(stored.at(-1)!));
  expect(since[institution]).toEqual([expect.stringMatching(/^pool .* 1 has no row/)]);
  const before = await after((stored) => Promise.all(stored.slice(2).map(remove)));
  expect(before[institution]?.[0]).toMatch(/^row \d+, anchored on .*, is not there any more/);
}, 120_000);

test('finds a chain that is not there at all', async () => {
  const found = await after((stored) => Promise.all(stored.map(remove)));
  expect(found[institution]?.[0]).toMatch(/anchored on/);
}, 120_000);
