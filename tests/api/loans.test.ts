import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { aBooking, aBookingBody, aGrant } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';
import { aLoan, aPair, clientOf, DUE, doTo, type Pair, propose, standing, suspend } from '../support/loans.ts';
import { suspendPartner } from '../support/partners.ts';

// The first file of a run waits for the hub, which takes longer than a test may.
beforeAll(() => hubFacts().then(() => undefined));

const UNMOVED = { entitled: 5, committed: 0, lentOut: 0, borrowedIn: 0 };

const loanOf = async (pair: Pair, loanId: string) =>
  (await clientOf(pair, 'provider').call('getLoan', { params: { loanId } })).ok;

describe('a proposal', () => {
  test('moves nothing, and both sides and the provider see it', async () => {
    const pair = await aPair();

    const answer = await propose(pair, 3);

    expect(answer.ok).toMatchObject({
      status: 'proposed',
      units: 3,
      outstanding: 0,
      dueDate: DUE,
      lenderId: pair.lender.beneficiary.id,
      borrowerId: pair.borrower.beneficiary.id,
    });
    expect(answer.headers.location).toBe(`/v1/loans/${answer.ok.id}`);
    for (const side of ['lender', 'borrower', 'provider'] as const) {
      const there = await clientOf(pair, side).call('getLoan', { params: { loanId: answer.ok.id } });
      expect(there.ok).toEqual(answer.ok);
    }
    for (const side of ['lender', 'borrower'] as const) {
      const params = { grantId: pair[side].grant.id };
      expect((await clientOf(pair, side).call('listLoans', { params })).ok.items).toEqual([answer.ok]);
    }
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });

  test('is made once, however often it is repeated, also when it would no longer be possible', async () => {
    const pair = await aPair({ borrowing: { borrowingLimit: 3 } });
    const first = await propose(pair, 3, {}, 'once');
    await doTo(pair, 'lender', 'approveLoan', first.ok.id);

    const again = await propose(pair, 3, {}, 'once');

    expect(again.ok.id).toBe(first.ok.id);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await propose(pair, 2, {}, 'once')).code).toBe('idempotency-key-reused');
  });

  test('is refused for a day that is over', async () => {
    expect((await propose(await aPair(), 1, { dueDate: '2026-01-02' })).code).toBe('due-date-past');
  });

  test.each(['2100-01-01'])('is refused for the %s, outside the period', async (dueDate) => {
    expect((await propose(await aPair(), 1, { dueDate })).code).toBe('due-date-outside-period');
  });

  test('is refused for a day before the period', async () => {
    const period = { start: '2090-01-01', end: '2099-12-31', timeZone: 'Europe/Minsk' };
    const pair = await aPair({ poolBody: { period } });
    expect((await propose(pair, 1, { dueDate: '2089-12-31' })).code).toBe('due-date-outside-period');
  });

  test('from the grant itself is refused', async () => {
    const pair = await aPair();
    expect((await propose(pair, 1, { lendingGrantId: pair.borrower.grant.id })).code).toBe('loan-to-oneself');
  });

  test('from another grant of one’s own is refused', async () => {
    const pair = await aPair();
    const { provider, pool, beneficiary } = pair.borrower;
    const other = await aGrant({ provider, pool, beneficiary, nominal: 1, grantBody: { lendingLimit: 5 } });
    expect((await propose(pair, 1, { lendingGrantId: other.grant.id })).code).toBe('loan-to-oneself');
  });

  test('from a grant of another pool is refused exactly as from one there is not', async () => {
    const pair = await aPair();
    const { grant } = (await aPair()).lender;

    const other = await propose(pair, 1, { lendingGrantId: grant.id });
    const none = await propose(pair, 1, { lendingGrantId: randomUUID() });

    const { correlationId: _, ...saidOfOther } = other.problem;
    const { correlationId: __, ...saidOfNone } = none.problem;
    expect(other.code).toBe('grant-not-in-pool');
    expect(saidOfOther).toEqual(saidOfNone);
  });

  test('over the lending limit is refused, without saying what the limit is', async () => {
    const answer = await propose(await aPair({ lending: { lendingLimit: 2 } }), 3);
    expect(answer.code).toBe('lending-limit-exceeded');
    expect(answer.problem).not.toHaveProperty('lendingLimit');
  });

  test('over the borrowing limit is refused', async () => {
    expect((await propose(await aPair({ borrowing: { borrowingLimit: 2 } }), 3)).code).toBe('borrowing-limit-exceeded');
  });

  test('from and to grants that say nothing of loans is refused', async () => {
    expect((await propose(await aPair({ lending: { lendingLimit: 0 } }), 1)).code).toBe('lending-limit-exceeded');
    expect((await propose(await aPair({ borrowing: { borrowingLimit: 0 } }), 1)).code).toBe('borrowing-limit-exceeded');
  });

  test('to a suspended grant is refused', async () => {
    const pair = await aPair();
    await suspend(pair.borrower);
    expect((await propose(pair, 1)).code).toBe('grant-suspended');
  });

  test('leaves nothing behind when it is refused', async () => {
    const pair = await aPair({ lending: { lendingLimit: 2 } });
    await propose(pair, 3);
    const params = { grantId: pair.lender.grant.id };
    expect((await clientOf(pair, 'lender').call('listLoans', { params })).ok.items).toEqual([]);
  });
});

describe('an approval', () => {
  test('by the lender moves the courses', async () => {
    const pair = await aPair();

    const loan = await aLoan(pair, 3);

    expect(loan).toMatchObject({ status: 'active', units: 3, outstanding: 3, returned: 0, kept: 0 });
    expect(await standing(pair)).toEqual({
      lender: { entitled: 2, committed: 0, lentOut: 3, borrowedIn: 0 },
      borrower: { entitled: 8, committed: 0, lentOut: 0, borrowedIn: 3 },
    });
  });

  test('of borrowed courses lets the borrower book more patients than its own grant has', async () => {
    const pair = await aPair({ nominal: 1 });
    await aLoan(pair, 1);

    await aBooking(pair.borrower);
    await aBooking(pair.borrower);

    const params = { grantId: pair.lender.grant.id };
    const refused = await clientOf(pair, 'lender').call('holdBooking', { params, body: aBookingBody() });
    expect(refused.code).toBe('quota-exhausted');
  });

  test.each(['lending', 'borrowing'] as const)('waits for the provider where the %s grant says so', async (side) => {
    const pair = await aPair({ [side]: { loansNeedApproval: true } });
    const { id } = (await propose(pair, 2)).ok;

    expect((await doTo(pair, 'provider', 'approveLoan', id)).problem).toMatchObject({
      loanStatus: 'proposed',
      allowedFrom: ['approved'],
    });
    expect((await doTo(pair, 'lender', 'approveLoan', id)).ok.status).toBe('approved');
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
    expect((await doTo(pair, 'lender', 'approveLoan', id)).code).toBe('loan-state-conflict');
    expect((await doTo(pair, 'provider', 'approveLoan', id)).ok.status).toBe('active');
    expect(await standing(pair)).toMatchObject({ lender: { entitled: 3 }, borrower: { entitled: 7 } });
  });

  test('is the lender’s, not the borrower’s', async () => {
    const pair = await aPair();
    const { id } = (await propose(pair, 1)).ok;
    expect((await doTo(pair, 'borrower', 'approveLoan', id)).code).toBe('role-not-permitted');
  });

  test('beyond the lending limit is refused: what is lent already counts', async () => {
    const pair = await aPair({ lending: { lendingLimit: 3 } });
    await aLoan(pair, 2);
    const { id } = (await propose(pair, 2)).ok;

    const answer = await doTo(pair, 'lender', 'approveLoan', id);

    expect(answer.code).toBe('lending-limit-exceeded');
    expect(answer.problem).toMatchObject({ lendingLimit: 3, lentOut: 2 });
    expect(await loanOf(pair, id)).toMatchObject({ status: 'proposed' });
  });

  test('beyond the borrowing limit is refused: what is borrowed already counts', async () => {
    const pair = await aPair({ borrowing: { borrowingLimit: 3 } });
    const [first, second] = [(await propose(pair, 2)).ok, (await propose(pair, 2)).ok];
    await doTo(pair, 'lender', 'approveLoan', first.id);

    expect((await doTo(pair, 'lender', 'approveLoan', second.id)).code).toBe('borrowing-limit-exceeded');
    expect(await standing(pair)).toMatchObject({ lender: { lentOut: 2 }, borrower: { borrowedIn: 2 } });
  });

  test('of committed courses is refused', async () => {
    const pair = await aPair({ nominal: 2 });
    await aBooking(pair.lender);
    const { id } = (await propose(pair, 2)).ok;

    const answer = await doTo(pair, 'lender', 'approveLoan', id);

    expect(answer.code).toBe('units-not-lendable');
    expect(answer.problem['lendable']).toBe(1);
    expect(await standing(pair)).toMatchObject({ lender: { entitled: 2, lentOut: 0 }, borrower: { entitled: 2 } });
  });

  test('of borrowed courses is refused: they are not lent on', async () => {
    const pair = await aPair({ nominal: 2 });
    await aLoan(pair, 2);
    const { provider, pool } = pair.borrower;
    const third = await aGrant({ provider, pool, nominal: 0, grantBody: { borrowingLimit: 9 } });
    const onward = { lender: pair.borrower, borrower: third };
    const { id } = (await propose(onward, 3)).ok;

    const answer = await doTo(onward, 'lender', 'approveLoan', id);

    expect(answer.code).toBe('units-not-lendable');
    expect(answer.problem['lendable']).toBe(2);
  });

  test('counts one’s own courses as used first: bookings leave no room to lend what is borrowed', async () => {
    const pair = await aPair({ nominal: 2 });
    await aLoan(pair, 2);
    await aBooking(pair.borrower);
    await aBooking(pair.borrower);
    const { provider, pool } = pair.borrower;
    const third = await aGrant({ provider, pool, nominal: 0, grantBody: { borrowingLimit: 9 } });
    const onward = { lender: pair.borrower, borrower: third };
    const { id } = (await propose(onward, 1)).ok;

    expect((await doTo(onward, 'lender', 'approveLoan', id)).code).toBe('units-not-lendable');
  });

  test.each(['lender', 'borrower'] as const)('is refused while the %s’s grant is suspended', async (side) => {
    const pair = await aPair();
    const { id } = (await propose(pair, 1)).ok;
    await suspend(pair[side]);

    expect((await doTo(pair, 'lender', 'approveLoan', id)).code).toBe('grant-suspended');
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });

  test('is refused when the borrower is no longer an active partner', async () => {
    const pair = await aPair();
    const { id } = (await propose(pair, 1)).ok;
    await suspendPartner(pair.borrower.beneficiary.id);

    expect((await doTo(pair, 'lender', 'approveLoan', id)).code).toBe('partner-not-active');
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });

  test('repeated with its key moves nothing twice, also after the courses have come back', async () => {
    const pair = await aPair();
    const { id } = (await propose(pair, 2)).ok;
    await doTo(pair, 'lender', 'approveLoan', id, { key: 'yes' });
    await doTo(pair, 'borrower', 'returnLoan', id);

    const again = await doTo(pair, 'lender', 'approveLoan', id, { key: 'yes' });

    expect(again.ok.status).toBe('returned');
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });
});

describe('a proposal comes to nothing', () => {
  test.each([
    ['lender', 'declineLoan', 'declined'],
    ['borrower', 'withdrawLoan', 'withdrawn'],
  ] as const)('when the %s does %s', async (side, action, status) => {
    const pair = await aPair();
    const { id } = (await propose(pair, 1)).ok;

    expect((await doTo(pair, side, action, id)).ok.status).toBe(status);
    const answer = await doTo(pair, 'lender', 'approveLoan', id);
    expect(answer.problem).toMatchObject({ loanStatus: status, allowedFrom: ['proposed'] });
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });

  test.each([
    ['lender', 'declineLoan', 'declined'],
    ['provider', 'declineLoan', 'declined'],
    ['borrower', 'withdrawLoan', 'withdrawn'],
  ] as const)('when it was approved and the %s does %s', async (side, action, status) => {
    const pair = await aPair({ lending: { loansNeedApproval: true } });
    const { id } = (await propose(pair, 1)).ok;
    await doTo(pair, 'lender', 'approveLoan', id);

    expect((await doTo(pair, side, action, id)).ok.status).toBe(status);
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });

  test('not when it is active', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 1);
    expect((await doTo(pair, 'lender', 'declineLoan', id)).code).toBe('loan-state-conflict');
    expect((await doTo(pair, 'borrower', 'withdrawLoan', id)).code).toBe('loan-state-conflict');
  });
});
