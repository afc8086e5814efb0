import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { AuditTable } from '../../lambdas/audit/audit-table.ts';
import { faultsOfChain } from '../../lambdas/shared/chain/chain.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { aHistory, type Told } from '../support/ledger.ts';
import { deliver as deliverTo } from './deliveries.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { newPatient, Scene } from './scene.ts';

/** The jobs that write the audit, however a stream's records come and whatever becomes of their calls. */

let scene: Scene;
let audit: AuditTable;
let client: DynamoDBClient;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: scene.hub.dynamodbEndpoint, region: 'eu-central-1', credentials });
  audit = new AuditTable(new SingleTable(DynamoDBDocumentClient.from(client), scene.hub.tableName('Audit')));
});
afterAll(async () => {
  client.destroy();
  await scene.close();
});

const deliver = (told: readonly Told[]): Promise<readonly Told[]> => deliverTo(scene.hub, 'AuditQuotas', told);

const rowsOf = async (institutionId: string) => audit.everything(institutionId);
/** What the rows of a chain tell, whatever their order. */
const toldBy = (rows: Awaited<ReturnType<typeof rowsOf>>) =>
  rows.map(({ subject, version }) => `${String(subject)} ${String(version)}`).toSorted();
const versionsOf = (told: readonly Told[]) =>
  told.map(({ after }) => `${after.id} ${String(after.version)}`).toSorted();

async function expectWhole({ told, grant }: Pick<ReturnType<typeof aHistory>, 'told' | 'grant'>): Promise<void> {
  const rows = await rowsOf(grant.beneficiaryId);
  expect(faultsOfChain(rows)).toEqual([]);
  expect(toldBy(rows)).toEqual(versionsOf(told));
}

test.each(TRIED)(
  'each change is written once when any call is %s',
  async (fault: Fault) => {
    let reached = true;
    let at = 1;
    for (; reached; at++) {
      const history = aHistory(3);
      const { told } = history;
      scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
      let rest = await deliver(told);
      reached = scene.proxy.calls >= at;
      scene.proxy.follow();
      for (let round = 0; rest.length > 0 && round < 5; round++) rest = await deliver(rest);
      // And once more, as if nobody had heard that it was done.
      await deliver(told);
      await expectWhole(history);
    }
    // For the chain of each of both sides, and of who did it: its end, its place in the list, its rows.
    expect(at).toBeGreaterThan(10);
  },
  120_000,
);

describe('records that come', () => {
  test('twice, or again after others, are written once', async () => {
    const history = aHistory(8);
    const { told } = history;
    await deliver([...told.slice(0, 3), ...told.slice(0, 3)]);
    await deliver(told);
    await deliver(told.slice(2, 5));
    await expectWhole(history);
  });

  test('in another order are all written, with when they happened', async () => {
    const history = aHistory(6);
    const { told, grant } = history;
    await deliver([told[0]!, ...told.slice(3)]);
    await deliver(told.slice(1, 3));
    await expectWhole(history);
    const late = (await rowsOf(grant.beneficiaryId)).filter((row) => 'happenedAt' in row);
    expect(late.map(({ happenedAt }) => happenedAt)).toEqual(told.slice(1, 3).map(({ after }) => after.updatedAt));
  });

  test('to several writers at once make one chain', async () => {
    const history = aHistory(10);
    const { told } = history;
    await Promise.all([deliver(told), deliver(told.slice(4)), deliver(told.slice(0, 7))]);
    await deliver(told);
    await expectWhole(history);
  });
});

test('what cannot be read does not keep the others waiting', async () => {
  const [one, other] = [aHistory(3), aHistory(3)];
  const broken = one.told.map((each) => ({ ...each, after: { ...each.after, by: 'nobody' } }) as unknown as Told);
  expect(await deliver([...broken, ...other.told])).toHaveLength(6);
  await expectWhole(other);
  expect(await rowsOf(one.grant.beneficiaryId)).toEqual([]);
});

test('a chain that cannot be written does not keep the others waiting', async () => {
  const [one, other] = [aHistory(2), aHistory(2)];
  const taken = { pk: `CHAIN#${one.grant.beneficiaryId}`, sk: 'ROW#0000000001', hash: 'none' };
  await DynamoDBDocumentClient.from(client).send(
    new PutCommand({ TableName: scene.hub.tableName('Audit'), Item: taken }),
  );
  expect(await deliver([...one.told, ...other.told])).toHaveLength(4);
  await expectWhole(other);
});

test('a look at others’ bookings that cannot be written down is not answered', async () => {
  const { id, beneficiary } = await scene.grant(2);
  const held = await scene.insist(beneficiary, `/v1/grants/${id}/bookings`, newPatient());
  const bookingId = String(held.body['id']);
  const ask = async (institution: string, role: 'auditor' | 'coordinator') => {
    const token = await scene.hub.token({ institution, role });
    return fetch(`${scene.hub.url}/v1/bookings/${bookingId}`, { headers: { authorization: `Bearer ${token}` } });
  };
  const stranger = crypto.randomUUID();
  scene.proxy.follow(({ operation }) => (operation === 'PutItem' ? 'throttled' : undefined));
  const [foreign, own] = [await ask(stranger, 'auditor'), await ask(beneficiary, 'coordinator')];
  scene.proxy.follow();
  expect([foreign.status, own.status]).toEqual([503, 200]);
  expect(await foreign.text()).not.toContain('C71.6');
  expect((await ask(stranger, 'auditor')).status).toBe(200);
}, 60_000);
