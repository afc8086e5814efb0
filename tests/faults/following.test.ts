import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse } from 'aws-lambda';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Fault, TRIED } from './fault-proxy.ts';
import { Scene } from './scene.ts';

/** The jobs that copy what contexts must know of each other, however the records come and whatever becomes of their calls. */

let scene: Scene;
let client: DynamoDBDocumentClient;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const endpoint = scene.hub.dynamodbEndpoint;
  client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials }));
});
afterAll(async () => {
  client.destroy();
  await scene.close();
});

interface Ids {
  readonly partner: string;
  readonly other: string;
  readonly agreement: string;
}

/** Three changes of a partner, and an agreement that is there in the midst of them, as a stream brings them. */
interface Followed {
  readonly table: string;
  readonly job: string;
  readonly items: (ids: Ids) => Readonly<Record<string, unknown>>[];
}

const STATUSES = ['invited', 'active', 'suspended'] as const;

const FOLLOWED: readonly Followed[] = [
  {
    table: 'DocumentsData',
    job: 'DocumentsFollowing',
    items: ({ partner, other, agreement }) => {
      const row = (chain: string, sequence: number, change: object) => ({
        ...{ pk: `CHAIN#${chain}`, sk: `ROW#000000000${String(sequence)}` },
        ...{ place: `${chain}#000000000${String(sequence)}`, at: '2026-01-01T00:00:00Z', ...change },
      });
      const [invited, active, suspended] = STATUSES.map((status, index) => ({
        ...{ subjectType: 'institution', subject: partner, action: 'update', version: index + 1 },
        after: { status },
      }));
      const proposed = {
        ...{ subjectType: 'agreement', subject: agreement, action: 'propose', version: 1 },
        after: { parties: [partner, other] },
      };
      return [
        row(partner, 1, invited!),
        row(partner, 2, active!),
        row(partner, 3, proposed),
        row(other, 1, proposed),
        // What somebody else has to do with it is in another chain, too, and approvals say nothing of parties.
        row(other, 2, active!),
        row(partner, 4, { ...proposed, action: 'approve', version: 2, after: { approvedBy: [partner] } }),
        row(partner, 5, suspended!),
      ];
    },
  },
  {
    table: 'QuotasData',
    job: 'QuotasFollowing',
    items: ({ partner, other, agreement }) => {
      const [invited, active, suspended] = STATUSES.map((status, index) => ({
        ...{ pk: `PARTNER#${partner}`, sk: 'PARTNER' },
        ...{ status, version: index + 1 },
      }));
      const agreed = {
        ...{ pk: `AGREEMENT#${agreement}`, sk: 'AGREEMENT', id: agreement },
        ...{ parties: [partner, other], approved: [], version: 1 },
      };
      return [invited!, active!, agreed, suspended!];
    },
  },
];

const recordsOf = (items: readonly Readonly<Record<string, unknown>>[]) =>
  items.map((item, index) => ({
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: String(index + 1),
      Keys: marshall({ pk: item['pk'], sk: item['sk'] }),
      NewImage: marshall(item),
    },
  }));
type Records = ReturnType<typeof recordsOf>;

/** Delivers as Lambda does. @returns what has to come again: from the first record that failed, or all when the job did */
async function deliver(job: string, records: Records): Promise<Records> {
  try {
    const answer = (await scene.hub.invoke(job, { Records: records })) as DynamoDBBatchResponse;
    const [failed] = answer.batchItemFailures;
    return failed === undefined
      ? []
      : records.slice(records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failed.itemIdentifier));
  } catch {
    return records;
  }
}

async function known(table: string, { partner, agreement }: Ids) {
  const get = async (pk: string, sk: string) =>
    (await client.send(new GetCommand({ TableName: scene.hub.tableName(table), Key: { pk, sk } }))).Item;
  const agreed = (await get(`AGREEMENT#${agreement}`, 'AGREEMENT')) ?? (await get(`RESOURCE#${agreement}`, 'RESOURCE'));
  const shutOut = (await get('SHUT-OUT', 'SHUT-OUT')) as { ids?: Set<string> } | undefined;
  return {
    status: (await get(`PARTNER#${partner}`, 'PARTNER'))?.['status'] as string | undefined,
    isShutOut: shutOut?.ids?.has(partner),
    parties: agreed?.['parties'] as string[] | undefined,
  };
}

const someIds = (): Ids => ({ partner: uuidv7(), other: uuidv7(), agreement: uuidv7() });

test.each(FOLLOWED.flatMap((each) => TRIED.map((fault) => ({ ...each, fault }))))(
  '$job knows what is so in the end when any call is $fault',
  async ({ table, job, items, fault }: Followed & { readonly fault: Fault }) => {
    let reached = true;
    let at = 1;
    for (; reached; at++) {
      const ids = someIds();
      const records = recordsOf(items(ids));
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      let left = await deliver(job, records);
      reached = scene.proxy.calls >= at;
      scene.proxy.follow();
      for (let round = 0; left.length > 0 && round < 5; round++) left = await deliver(job, left);
      expect(left).toEqual([]);
      const there = { status: 'suspended', isShutOut: true, parties: [ids.partner, ids.other] };
      expect(await known(table, ids)).toEqual(there);
      // All over again, as when the reply of the whole batch is lost; and what comes late.
      expect(await deliver(job, records)).toEqual([]);
      expect(await deliver(job, records.toReversed())).toEqual([]);
      expect(await known(table, ids)).toEqual(there);
    }
    expect(at).toBeGreaterThan(4);
  },
  120_000,
);
