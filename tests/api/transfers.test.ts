import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { aBooking, aGrant } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';
import { aLoan, aPair, clientOf, grantOf, standing, transfer } from '../support/loans.ts';
import { suspendPartner } from '../support/partners.ts';

// The first file of a run waits for the hub, which takes longer than a test may.
beforeAll(() => hubFacts().then(() => undefined));

const entitled = async (pair: Awaited<ReturnType<typeof aPair>>) => {
  const { lender, borrower } = await standing(pair);
  return [lender.entitled, borrower.entitled];
};

describe('a transfer', () => {
  test('hands courses on for good, and both sides see it', async () => {
    const pair = await aPair();

    const answer = await transfer(pair.lender, pair.borrower, 3, { reason: 'demand-shifted' });

    expect(answer.ok).toMatchObject({
      givingGrantId: pair.lender.grant.id,
      receivingGrantId: pair.borrower.grant.id,
      units: 3,
      reason: 'demand-shifted',
    });
    expect(answer.headers.location).toBe(`/v1/transfers/${answer.ok.id}`);
    expect(await entitled(pair)).toEqual([2, 8]);
    expect((await grantOf(pair.lender)).adjustments).toMatchObject({ transferredOut: 3, transferredIn: 0 });
    expect((await grantOf(pair.borrower)).adjustments).toMatchObject({ transferredOut: 0, transferredIn: 3 });
    for (const side of ['lender', 'borrower', 'provider'] as const) {
      const there = await clientOf(pair, side).call('getTransfer', { params: { transferId: answer.ok.id } });
      expect(there.ok).toEqual(answer.ok);
    }
  });

  test('can be made by the provider, and between grants of one beneficiary', async () => {
    const { lender } = await aPair();
    const { provider, pool, beneficiary } = lender;
    const other = await aGrant({ provider, pool, beneficiary, nominal: 1 });

    const answer = await provider.coordinator.call('transferUnits', {
      params: { grantId: lender.grant.id },
      body: { receivingGrantId: other.grant.id, units: 2 },
    });

    expect(answer.status).toBe(201);
    expect((await grantOf(other)).balance.entitled).toBe(3);
  });

  test('is made once, however often it is repeated', async () => {
    const pair = await aPair();
    const first = await transfer(pair.lender, pair.borrower, 4, {}, 'once');

    const again = await transfer(pair.lender, pair.borrower, 4, {}, 'once');

    expect(again.ok).toEqual(first.ok);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await entitled(pair)).toEqual([1, 9]);
    expect((await transfer(pair.lender, pair.borrower, 1, {}, 'once')).code).toBe('idempotency-key-reused');
  });

  test('below what is committed is refused', async () => {
    const pair = await aPair({ nominal: 3 });
    await aBooking(pair.lender);
    await aBooking(pair.lender);

    const answer = await transfer(pair.lender, pair.borrower, 2);

    expect(answer.code).toBe('transfer-below-committed');
    expect(answer.problem['transferable']).toBe(1);
    expect(await entitled(pair)).toEqual([3, 3]);
  });

  test('of borrowed courses is refused', async () => {
    const pair = await aPair({ nominal: 2 });
    await aLoan(pair, 2);

    const answer = await transfer(pair.borrower, pair.lender, 3);

    expect(answer.code).toBe('transfer-below-committed');
    expect(answer.problem['transferable']).toBe(2);
  });

  test('to the grant itself is refused', async () => {
    const { lender } = await aPair();
    expect((await transfer(lender, lender, 1)).code).toBe('transfer-to-itself');
  });

  test('to a grant of another pool is refused exactly as to one there is not', async () => {
    const pair = await aPair();
    const other = await transfer(pair.lender, (await aPair()).borrower, 1);
    const none = await transfer(pair.lender, pair.borrower, 1, { receivingGrantId: randomUUID() });

    const { correlationId: _, ...saidOfOther } = other.problem;
    const { correlationId: __, ...saidOfNone } = none.problem;
    expect(other.code).toBe('grant-not-in-pool');
    expect(saidOfOther).toEqual(saidOfNone);
  });

  test.each(['lending', 'borrowing'] as const)('is the provider’s where the %s grant says so', async (side) => {
    const pair = await aPair({ [side]: { loansNeedApproval: true } });
    const request = {
      params: { grantId: pair.lender.grant.id },
      body: { receivingGrantId: pair.borrower.grant.id, units: 1 },
    };

    expect((await clientOf(pair, 'lender').call('transferUnits', request)).code).toBe('transfer-needs-provider');
    expect((await clientOf(pair, 'provider').call('transferUnits', request)).status).toBe(201);
  });

  test.each(['lender', 'borrower'] as const)('is refused while the %s’s grant is suspended', async (side) => {
    const pair = await aPair();
    const params = { grantId: pair[side].grant.id };
    const body = { status: 'suspended' };
    await clientOf(pair, 'provider').call('updateGrant', { params, body, ifMatch: '"1"' });

    expect((await transfer(pair.lender, pair.borrower, 1)).code).toBe('grant-suspended');
    expect(await entitled(pair)).toEqual([5, 5]);
  });

  test('is refused when the period is over', async () => {
    const period = { start: '2020-01-01', end: '2020-12-31', timeZone: 'Europe/Minsk' };
    const pair = await aPair({ poolBody: { period } });
    expect((await transfer(pair.lender, pair.borrower, 1)).code).toBe('outside-period');
  });

  test('is refused when who would get it is not an active partner', async () => {
    const pair = await aPair();
    await suspendPartner(pair.borrower.beneficiary.id);
    expect((await transfer(pair.lender, pair.borrower, 1)).code).toBe('partner-not-active');
    expect(await entitled(pair)).toEqual([5, 5]);
  });

  test('of hundreds of courses is one step, or is refused for its size and changes nothing', async () => {
    const pair = await aPair({ nominal: 1000, poolBody: { capacity: 2000 } });

    expect((await transfer(pair.lender, pair.borrower, 800)).status).toBe(201);
    expect(await entitled(pair)).toEqual([200, 1800]);
    const back = await transfer(pair.borrower, pair.lender, 1800);

    expect(back.code).toBe('too-many-at-once');
    expect(await entitled(pair)).toEqual([200, 1800]);
  });
});
