import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';

import { familyOf } from '../../lambdas/shared/capacity/holder.ts';
import { aBooking, aGrant, type Scene } from '../support/factories.ts';
import { engine, hubFacts, quotasTable } from '../support/hub.ts';
import { aLoan, aPair, grantOf, transfer } from '../support/loans.ts';

// The first file of a run waits for the hub, which takes longer than a test may.
beforeAll(() => hubFacts().then(() => undefined));

/** What a provider may make of a grant from which courses were lent, borrowed and transferred; top-ups and their reason. */

async function update({ provider, grant }: Scene, body: object) {
  const params = { grantId: grant.id };
  const ifMatch = (await provider.coordinator.call('getGrant', { params })).headers.etag ?? '';
  return provider.coordinator.call('updateGrant', { params, body, ifMatch });
}

async function storedGrant({ grant }: Scene): Promise<Record<string, unknown>> {
  const client = await engine();
  const Key = { pk: `GRANT#${familyOf(grant.id)}`, sk: 'GRANT' };
  return (await client.send(new GetCommand({ TableName: await quotasTable(), Key }))).Item ?? {};
}

describe('a top-up', () => {
  test('without a reason is refused', async () => {
    const scene = await aGrant({ nominal: 4 });

    expect((await update(scene, { nominal: 5 })).code).toBe('reason-missing');
    expect((await grantOf(scene)).nominal).toBe(4);
  });

  test.each(['emergency', 'agreement-amended', 'demand-shifted', 'correction'])(
    'for the reason %s is kept with its reason',
    async (reason) => {
      const scene = await aGrant({ nominal: 4 });

      expect((await update(scene, { nominal: 6, reason })).ok.balance.entitled).toBe(6);
      expect(await storedGrant(scene)).toMatchObject({ version: 2, nominal: 6, reason });
    },
  );

  test('leaves its reason with its own version, not with the next one', async () => {
    const scene = await aGrant({ nominal: 4 });
    await update(scene, { nominal: 6, reason: 'emergency' });
    await update(scene, { lendingLimit: 3 });
    expect(await storedGrant(scene)).not.toHaveProperty('reason');
  });

  test('ignores no quota: an emergency, too, needs room in the pool', async () => {
    const scene = await aGrant({ nominal: 10 });
    expect((await update(scene, { nominal: 11, reason: 'emergency' })).code).toBe('pool-capacity-exceeded');
  });
});

test('a cut needs no reason, and may have one', async () => {
  const scene = await aGrant({ nominal: 4 });
  expect((await update(scene, { nominal: 3 })).status).toBe(200);
  expect((await update(scene, { nominal: 2, reason: 'correction' })).status).toBe(200);
});

test('a loan and a transfer leave their id with the versions they make', async () => {
  const pair = await aPair();
  const loan = await aLoan(pair, 1);
  expect(await storedGrant(pair.lender)).toMatchObject({ cause: loan.id });
  const moved = (await transfer(pair.lender, pair.borrower, 1, { reason: 'correction' })).ok;
  expect(await storedGrant(pair.borrower)).toMatchObject({ cause: moved.id, reason: 'correction' });
  expect(Object.keys(await grantOf(pair.lender))).not.toContain('cause');
});

describe('a cut', () => {
  test('below what is lent out is refused, and says how far it could go', async () => {
    const pair = await aPair();
    await aLoan(pair, 3);

    const answer = await update(pair.lender, { nominal: 2 });

    expect(answer.code).toBe('nominal-below-lent');
    expect(answer.problem['minimum']).toBe(3);
    expect((await update(pair.lender, { nominal: 3 })).ok.balance.entitled).toBe(0);
  });

  test('below what was transferred is refused', async () => {
    const pair = await aPair();
    await transfer(pair.lender, pair.borrower, 4);
    expect((await update(pair.lender, { nominal: 3 })).code).toBe('nominal-below-lent');
  });

  test('cannot be made up for with borrowed courses', async () => {
    const pair = await aPair();
    await aLoan(pair, 5);
    await aLoan({ lender: pair.borrower, borrower: pair.lender }, 3);

    expect((await grantOf(pair.lender)).balance.entitled).toBe(3);
    expect((await update(pair.lender, { nominal: 4 })).code).toBe('nominal-below-lent');
  });

  test('below what is committed says how many courses the grant needs with what it has lent', async () => {
    const pair = await aPair();
    await aLoan(pair, 2);
    await aBooking(pair.lender);
    await aBooking(pair.lender);

    const answer = await update(pair.lender, { nominal: 3 });

    expect(answer.code).toBe('nominal-below-committed');
    expect(answer.problem).toMatchObject({ committed: 2, minimum: 4 });
    expect((await update(pair.lender, { nominal: 0 })).code).toBe('nominal-below-committed');
    expect((await update(pair.lender, { nominal: 4 })).ok.balance).toMatchObject({ entitled: 2, available: 0 });
  });

  test('may leave patients to borrowed courses', async () => {
    const pair = await aPair({ nominal: 2 });
    await aLoan(pair, 2);
    await aBooking(pair.borrower);
    await aBooking(pair.borrower);
    expect((await update(pair.borrower, { nominal: 0 })).ok.balance).toMatchObject({ entitled: 2, committed: 2 });
  });
});

describe('a limit', () => {
  test.each([
    ['lender', { lendingLimit: 2 }],
    ['borrower', { borrowingLimit: 2 }],
  ] as const)('of the %s cannot be lowered below what is outstanding', async (side, body) => {
    const pair = await aPair();
    await aLoan(pair, 3);

    const answer = await update(pair[side], body);

    expect(answer.code).toBe('limit-below-outstanding');
    const [limit = ''] = Object.keys(body);
    expect((await update(pair[side], { [limit]: 3 })).status).toBe(200);
  });
});
