import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readGrant } from '../../lambdas/quotas/grant-operations.ts';
import { settleLoan } from '../../lambdas/quotas/settle-loan.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { LoanScene } from './loan-scene.ts';
import { losing } from './losing.ts';
import { newPatient, Scene } from './scene.ts';

/** Loans and transfers when calls to the database fail, replies are lost, and many ask at the same moment. */

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
});
afterAll(() => scene.close());

const ACTIONS = ['propose', 'approve', 'return', 'recall', 'write-off', 'transfer'] as const;
type Action = (typeof ACTIONS)[number];

interface Request {
  readonly institution: string;
  readonly path: string;
  readonly body?: object;
}

/** Brings a loan to where `action` can be done to it, and says how to ask for that. */
async function prepare(pair: LoanScene, action: Action): Promise<Request> {
  const { lender, borrower } = pair;
  const [proposal, transfer] = [pair.proposal(2), pair.transfer(2)];
  if (action === 'propose') return { institution: borrower.institution, path: proposal[0], body: proposal[1] };
  if (action === 'transfer') return { institution: lender.institution, path: transfer[0], body: transfer[1] };
  const id = await pair.propose(2);
  if (action !== 'approve') await pair.approve(id);
  const institution = action === 'return' ? borrower.institution : lender.institution;
  // A part only: done twice it would show.
  const body = action === 'return' || action === 'recall' ? { units: 1 } : {};
  return { institution, path: `/v1/loans/${id}/${action}`, body };
}

/** What an action has changed, counted from before it. */
async function changesBy(pair: LoanScene, run: (request: Request) => Promise<object>, action: Action) {
  const request = await prepare(pair, action);
  const [before, loansBefore] = [await pair.state(), await pair.loans()];
  const end = await run(request);
  const [after, loansAfter] = [await pair.state(), await pair.loans()];
  const difference = <T extends Record<string, number | boolean>>(a: T, b: T) =>
    Object.fromEntries(Object.keys(a).map((key) => [key, Number(b[key]) - Number(a[key])]));
  expect([after.lender.isWhole, after.borrower.isWhole]).toEqual([true, true]);
  return {
    ...end,
    lender: difference(before.lender, after.lender),
    borrower: difference(before.borrower, after.borrower),
    lent: after.lent - before.lent,
    loans: difference(loansBefore, loansAfter),
  };
}

const ended = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({
  status,
  loanStatus: body['status'],
  outstanding: body['outstanding'],
});

/** The SDK waits about a second before it tries again when it is throttled: two actions stand for all. */
const cases = TRIED.flatMap((fault) =>
  ACTIONS.filter((action) => fault !== 'throttled' || ['approve', 'transfer'].includes(action)).map(
    (action) => [action, fault] as const,
  ),
);

test.each(cases)('%s comes to the same end when any call is %s', async (action: Action, fault: Fault) => {
  const pair = await LoanScene.open(scene, 100);
  const undisturbed = await changesBy(
    pair,
    async ({ institution, path, body }) => ended(await scene.insist(institution, path, body)),
    action,
  );
  for (let at = 1; ; at++) {
    let reached: boolean | undefined;
    const disturbed = await changesBy(
      pair,
      async ({ institution, path, body }) => {
        const key = `${action}-${fault}-${String(at)}`;
        scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
        await scene.send(institution, path, body, key);
        reached = scene.proxy.calls >= at;
        scene.proxy.follow();
        return ended(await scene.insist(institution, path, body, key));
      },
      action,
    );
    expect(disturbed, `${fault} at call ${String(at)}`).toEqual(undisturbed);
    if (reached !== true) {
      expect(at).toBeGreaterThan(3);
      return;
    }
  }
});

describe.each([0.05, 0.2, 0.5])('when %f of the database’s replies are lost after the commit', (share) => {
  test('loans, transfers and bookings of the same courses make and lose none', async () => {
    const NOMINAL = 12;
    const pair = await LoanScene.open(scene, NOMINAL);
    const ids = await Promise.all(Array.from({ length: 8 }, () => pair.propose(1)));
    const bookings = `/v1/grants/${pair.lender.grantId}/bookings`;
    scene.proxy.follow(losing(share));

    const [loans, transfers, holds] = await Promise.all([
      Promise.all(ids.map((id) => pair.approve(id))),
      Promise.all(Array.from({ length: 8 }, () => scene.insist(pair.lender.institution, ...pair.transfer(1)))),
      Promise.all(Array.from({ length: 8 }, () => scene.insist(pair.lender.institution, bookings, newPatient()))),
    ]);
    scene.proxy.follow();

    const done = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status < 300).length;
    const [lent, moved, held] = [done(loans), done(transfers), done(holds)];
    expect(lent + moved + held).toBe(NOMINAL);
    const { lender, borrower, lent: owed } = await pair.state();
    expect(lender).toMatchObject({ entitled: held, committed: held, lentOut: lent, transferredOut: moved });
    expect(borrower).toMatchObject({ entitled: NOMINAL + lent + moved, borrowedIn: lent, transferredIn: moved });
    expect([owed, (await pair.loans()).outstanding]).toEqual([lent, lent]);
    expect(await scene.stateOf(pair.lender.grantId)).toMatchObject({ committed: held });
  });

  test('each part of a loan comes back once', async () => {
    const pair = await LoanScene.open(scene, 12);
    const id = await pair.propose(10);
    await pair.approve(id);
    scene.proxy.follow(losing(share));

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const [party, action] = index % 2 === 0 ? [pair.lender, 'recall'] : [pair.borrower, 'return'];
        return scene.insist(party.institution, `/v1/loans/${id}/${action}`, { units: 1 });
      }),
    );
    scene.proxy.follow();

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await pair.state()).toMatchObject({
      lender: { entitled: 10, lentOut: 2 },
      borrower: { entitled: 14, borrowedIn: 2 },
      lent: 2,
    });
    expect((await pair.loans()).outstanding).toBe(2);
  });
});

describe('the settlement of a loan at the end of its period', () => {
  test('gives back what is not committed, leaves the rest to the borrower, and remembers it', async () => {
    const pair = await LoanScene.open(scene, 2);
    const id = await pair.propose(2);
    await pair.approve(id);
    const bookings = `/v1/grants/${pair.borrower.grantId}/bookings`;
    for (let booking = 0; booking < 3; booking++) {
      await scene.insist(pair.borrower.institution, bookings, newPatient());
    }

    const settled = await settleLoan(scene.world, id, HUB);
    const again = await settleLoan(scene.world, id, HUB);

    expect(settled).toMatchObject({ status: 'settled', outstanding: 0, returned: 1, kept: 1 });
    expect(again).toEqual(settled);
    expect(await pair.state()).toMatchObject({
      lender: { entitled: 1, lentOut: 0, transferredOut: 1 },
      borrower: { entitled: 3, committed: 3, borrowedIn: 0, transferredIn: 1 },
      lent: 0,
    });
    const { loans } = scene.world;
    const { balances } = await loans.listBalances(pair.lender.institution, 10);
    expect(balances).toMatchObject([{ lent: 0, settledLent: 1 }]);
    const there = await loans.listBalances(pair.borrower.institution, 10);
    expect(there.balances).toMatchObject([{ borrowed: 0, settledBorrowed: 1 }]);
  });

  test('by two runs at the same moment happens once', async () => {
    const pair = await LoanScene.open(scene, 100);
    const id = await pair.propose(90);
    await pair.approve(id);

    const [one, other] = await Promise.all([settleLoan(scene.world, id, HUB), settleLoan(scene.world, id, HUB)]);

    expect(one).toMatchObject({ status: 'returned', returned: 90 });
    expect(other).toEqual(one);
    expect(await pair.state()).toMatchObject({ lender: { entitled: 100 }, borrower: { entitled: 100 }, lent: 0 });
  });
});

test('a grant read after a change and its account read before it do not make units', async () => {
  const pair = await LoanScene.open(scene, 60);
  const { world } = scene;
  const before = await readGrant(world, pair.borrower.grantId);
  await scene.insist(pair.lender.institution, ...pair.transfer(30));
  const after = await readGrant(world, pair.borrower.grantId);
  const id = await pair.propose(1);
  await pair.approve(id);
  const mixed = { grant: (await readGrant(world, pair.borrower.grantId)).grant, account: after.account };
  const read = world.quotas.getGrant.bind(world.quotas);
  const torn = [mixed, { ...mixed, account: before.account }];
  world.quotas.getGrant = (grantId, freshness) => {
    const next = grantId === pair.borrower.grantId ? torn.pop() : undefined;
    return next === undefined ? read(grantId, freshness) : Promise.resolve(next);
  };

  await settleLoan(world, id, HUB);
  world.quotas.getGrant = read;

  expect(torn).toEqual([]);
  expect(await pair.state()).toMatchObject({
    lender: { entitled: 30, isWhole: true },
    borrower: { entitled: 90, isWhole: true },
  });
});
