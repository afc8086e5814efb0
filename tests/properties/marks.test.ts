import { randomUUID } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { accountKey } from '../../lambdas/events/keys.ts';
import { isQueued } from '../../lambdas/shared/capacity/account.ts';
import { type AccountKey, AccountTable } from '../../lambdas/shared/capacity/account-table.ts';
import { deriveId } from '../../lambdas/shared/capacity/holder.ts';
import { LineTable } from '../../lambdas/shared/capacity/line-table.ts';
import { markLine, unmarkLine } from '../../lambdas/shared/capacity/marks.ts';
import type { Place } from '../../lambdas/shared/capacity/place.ts';
import { segmentKey } from '../../lambdas/shared/capacity/segment-item.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { inEveryOrder, Turns } from './in-turn.ts';
import { tryAll, WANTED } from './sequences.ts';

/** The marks of a line, with the calls interleaved of those who enter and leave it, and of those who find it empty. */

let hub: Hub;
let client: DynamoDBClient;
let table: SingleTable;
beforeAll(async () => {
  hub = await startQuietHub();
  client = new DynamoDBClient({
    endpoint: hub.dynamodbEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  table = new SingleTable(DynamoDBDocumentClient.from(client), hub.tableName('Events'));
});
afterAll(async () => {
  client.destroy();
  await hub.stop();
});

/** An account table each of whose calls is made when it is its turn. */
class AccountTableInTurn extends AccountTable {
  readonly #turns: Turns;

  constructor(turns: Turns) {
    super(table);
    this.#turns = turns;
  }

  override load(...args: Parameters<AccountTable['load']>): ReturnType<AccountTable['load']> {
    return this.#turns.take(() => super.load(...args));
  }

  override setQueue(...args: Parameters<AccountTable['setQueue']>): ReturnType<AccountTable['setQueue']> {
    return this.#turns.take(() => super.setQueue(...args));
  }
}

interface Scene {
  /** Of its segments, to begin with. */
  readonly marks: readonly (string | undefined)[];
  readonly entering: number;
  /** How many of them leave again. */
  readonly leaving: number;
  /** Who finds the line empty, perhaps. */
  readonly closing: number;
}

async function anAccount(marks: Scene['marks']): Promise<AccountKey> {
  // Ids that are made at the same moment may be of one family, and this account is nobody else's.
  const key = accountKey(randomUUID(), 'online');
  for (const [number, queue] of marks.entries()) {
    const segment = { entitled: 1, committed: 0, holders: {}, ...(queue === undefined ? {} : { queue }) };
    await table.putNew({ ...segmentKey(key, number), ...segment });
  }
  return key;
}

async function play({ marks, entering, leaving, closing }: Scene, turns: Turns): Promise<void> {
  const [key, line] = [await anAccount(marks), new LineTable(table, 'names')];
  const waiting = new Set<string>();
  const accountNow = async () => (await new AccountTable(table).load(key, { consistent: true })).account;
  const look = async (when: string): Promise<void> => {
    if (waiting.size === 0) return;
    const bare = (await accountNow()).filter(({ queue }) => queue === undefined);
    expect(bare, when).toEqual([]);
  };
  const isEmpty = () => turns.take(async () => (await line.first(key, new Map())) === undefined);
  const enter = async (index: number): Promise<void> => {
    const place: Place = { id: deriveId(key.ownerId, String(index)), rank: String(index), reserve: 'somebody' };
    await turns.take(() => line.enter(key, place));
    await markLine(new AccountTableInTurn(turns), key, place);
    waiting.add(place.id);
    await look('after somebody has entered');
    if (index >= leaving) return;
    waiting.delete(place.id);
    await turns.take(() => line.leave(key, place));
  };
  const close = async (): Promise<void> => {
    const accounts = new AccountTableInTurn(turns);
    const { account } = await accounts.load(key, { consistent: true });
    if (isQueued(account) && (await isEmpty())) await unmarkLine(accounts, key, account, isEmpty);
    await look('after somebody has found nobody');
  };
  await turns.until(
    ...Array.from({ length: entering }, (_, index) => enter(index)),
    ...Array.from({ length: closing }, close),
  );
  await look('in the end');
  if (waiting.size > 0) return;
  // Whoever comes by next takes away what the others have left.
  await turns.until(close());
  expect(isQueued(await accountNow())).toBe(false);
}

/** The last of them has ten thousand orders, and takes minutes. */
const SMALL: readonly (readonly [string[], number])[] = [
  [['before'], 1],
  [['before', '~before'], 1],
  ...(WANTED >= 10_000 ? [[['before'], 2] as [string[], number]] : []),
];

test.each(SMALL)(
  'who enters waits behind a mark in whichever order: marks %j, found empty by %i',
  async (marks, closing) => {
    const scene = { marks, entering: 1, leaving: 0, closing };
    const orders = await inEveryOrder((choose) => play(scene, new Turns(choose)));
    expect(orders).toBeGreaterThan(1);
  },
  600_000,
);

const scenes = fc.record({
  marks: fc.array(fc.constantFrom('before', '~before', undefined), { minLength: 1, maxLength: 3 }),
  entering: fc.integer({ min: 1, max: 3 }),
  leaving: fc.integer({ min: 0, max: 2 }),
  closing: fc.integer({ min: 1, max: 3 }),
});

test('while anybody waits every segment is marked, and none once nobody does', async () => {
  const sequences = fc.tuple(scenes, fc.array(fc.nat(), { maxLength: 60, size: 'max' }));
  await tryAll('marks', sequences, ([scene, order]) => {
    const turns = order[Symbol.iterator]();
    const choose = (due: number): number => (turns.next().value ?? 0) % due;
    return play(scene, new Turns(choose));
  });
}, 3_600_000);
