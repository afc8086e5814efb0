import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ClientLimit, WINDOW } from '../../lambdas/shared/auth/client-limit.ts';
import { requestCounts } from '../../lambdas/shared/dynamo/request-counts.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { synthesize } from '../../lib/local/template/synthesize.ts';
import { type Grant, newPatient, Scene } from './scene.ts';

/** A client that runs wild is refused, and nobody else is. */

/** What a client may send in a window: as in prod. */
const PER_SECOND = 20;
const LIMIT = PER_SECOND * (WINDOW / 1000);

const assembly = mkdtempSync(join(tmpdir(), 'hub-runaway-'));
const logs: string[] = [];
let scene: Scene;
let documents: DynamoDBDocumentClient;
beforeAll(async () => {
  synthesize(assembly, { perClient: PER_SECOND });
  scene = await Scene.open({ assembly, jobs: false, onLog: (line) => logs.push(line) });
  documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: scene.hub.dynamodbEndpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  );
});
afterAll(async () => {
  documents.destroy();
  await scene.close();
  rmSync(assembly, { recursive: true, force: true });
});

interface Sent {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
}

async function sent(institution: string, path: string): Promise<Sent> {
  const token = await scene.hub.token({ institution, role: 'coordinator' });
  const response = await fetch(scene.hub.url + path, { headers: { authorization: `Bearer ${token}` } });
  const { type } = (await response.json()) as { type?: string };
  return {
    status: response.status,
    code: type?.replace('/problems/', ''),
    retryAfter: response.headers.get('retry-after'),
  };
}

/** Sends so many requests, some at a time, each when another has been answered. */
async function flood<T>(requests: number, atOnce: number, send: () => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) answers.push(await send());
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** Waits for a window to begin, so that what follows is all in one. */
const windowBegins = (): Promise<void> => sleep(WINDOW - (Date.now() % WINDOW) + 50);
const statuses = (answers: readonly { readonly status: number }[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(answers, ({ status }) => status)].map(([status, of]) => [status, of.length]));

/** All that is stored of a client's counts. */
async function stored(subject: string): Promise<readonly Record<string, unknown>[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: scene.hub.tableName('Quotas'),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `RATE#${subject}` },
    }),
  );
  return Items;
}

describe('a client that sends more than it may', () => {
  test('is refused without a call of the database until the window ends, and nobody else is', {
    timeout: 60_000,
  }, async () => {
    const [wild, calm] = [uuidv7(), uuidv7()];
    await sent(calm, '/v1/pools');
    await windowBegins();
    const passed = await flood(LIMIT, 20, () => sent(wild, '/v1/pools'));
    scene.proxy.follow();
    const refused = await flood(100, 20, () => sent(wild, '/v1/pools'));

    expect(statuses(passed)).toEqual({ 200: LIMIT });
    expect(statuses(refused)).toEqual({ 429: 100 });
    expect(scene.proxy.calls).toBe(0);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['rate-limited']));
    const waits = refused.map(({ retryAfter }) => Number(retryAfter));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...waits)).toBeLessThanOrEqual(WINDOW / 1000);
    expect((await sent(calm, '/v1/pools')).status).toBe(200);
    // Who signs its requests otherwise is another client, of whichever institution.
    const token = await scene.hub.token({ institution: wild, role: 'auditor' });
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${scene.hub.url}/v1/pools`, { headers })).status).toBe(200);

    await sleep(Number((await sent(wild, '/v1/pools')).retryAfter) * 1000);
    expect((await sent(wild, '/v1/pools')).status).toBe(200);
  });

  test('is in the log by its institution and client, and counted', async () => {
    const line = logs.find((each) => each.includes('"rate-limited"')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      operation: 'listPools',
      status: 429,
      problem: 'rate-limited',
      Refusals: 1,
    });
    expect(Object.keys(JSON.parse(line) as object)).toEqual(
      expect.arrayContaining(['institutionId', 'clientId', '_aws']),
    );
  });

  test('takes no course by what is refused', { timeout: 60_000 }, async () => {
    const grant: Grant = await scene.grant(2 * LIMIT);
    const path = `/v1/grants/${grant.id}/bookings`;
    await windowBegins();
    const answers = await flood(LIMIT + 50, 20, () => scene.send(grant.beneficiary, path, newPatient()));

    const { 201: held = 0, 429: refused = 0 } = statuses(answers);
    expect(held + refused).toBe(LIMIT + 50);
    expect(refused).toBeGreaterThan(0);
    expect((await scene.stateOf(grant.id)).committed).toBe(held);
  });
});

describe('instances on one table', () => {
  test('share one count, which the table forgets', async () => {
    const table = new SingleTable(documents, scene.hub.tableName('Quotas'));
    const subject = uuidv7();
    const now = (): number => 1_000 * WINDOW;
    const instance = async (): Promise<number> => {
      const limit = new ClientLimit(PER_SECOND, requestCounts(table), now);
      let passed = 0;
      // As Lambda has it, each serves one request at a time.
      for (let request = 0; request < 500; request++) {
        try {
          await limit.admit({ subject });
          passed += 1;
        } catch (error) {
          expect((error as Error).name).toBe('rate-limited');
        }
      }
      return passed;
    };
    const each = await Promise.all(Array.from({ length: 4 }, instance));
    const passed = each.reduce((sum, some) => sum + some, 0);

    expect(passed).toBeGreaterThanOrEqual(LIMIT);
    expect(passed).toBeLessThanOrEqual(LIMIT + 4 * (LIMIT / 10));
    const [count, ...others] = await stored(subject);
    expect(others).toEqual([]);
    expect(count).toMatchObject({ sk: '1000', ttl: 1_001 * (WINDOW / 1000) + 3600 });
    expect(Number(count?.['requests'])).toBeGreaterThan(LIMIT - 4 * (LIMIT / 10));
  });

  test('let requests pass while the table is too busy to count them', { timeout: 60_000 }, async () => {
    await windowBegins();
    const institution = uuidv7();
    await sent(institution, '/v1/pools');
    scene.proxy.follow(({ operation }) => (operation === 'UpdateItem' ? 'throttled' : undefined));
    const answers = await flood(60, 10, () => sent(institution, '/v1/pools'));
    scene.proxy.follow();

    expect(statuses(answers)).toEqual({ 200: 60 });
    expect(await stored(`${institution}.coordinator`)).toEqual([]);
  });
});

test('a partner that sends a hundred times as much as another takes nothing from it', {
  timeout: 180_000,
}, async () => {
  const REQUESTS = 40;
  const [wild, calm] = [uuidv7(), uuidv7()];
  const share = async (): Promise<Sent[]> => {
    const answers: Sent[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      answers.push(await sent(calm, '/v1/pools'));
      await sleep(100);
    }
    return answers;
  };
  const alone = await share();

  const flooding = flood(100 * REQUESTS, 50, () => sent(wild, '/v1/pools'));
  const beside = await share();
  const flooded = await flooding;

  const rate = (answers: readonly Sent[]): number => answers.filter(({ status }) => status === 200).length / REQUESTS;
  expect(Math.abs(rate(beside) - rate(alone))).toBeLessThanOrEqual(0.01);
  expect(statuses(beside)).toEqual({ 200: REQUESTS });
  expect(statuses(flooded)[429]).toBeGreaterThan(50 * REQUESTS);
  expect(Object.keys(statuses(flooded)).toSorted()).toEqual(['200', '429']);
});
