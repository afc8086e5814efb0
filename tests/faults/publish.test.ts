import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { FeedTable } from '../../lambdas/notifications/feed-table.ts';
import { publish } from '../../lambdas/notifications/publish.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { anEntry } from '../support/audit.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { Scene } from './scene.ts';

/** The job that tells partners, however the audit's records come and whatever becomes of its calls. */

let scene: Scene;
let client: DynamoDBClient;
let feed: FeedTable;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: scene.hub.dynamodbEndpoint, region: 'eu-central-1', credentials });
  feed = new FeedTable(new SingleTable(DynamoDBDocumentClient.from(client), scene.hub.tableName('Notifications')));
});
afterAll(async () => {
  client.destroy();
  await scene.close();
});

/** The first rows of an institution's audit, as the stream brings them. */
function aStream(institutionId: string, rows: number): DynamoDBRecord[] {
  return Array.from({ length: rows }, (_, index) => {
    const sequence = String(index + 1).padStart(10, '0');
    const keys = { pk: `CHAIN#${institutionId}`, sk: `ROW#${sequence}` };
    const row = { ...anEntry(index), place: `${institutionId}#${sequence}` };
    return {
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: `${institutionId} ${sequence}`,
        Keys: marshall(keys) as never,
        NewImage: marshall({ ...row, ...keys }) as never,
      },
    };
  });
}

/** Delivers as Lambda does. @returns what has to come again: from the first record that failed, or all when the job did */
async function deliver(records: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
  try {
    const answer = await scene.hub.invoke('NotificationsPublish', { Records: records });
    return rest(records, answer as Awaited<ReturnType<typeof publish>>);
  } catch {
    return records;
  }
}

function rest(records: readonly DynamoDBRecord[], { batchItemFailures }: Awaited<ReturnType<typeof publish>>) {
  const failed = batchItemFailures.map(({ itemIdentifier }) =>
    records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  return failed.length === 0 ? [] : records.slice(Math.min(...failed));
}

const toldTo = async (institutionId: string) =>
  (await feed.list(institutionId, 100)).map(({ sequence }) => Number(sequence));
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test.each(TRIED)(
  'nothing is lost, doubled or overtaken when any call is %s',
  async (fault: Fault) => {
    let reached = true;
    let at = 1;
    for (; reached; at++) {
      const ids = [uuidv7(), uuidv7()] as const;
      const [one, other] = [aStream(ids[0], 4), aStream(ids[1], 4)];
      const records = one.flatMap((record, index) => [record, other[index]!]);
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      let left = await deliver(records);
      reached = scene.proxy.calls >= at;
      scene.proxy.follow();
      for (const id of ids) {
        const told = await toldTo(id);
        // A reader who is here now will miss nothing: what comes is behind what it has read.
        expect(told).toEqual(upTo(told.length));
      }
      for (let round = 0; left.length > 0 && round < 5; round++) left = await deliver(left);
      await deliver(records);
      for (const id of ids) expect(await toldTo(id)).toEqual(upTo(4));
    }
    expect(at).toBeGreaterThan(8);
  },
  120_000,
);

describe('the bus', () => {
  test('that takes only some gets the others again', async () => {
    const id = uuidv7();
    const records = aStream(id, 14);
    const taken: string[] = [];
    let calls = 0;
    const bus = {
      put: async (events: readonly { readonly id: string }[]) => {
        calls += 1;
        const refused = calls === 1 ? events.slice(3, 5) : [];
        taken.push(...events.filter((event) => !refused.includes(event)).map((event) => event.id));
        return refused as never[];
      },
    };
    const left = rest(records, await publish({ feed, bus }, records));
    expect(left).toEqual(records.slice(3));
    expect(rest(left, await publish({ feed, bus }, left))).toEqual([]);
    expect(new Set(taken)).toEqual(new Set(upTo(14).map((each) => `${id}.${String(each).padStart(10, '0')}`)));
    expect(await toldTo(id)).toEqual(upTo(14));
  });

  test('that does not answer gets everything again', async () => {
    const records = aStream(uuidv7(), 3);
    const put = async (): Promise<never> => Promise.reject(new Error('no answer'));
    expect(rest(records, await publish({ feed, bus: { put } }, records))).toEqual(records);
  });
});

test('what cannot be read keeps nobody else waiting', async () => {
  const ids = [uuidv7(), uuidv7()] as const;
  const [broken, sound] = [aStream(ids[0], 2), aStream(ids[1], 2)];
  Object.assign(broken[0]!.dynamodb!.NewImage!, { place: { S: 'nowhere' } });
  expect(await deliver([...broken, ...sound])).toHaveLength(4);
  expect([await toldTo(ids[0]), await toldTo(ids[1])]).toEqual([[], [1, 2]]);
});
