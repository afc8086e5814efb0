import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';

import type { AccountingPorts } from '../../lambdas/quotas/accounting-ports.ts';
import { accountKey, ledgerPartition } from '../../lambdas/quotas/keys.ts';
import { auditGrant } from '../../lambdas/quotas/ledger-audit.ts';
import { readRecords } from '../../lambdas/quotas/ledger-operations.ts';
import type { Account } from '../../lambdas/shared/capacity/account.ts';
import type { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { rebuildCounters } from '../../lib/commands/rebuild-counters.ts';
import { aBooking, aBookingBody, aGrant, balanceOf, type Scene } from '../support/factories.ts';
import { quotasData, written } from '../support/written.ts';

/** Counters that are gone or wrong, and what the ledger makes of them. */

let scene: Scene;
let table: SingleTable;
let ports: AccountingPorts;
let balance: Awaited<ReturnType<typeof balanceOf>>;
let account: Account;

/** Three segments with bookings in all states, nothing of it under way any more. */
beforeEach(async () => {
  const data = await quotasData();
  table = data.table;
  ports = { ...data.ports, now: () => new Date(Date.now() + 600_000) };
  scene = await aGrant({ nominal: 60, poolBody: { capacity: 60 } });
  const statuses = [
    'held',
    'booked',
    'booked',
    'in-treatment',
    'fulfilled',
    'noshow',
    'cancelled',
    'released',
  ] as const;
  await Promise.all(statuses.map((status) => aBooking(scene, status)));
  await written(scene.grant.id);
  balance = await balanceOf(scene);
  account = await accountOf();
});

const segment = (number: number) => ({
  pk: ledgerPartition(scene.grant.id),
  sk: `GRANT#SEGMENT#0${String(number)}`,
});

async function accountOf(): Promise<Account> {
  const { account: loaded } = await ports.quotas.accounts.load(accountKey(scene.grant.id), { consistent: true });
  return loaded.map(({ freedAt: _, ...rest }) => ({
    ...rest,
    holders: rest.holders.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }));
}

async function damage(number: number, UpdateExpression: string, values?: Record<string, unknown>): Promise<void> {
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: segment(number),
      UpdateExpression,
      ...(values && { ExpressionAttributeValues: values }),
    }),
  );
}

async function drop(...numbers: number[]): Promise<void> {
  for (const number of numbers) {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: segment(number) }));
  }
}

const full = (): number => account.findIndex(({ committed }) => committed > 0);

const DAMAGES: Readonly<Record<string, () => Promise<void>>> = {
  'all are gone': () => drop(0, 1, 2),
  'one is gone': () => drop(full()),
  'the last one is gone': () => drop(2),
  'a count is too low': () => damage(full(), 'SET committed = :n', { ':n': 0 }),
  'a count is too high': () => damage(1, 'SET committed = :n', { ':n': 25 }),
  'a count is gone': () => damage(full(), 'REMOVE committed'),
  'the holders are gone': () => damage(full(), 'REMOVE holders'),
  'there are no holders any more': () => damage(full(), 'SET holders = :h, committed = :n', { ':h': {}, ':n': 0 }),
  'somebody holds what nobody booked': () =>
    damage(0, 'SET holders.AAAAAAAAAAA = :h, committed = committed + :n', { ':h': 'nobodyb', ':n': 1 }),
  'a holder cannot be read': () => damage(full(), 'SET holders.AAAAAAAAAAA = :h', { ':h': '?' }),
  'the entitlement is another': () => damage(1, 'SET entitled = :n', { ':n': 7 }),
  'the entitlement is no number': () => damage(1, 'SET entitled = :n', { ':n': 'many' }),
  'a segment is shut': () => damage(1, 'SET closed = :c', { ':c': true }),
};

describe.each(Object.entries(DAMAGES))('when %s', (_, harm) => {
  test('that is found, and the counters are rebuilt exactly', async () => {
    await harm();
    const { id } = scene.grant;
    expect(auditGrant((await readRecords(ports, id))!, ports.now())).not.toEqual([]);
    const rows = await ports.ledger.everything(ledgerPartition(id));

    const tried = await rebuildCounters(ports, table, id, { dryRun: true });
    expect(tried?.changes).not.toEqual([]);
    expect(auditGrant((await readRecords(ports, id))!, ports.now())).not.toEqual([]);

    expect(await rebuildCounters(ports, table, id, { dryRun: false })).toMatchObject({ obstacles: [] });

    expect(await balanceOf(scene)).toEqual(balance);
    expect(await accountOf()).toEqual(account);
    expect(auditGrant((await readRecords(ports, id))!, ports.now())).toEqual([]);
    expect(await ports.ledger.everything(ledgerPartition(id))).toEqual(rows);
    expect(await rebuildCounters(ports, table, id, { dryRun: false })).toEqual({ changes: [], obstacles: [] });
  });
});

test('a suspended grant stays shut', async () => {
  const params = { grantId: scene.grant.id };
  await scene.provider.coordinator.call('updateGrant', { params, body: { status: 'suspended' }, ifMatch: '"1"' });
  await written(scene.grant.id);
  await drop(0, 1, 2);
  expect(await rebuildCounters(ports, table, scene.grant.id, { dryRun: false })).toMatchObject({ obstacles: [] });
  const hold = await scene.beneficiary.coordinator.call('holdBooking', { params, body: aBookingBody() });
  expect(hold.code).toBe('grant-suspended');
  expect((await accountOf()).map(({ closed }) => closed)).toEqual([true, true, true]);
});

test('what is kept for children stays kept, and who waits is not overtaken', async () => {
  const { provider, beneficiary, pool } = await aGrant({ nominal: 1, poolBody: { capacity: 10 } });
  const created = await provider.coordinator.call('createGrant', {
    params: { poolId: pool.id },
    body: { beneficiaryId: beneficiary.id, nominal: 3, paediatricReserve: { units: 1, releaseDate: '2099-01-01' } },
  });
  scene = { provider, beneficiary, pool, grant: created.ok };
  const params = { grantId: scene.grant.id };
  const adult = (over = {}) => aBookingBody({ ageBand: '18+', ...over });
  for (let nth = 0; nth < 2; nth++) await beneficiary.coordinator.call('holdBooking', { params, body: adult() });
  const waits = await beneficiary.coordinator.call('holdBooking', { params, body: adult({ joinWaitlist: true }) });
  expect(waits.ok.status).toBe('waitlisted');
  await written(scene.grant.id);
  const shape = async () => (await accountOf()).map(({ queue, ...rest }) => ({ ...rest, queued: queue !== undefined }));
  const before = await shape();
  expect(before.map(({ entitled, reserved }) => [entitled, reserved])).toEqual([
    [2, undefined],
    [1, true],
  ]);

  await drop(0, 1);
  expect(await rebuildCounters(ports, table, scene.grant.id, { dryRun: false })).toMatchObject({ obstacles: [] });

  expect(await shape()).toEqual(before);
  expect((await beneficiary.coordinator.call('holdBooking', { params, body: adult() })).code).toBe('quota-exhausted');
});

test('while bookings go on, nothing is lost and nothing is counted twice', async () => {
  const { id } = scene.grant;
  await damage(1, 'SET committed = :n', { ':n': 25 });
  const going = Array.from({ length: 10 }, () => aBooking(scene, 'booked'));
  await rebuildCounters((await quotasData()).ports, table, id, { dryRun: false });
  await Promise.all(going);
  await written(scene.grant.id);
  await rebuildCounters((await quotasData()).ports, table, id, { dryRun: false });
  expect(auditGrant((await readRecords(ports, id))!, ports.now())).toEqual([]);
  expect((await balanceOf(scene)).booked).toBe(balance.booked + 10);
});

test('nothing is rebuilt from a ledger that was tampered with', async () => {
  await drop(0);
  const [row] = await ports.ledger.everything(ledgerPartition(scene.grant.id));
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { pk: ledgerPartition(scene.grant.id), sk: 'LEDGER#0000000001' },
      UpdateExpression: 'SET actor = :a',
      ExpressionAttributeValues: { ':a': `${String(row?.['actor'])}!` },
    }),
  );
  const { changes, obstacles } = (await rebuildCounters(ports, table, scene.grant.id, { dryRun: false }))!;
  expect(obstacles).toContainEqual({ kind: 'edited', about: 'row 1', young: false });
  expect(changes).toEqual([]);
});
