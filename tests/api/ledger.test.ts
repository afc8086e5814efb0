import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { auditGrant } from '../../lambdas/quotas/ledger-audit.ts';
import { readRecords } from '../../lambdas/quotas/ledger-operations.ts';
import { faultsOfChain } from '../../lambdas/shared/chain/chain.ts';
import { aBooking, act, aGrant, balanceOf, elapse, type Scene } from '../support/factories.ts';
import { aLoan, aPair } from '../support/loans.ts';
import type { AnswerOf } from '../support/routes.ts';
import { quotasData, written } from '../support/written.ts';

type Row = AnswerOf<'listLedger'>['items'][number];

async function ledgerOf({ beneficiary, grant }: Scene, limit = 100): Promise<Row[]> {
  await written(grant.id);
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = (await beneficiary.coordinator.call('listLedger', { params: { grantId: grant.id }, query }))
      .ok;
    rows.push(...items);
    cursor = next;
  } while (cursor !== undefined);
  return rows;
}

/** What the last row says must be what the grant says. */
async function expectAgreement(scene: Scene, rows: readonly Row[]): Promise<void> {
  const { available: _, ...balance } = await balanceOf(scene);
  expect(rows.at(-1)?.balance).toEqual(balance);
  expect(faultsOfChain(rows)).toEqual([]);
}

describe('the ledger of a grant', () => {
  let scene: Scene;
  let rows: Row[];
  let booking: { readonly id: string };
  const correlationId = randomUUID();
  beforeAll(async () => {
    scene = await aGrant({ nominal: 3 });
    const { provider, beneficiary, grant } = scene;
    booking = await aBooking(scene, 'booked');
    await beneficiary.coordinator.call('cancelBooking', {
      params: { bookingId: booking.id },
      body: { reason: 'treated-elsewhere' },
      headers: { 'x-correlation-id': correlationId },
    });
    const params = { grantId: grant.id };
    await provider.coordinator.call('updateGrant', {
      params,
      body: { nominal: 5, reason: 'emergency' },
      ifMatch: '"1"',
    });
    await provider.coordinator.call('updateGrant', { params, body: { status: 'suspended' }, ifMatch: '"2"' });
    rows = await ledgerOf(scene);
  });

  test('has one row for each thing that happened, in its order', () => {
    const said = rows.map(({ sequence, type, version, deltas }) => ({ sequence, type, version, deltas }));
    expect(said).toEqual([
      { sequence: 1, type: 'grant', version: 1, deltas: { nominal: 3 } },
      { sequence: 2, type: 'hold', version: 1, deltas: { held: 1 } },
      { sequence: 3, type: 'confirm', version: 2, deltas: { held: -1, booked: 1 } },
      { sequence: 4, type: 'cancel', version: 3, deltas: { booked: -1 } },
      { sequence: 5, type: 'resize', version: 2, deltas: { nominal: 2 } },
      { sequence: 6, type: 'suspend', version: 3, deltas: {} },
    ]);
  });

  test('says to what, by whom, and why', () => {
    const { beneficiary, provider, grant } = scene;
    expect(rows[3]).toMatchObject({
      grantId: grant.id,
      bookingId: booking.id,
      segment: 0,
      actor: `${beneficiary.id}.coordinator`,
      role: 'coordinator',
      institutionId: beneficiary.id,
      correlationId,
      reason: 'treated-elsewhere',
    });
    expect(rows[4]).toMatchObject({ institutionId: provider.id, reason: 'emergency' });
    expect(rows[4]).not.toHaveProperty('bookingId');
  });

  test('adds up to the balance, and its rows are linked', () => expectAgreement(scene, rows));

  test('comes in pages', async () => {
    expect(await ledgerOf(scene, 1)).toEqual(rows);
    expect(await ledgerOf(scene, 4)).toEqual(rows);
  });

  test('does not take another list’s cursor', async () => {
    const other = await aGrant();
    const query = { limit: 1 };
    const { next = '' } = (
      await scene.provider.coordinator.call('listLedger', { params: { grantId: scene.grant.id }, query })
    ).ok;
    const answer = await other.provider.coordinator.call('listLedger', {
      params: { grantId: other.grant.id },
      query: { cursor: next },
    });
    expect(answer.code).toBe('invalid-cursor');
  });
});

test('follows a booking to every end', async () => {
  const scene = await aGrant({ nominal: 10 });
  for (const status of ['held', 'released', 'booked', 'noshow', 'in-treatment', 'fulfilled'] as const) {
    await aBooking(scene, status);
  }
  const rows = await ledgerOf(scene);
  await expectAgreement(scene, rows);
  expect(rows.at(-1)?.balance).toEqual({
    entitled: 10,
    committed: 5,
    held: 1,
    booked: 1,
    inTreatment: 1,
    fulfilled: 1,
    forfeited: 1,
  });
});

test('says that it was the Hub that ended a hold', async () => {
  const scene = await aGrant();
  const booking = await aBooking(scene);
  await elapse(booking);
  await act(scene, 'confirmBooking', booking.id);
  const rows = await ledgerOf(scene);
  expect(rows.at(-1)).toMatchObject({ type: 'expire', actor: 'hub', role: 'system', deltas: { held: -1 } });
  await expectAgreement(scene, rows);
});

test('agrees with grant, bookings and account after many at once did all kinds of things', async () => {
  const scenes = await Promise.all([
    aGrant({ nominal: 6, poolBody: { capacity: 60 } }),
    aGrant({ nominal: 20, poolBody: { capacity: 60 } }),
  ]);
  const statuses = [
    'held',
    'released',
    'booked',
    'cancelled',
    'noshow',
    'in-treatment',
    'fulfilled',
    'expired',
  ] as const;
  const [seed] = fc.sample(
    fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...statuses)), { minLength: 40, maxLength: 40 }),
    1,
  );
  const doing = (seed ?? []).map(async ([nth, status]) => {
    // Some find the grant sold out.
    await aBooking(scenes[nth]!, status).catch(() => undefined);
  });
  const resizing = scenes.map(async ({ provider, grant }) => {
    for (const nominal of [25, 24]) {
      const params = { grantId: grant.id };
      const { headers } = await provider.coordinator.call('getGrant', { params });
      await provider.coordinator.call('updateGrant', {
        params,
        body: { nominal, reason: 'correction' },
        ifMatch: headers.etag ?? '',
      });
    }
  });
  await Promise.all([...doing, ...resizing]);

  const { ports } = await quotasData();
  for (const scene of scenes) {
    const rows = await ledgerOf(scene);
    await expectAgreement(scene, rows);
    const records = await readRecords(ports, scene.grant.id);
    const findings = auditGrant(records!, new Date()).filter(
      ({ kind, young }) => !(kind === 'holder-without-booking' && young),
    );
    expect(findings).toEqual([]);
  }
});

test('says of both grants of a loan that it was that loan', async () => {
  const pair = await aPair();
  const { id: cause } = await aLoan(pair, 2);
  const [lent, borrowed] = [await ledgerOf(pair.lender), await ledgerOf(pair.borrower)];
  expect(lent.at(-1)).toMatchObject({ type: 'loan', deltas: { lentOut: 2 }, cause });
  expect(borrowed.at(-1)).toMatchObject({ type: 'loan', deltas: { borrowedIn: 2 }, cause });
  await expectAgreement(pair.lender, lent);
  await expectAgreement(pair.borrower, borrowed);
});

test('names no patient', async () => {
  const scene = await aGrant();
  const booking = await aBooking(scene, 'booked');
  const text = JSON.stringify(await ledgerOf(scene));
  expect(text).toContain(booking.id);
  expect(text).not.toContain(booking.patient);
});
