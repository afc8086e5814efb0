import { beforeAll, describe, expect, test } from 'vitest';

import { aBooking, aBookingBody, act } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';
import {
  aLoan,
  aPair,
  clientOf,
  doTo,
  firstSegment,
  grantOf,
  type Pair,
  propose,
  standing,
  suspend,
  transfer,
} from '../support/loans.ts';

// The first file of a run waits for the hub, which takes longer than a test may.
beforeAll(() => hubFacts().then(() => undefined));

/** What becomes of a loan once it is active. */

const UNMOVED = { entitled: 5, committed: 0, lentOut: 0, borrowedIn: 0 };

const loanOf = async (pair: Pair, loanId: string) =>
  (await clientOf(pair, 'provider').call('getLoan', { params: { loanId } })).ok;

describe('a return', () => {
  test('gives back a part, then the rest', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 3);

    const part = await doTo(pair, 'borrower', 'returnLoan', id, { body: { units: 1 } });
    expect(part.ok).toMatchObject({ status: 'partly-returned', units: 3, outstanding: 2, returned: 1 });
    expect(await standing(pair)).toMatchObject({
      lender: { entitled: 3, lentOut: 2 },
      borrower: { entitled: 7, borrowedIn: 2 },
    });

    const rest = await doTo(pair, 'borrower', 'returnLoan', id);
    expect(rest.ok).toMatchObject({ status: 'returned', outstanding: 0, returned: 3 });
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });

  test('needs a key, because a repetition could be a second part', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 2);
    expect((await doTo(pair, 'borrower', 'returnLoan', id, { key: null })).code).toBe('idempotency-key-missing');
  });

  test('repeated with its key gives back nothing twice, also after another return', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 4);
    const part = { body: { units: 1 }, key: 'first' };
    await doTo(pair, 'borrower', 'returnLoan', id, part);
    await doTo(pair, 'borrower', 'returnLoan', id, { body: { units: 1 }, key: 'second' });

    const again = await doTo(pair, 'borrower', 'returnLoan', id, part);

    expect(again.ok.outstanding).toBe(2);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const reused = await doTo(pair, 'borrower', 'returnLoan', id, { ...part, body: { units: 2 } });
    expect(reused.code).toBe('idempotency-key-reused');
  });

  test('of committed courses is refused, and says how many can come back', async () => {
    const pair = await aPair({ nominal: 2 });
    const { id } = await aLoan(pair, 2);
    for (let booking = 0; booking < 3; booking++) await aBooking(pair.borrower);

    const answer = await doTo(pair, 'borrower', 'returnLoan', id);

    expect(answer.code).toBe('units-committed');
    expect(answer.problem).toMatchObject({ uncommitted: 1, outstanding: 2 });
    expect(await standing(pair)).toMatchObject({ lender: { entitled: 0, lentOut: 2 }, borrower: { entitled: 4 } });
  });

  test('of more than is outstanding is refused', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 2);
    const answer = await doTo(pair, 'borrower', 'returnLoan', id, { body: { units: 3 } });
    expect(answer.code).toBe('more-than-outstanding');
    expect(answer.problem['outstanding']).toBe(2);
  });

  test('is possible while the grants are suspended, and leaves them shut', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 2);
    await suspend(pair.lender);

    expect((await doTo(pair, 'borrower', 'returnLoan', id)).ok.status).toBe('returned');
    const params = { grantId: pair.lender.grant.id };
    const hold = await clientOf(pair, 'lender').call('holdBooking', { params, body: aBookingBody() });
    expect(hold.code).toBe('grant-suspended');
    expect(await firstSegment(pair.lender)).toMatchObject({ entitled: 5, closed: true });
  });

  test('from an old version is refused', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 2);
    expect((await doTo(pair, 'borrower', 'returnLoan', id, { ifMatch: '"1"' })).code).toBe('stale-version');
    expect((await doTo(pair, 'borrower', 'returnLoan', id, { ifMatch: '"2"' })).status).toBe(200);
  });

  test('before the loan is active is refused', async () => {
    const pair = await aPair();
    const { id } = (await propose(pair, 1)).ok;
    expect((await doTo(pair, 'borrower', 'returnLoan', id)).code).toBe('loan-state-conflict');
    expect((await doTo(pair, 'lender', 'recallLoan', id)).code).toBe('loan-state-conflict');
  });
});

describe('a recall', () => {
  test('takes back what the borrower has not committed', async () => {
    const pair = await aPair({ nominal: 2 });
    const { id } = await aLoan(pair, 2);
    const bookings = [];
    for (let booking = 0; booking < 3; booking++) bookings.push(await aBooking(pair.borrower));

    const answer = await doTo(pair, 'lender', 'recallLoan', id);

    expect(answer.ok).toMatchObject({ status: 'partly-returned', outstanding: 1, returned: 1 });
    expect(await standing(pair)).toMatchObject({
      lender: { entitled: 1, lentOut: 1 },
      borrower: { entitled: 3, committed: 3, borrowedIn: 1 },
    });

    const none = await doTo(pair, 'lender', 'recallLoan', id);
    expect(none.code).toBe('units-committed');
    expect(none.problem['uncommitted']).toBe(0);

    await act(pair.borrower, 'releaseBooking', bookings[0]!.id);
    expect((await doTo(pair, 'lender', 'recallLoan', id)).ok.status).toBe('returned');
  });

  test('of committed courses is refused, and no patient loses a course', async () => {
    const pair = await aPair({ nominal: 2 });
    const { id } = await aLoan(pair, 2);
    for (let booking = 0; booking < 3; booking++) await aBooking(pair.borrower);

    const answer = await doTo(pair, 'lender', 'recallLoan', id, { body: { units: 2 } });

    expect(answer.code).toBe('units-committed');
    expect(await standing(pair)).toMatchObject({
      lender: { entitled: 0, lentOut: 2 },
      borrower: { entitled: 4, committed: 3 },
    });
  });

  test('is the lender’s', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 1);
    expect((await doTo(pair, 'borrower', 'recallLoan', id)).code).toBe('role-not-permitted');
    expect((await doTo(pair, 'lender', 'returnLoan', id)).code).toBe('role-not-permitted');
  });
});

describe('a loan that is written off', () => {
  test('leaves the courses with the borrower for good', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 3);
    await doTo(pair, 'borrower', 'returnLoan', id, { body: { units: 1 } });

    const answer = await doTo(pair, 'lender', 'writeOffLoan', id);

    expect(answer.ok).toMatchObject({ status: 'written-off', outstanding: 0, returned: 1, kept: 2 });
    expect(await standing(pair)).toMatchObject({
      lender: { entitled: 3, lentOut: 0 },
      borrower: { entitled: 7, borrowedIn: 0 },
    });
    expect((await grantOf(pair.lender)).adjustments.transferredOut).toBe(2);
    expect((await grantOf(pair.borrower)).adjustments.transferredIn).toBe(2);
    expect((await doTo(pair, 'borrower', 'returnLoan', id)).code).toBe('loan-state-conflict');
  });
});

describe('who waits for a course', () => {
  async function waiter(scene: Pair['lender']) {
    const params = { grantId: scene.grant.id };
    const body = aBookingBody({ joinWaitlist: true });
    return (await scene.beneficiary.coordinator.call('holdBooking', { params, body })).ok;
  }
  const statusOf = async ({ beneficiary }: Pair['lender'], bookingId: string) =>
    (await beneficiary.coordinator.call('getBooking', { params: { bookingId } })).ok.status;

  test('at the borrower’s is offered what is lent, at the lender’s what comes back', async () => {
    const pair = await aPair({ nominal: 1 });
    await aBooking(pair.borrower);
    const here = await waiter(pair.borrower);
    expect(here.status).toBe('waitlisted');

    const { id } = await aLoan(pair, 1);
    await expect.poll(() => statusOf(pair.borrower, here.id)).toBe('offered');
    expect((await doTo(pair, 'lender', 'recallLoan', id)).code).toBe('units-committed');

    const there = await waiter(pair.lender);
    await act(pair.borrower, 'declineOffer', here.id);
    await act(pair.borrower, 'withdrawBooking', here.id);
    await doTo(pair, 'borrower', 'returnLoan', id);
    await expect.poll(() => statusOf(pair.lender, there.id)).toBe('offered');
  });

  test('is offered what is transferred', async () => {
    const pair = await aPair({ nominal: 1 });
    await aBooking(pair.borrower);
    const { id } = await waiter(pair.borrower);

    await transfer(pair.lender, pair.borrower, 1);

    await expect.poll(() => statusOf(pair.borrower, id)).toBe('offered');
  });
});

test('courses that are kept for children are neither lent nor transferred nor recalled', async () => {
  const kept = { paediatricReserve: { units: 3, releaseDate: '2098-01-01' } };
  const pair = await aPair({ lending: kept, borrowing: kept });
  const { id } = (await propose(pair, 3)).ok;

  expect((await doTo(pair, 'lender', 'approveLoan', id)).problem['lendable']).toBe(2);
  expect((await transfer(pair.lender, pair.borrower, 3)).problem['transferable']).toBe(2);
  const loan = await aLoan(pair, 2);
  for (let booking = 0; booking < 3; booking++) await aBooking(pair.borrower, 'held', { ageBand: '18+' });
  const recall = await doTo(pair, 'lender', 'recallLoan', loan.id, { body: { units: 2 } });
  expect(recall.problem['uncommitted']).toBe(1);
});

describe('the balance between two institutions', () => {
  const balances = async (pair: Pair, side: 'lender' | 'borrower') =>
    (await clientOf(pair, side).call('listLoanBalances')).ok.items;

  test('is seen by each from its side, over all its loans with the other', async () => {
    const pair = await aPair();
    const first = await aLoan(pair, 3);
    await aLoan({ lender: pair.borrower, borrower: pair.lender }, 1);
    await doTo(pair, 'borrower', 'returnLoan', first.id, { body: { units: 1 } });

    const none = { settledLent: 0, settledBorrowed: 0, service: 'proton-therapy' };
    expect(await balances(pair, 'lender')).toEqual([
      { institutionId: pair.borrower.beneficiary.id, lent: 2, borrowed: 1, balance: 1, ...none },
    ]);
    expect(await balances(pair, 'borrower')).toEqual([
      { institutionId: pair.lender.beneficiary.id, lent: 1, borrowed: 2, balance: -1, ...none },
    ]);
  });

  test('is even when everything has come back or was written off', async () => {
    const pair = await aPair();
    const [first, second] = [await aLoan(pair, 1), await aLoan(pair, 2)];
    await doTo(pair, 'lender', 'recallLoan', first.id);
    await doTo(pair, 'lender', 'writeOffLoan', second.id);

    expect(await balances(pair, 'lender')).toMatchObject([{ lent: 0, borrowed: 0, balance: 0 }]);
  });

  test('is nothing without loans', async () => {
    expect(await balances(await aPair(), 'lender')).toEqual([]);
  });
});

describe('at the same moment', () => {
  test('twenty loans of the same few courses lend each of them once', async () => {
    const pair = await aPair({ nominal: 3, poolBody: { capacity: 50 } });
    const proposals = await Promise.all(Array.from({ length: 20 }, () => propose(pair, 1)));

    const codes = await Promise.all(
      proposals.map(async ({ ok: { id } }) => {
        for (;;) {
          const { code } = await doTo(pair, 'lender', 'approveLoan', id);
          if (code !== 'busy') return code;
        }
      }),
    );

    expect(codes.filter((code) => code === '200')).toHaveLength(3);
    expect(codes.filter((code) => code === 'units-not-lendable')).toHaveLength(17);
    expect(await standing(pair)).toMatchObject({
      lender: { entitled: 0, lentOut: 3 },
      borrower: { entitled: 6, borrowedIn: 3 },
    });
  });

  test('loans, transfers and bookings of the same few courses never make or lose one', async () => {
    const pair = await aPair({ nominal: 6, poolBody: { capacity: 50 } });
    const proposals = await Promise.all(Array.from({ length: 6 }, () => propose(pair, 1)));
    const params = { grantId: pair.lender.grant.id };

    const answers = await Promise.all([
      ...proposals.map(({ ok: { id } }) => doTo(pair, 'lender', 'approveLoan', id)),
      ...Array.from({ length: 6 }, () => transfer(pair.lender, pair.borrower, 1)),
      ...Array.from({ length: 6 }, () =>
        clientOf(pair, 'lender').call('holdBooking', { params, body: aBookingBody() }),
      ),
    ]);

    const [loans, transfers, holds] = [answers.slice(0, 6), answers.slice(6, 12), answers.slice(12)].map(
      (group) => group.filter(({ status }) => status < 300).length,
    );
    const { lender, borrower } = await standing(pair);
    expect(lender).toEqual({ entitled: 6 - loans! - transfers!, committed: holds, lentOut: loans, borrowedIn: 0 });
    expect(borrower).toEqual({ entitled: 6 + loans! + transfers!, committed: 0, lentOut: 0, borrowedIn: loans });
    expect(lender.committed).toBeLessThanOrEqual(lender.entitled);
  });

  test('loans that are written off leave each its courses', async () => {
    const pair = await aPair({ nominal: 8 });
    const loans = await Promise.all(Array.from({ length: 8 }, () => propose(pair, 1)));
    for (const { ok } of loans) await doTo(pair, 'lender', 'approveLoan', ok.id);

    const answers = await Promise.all(loans.map(({ ok }) => doTo(pair, 'lender', 'writeOffLoan', ok.id)));

    const done = answers.filter(({ status }) => status === 200).length;
    expect(done).toBeGreaterThan(0);
    expect(await standing(pair)).toMatchObject({ lender: { lentOut: 8 - done }, borrower: { borrowedIn: 8 - done } });
    expect((await grantOf(pair.lender)).adjustments.transferredOut).toBe(done);
    expect((await grantOf(pair.borrower)).adjustments.transferredIn).toBe(done);
  });

  test('returns and recalls of one loan give each course back once', async () => {
    const pair = await aPair();
    const { id } = await aLoan(pair, 3);

    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0
          ? doTo(pair, 'borrower', 'returnLoan', id, { body: { units: 1 } })
          : doTo(pair, 'lender', 'recallLoan', id, { body: { units: 1 } }),
      ),
    );
    await doTo(pair, 'borrower', 'returnLoan', id);

    expect(await loanOf(pair, id)).toMatchObject({ status: 'returned', outstanding: 0, returned: 3 });
    expect(await standing(pair)).toEqual({ lender: UNMOVED, borrower: UNMOVED });
  });
});
