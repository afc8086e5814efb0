import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { act } from '../../lambdas/quotas/booking-operations.ts';
import { quotaRoutes as routes } from '../../lambdas/quotas/contract.ts';
import { createGrant, readGrant, updateGrant } from '../../lambdas/quotas/grant-operations.ts';
import { hold } from '../../lambdas/quotas/hold.ts';
import { actOnLoan, proposeLoan } from '../../lambdas/quotas/loan-operations.ts';
import { createPool } from '../../lambdas/quotas/pool-operations.ts';
import { settleLoan } from '../../lambdas/quotas/settle-loan.ts';
import { transferUnits } from '../../lambdas/quotas/transfer-operations.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import type { Caller } from '../../lambdas/shared/auth/caller.ts';
import { totals } from '../../lambdas/shared/capacity/account.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { LoanModel, type Wanted } from './loan-model.ts';
import { as, callerOf, outcomeOf, World } from './world.ts';

/** Sequences to try; the long run sets it higher. */
const RUNS = Number(process.env['HUB_SEQUENCES'] ?? 60);
const GRANTS = 3;
const NOMINAL = 3;
const LIMIT = 4;
const CAPACITY = 12;

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({ jobs: false });
});
afterAll(() => hub.stop());

const grant = fc.nat({ max: GRANTS - 1 });
const loan = fc.nat({ max: 5 });
const units = fc.integer({ min: 1, max: 4 });
const moving = { from: grant, to: grant, units };
const does = <T extends Wanted['do']>(name: T) => fc.constant(name);
const step: fc.Arbitrary<Wanted> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: does('lend'), ...moving }) },
  { weight: 3, arbitrary: fc.record({ do: does('transfer'), ...moving }) },
  { weight: 3, arbitrary: fc.record({ do: does('return'), loan, units }) },
  { weight: 3, arbitrary: fc.record({ do: does('recall'), loan, units }) },
  { weight: 1, arbitrary: fc.record({ do: does('write-off'), loan, units }) },
  { weight: 1, arbitrary: fc.record({ do: does('settle'), loan }) },
  { weight: 6, arbitrary: fc.record({ do: does('hold'), grant }) },
  { weight: 2, arbitrary: fc.record({ do: does('release'), booking: fc.nat({ max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ do: does('resize'), grant, nominal: fc.nat({ max: 7 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: does('limit'), grant, lending: fc.nat({ max: 6 }), borrowing: fc.nat({ max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: does('suspend'), grant, suspended: fc.boolean() }) },
);

/** A pool with grants for partners of their own, and what was made there. */
class Reality {
  readonly world = new World(hub);
  readonly partners = Array.from({ length: GRANTS }, () => callerOf(uuidv7()));
  readonly grantIds: string[] = [];
  readonly #loanIds: string[] = [];
  readonly #bookingIds: string[] = [];
  #keys = 0;

  async open(): Promise<void> {
    const { world } = this;
    await world.registerPartners(...this.partners);
    const period = { start: '2026-01-01', end: '2026-12-31', timeZone: 'Europe/Minsk' };
    const policies = { cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' } as const;
    const pool = await createPool(world, {
      permission: as(world.provider, routes.createPool),
      idempotencyKey: 'pool',
      body: { service: 'proton-therapy', period, capacity: CAPACITY, ...policies },
    });
    const terms = { nominal: NOMINAL, lendingLimit: LIMIT, borrowingLimit: LIMIT, loansNeedApproval: false };
    for (const { institutionId } of this.partners) {
      const made = await createGrant(world, {
        permission: as(world.provider, routes.createGrant),
        poolId: pool.value.id,
        idempotencyKey: institutionId,
        body: { beneficiaryId: institutionId, ...terms },
      });
      this.grantIds.push(made.value.grant.id);
    }
  }

  async carryOut(wanted: Wanted): Promise<string> {
    const { world } = this;
    const idempotencyKey = `key-${String((this.#keys += 1))}`;
    switch (wanted.do) {
      case 'lend':
        return this.#lend(wanted, idempotencyKey);
      case 'transfer': {
        const permission = as(this.#holderOf(wanted.from), routes.transferUnits);
        const body = { receivingGrantId: this.grantIds[wanted.to] ?? '', units: wanted.units };
        const request = { permission, grantId: this.grantIds[wanted.from] ?? '', body, idempotencyKey };
        return outcomeOf(transferUnits(world, request), () => 'transferred');
      }
      case 'return':
      case 'recall':
      case 'write-off':
        return this.#actOn(wanted, idempotencyKey);
      case 'settle': {
        const loanId = this.#loanIds[wanted.loan];
        return loanId === undefined ? 'no loan' : outcomeOf(settleLoan(world, loanId, HUB), ({ status }) => status);
      }
      case 'hold': {
        const body = {
          patient: `P-${idempotencyKey}`,
          ageBand: '18+',
          diagnosis: 'C71.6',
          holdFor: 'interactive',
        } as const;
        const permission = as(this.#holderOf(wanted.grant), routes.holdBooking);
        const request = { permission, grantId: this.grantIds[wanted.grant] ?? '', body, idempotencyKey };
        return outcomeOf(hold(world, request), ({ value }) => {
          this.#bookingIds.push(value.id);
          return 'held';
        });
      }
      case 'release':
        return this.#release(this.#bookingIds[wanted.booking]);
      case 'resize':
        return this.#update(wanted.grant, { nominal: wanted.nominal, reason: 'correction' });
      case 'limit':
        return this.#update(wanted.grant, { lendingLimit: wanted.lending, borrowingLimit: wanted.borrowing });
      case 'suspend':
        return this.#update(wanted.grant, { status: wanted.suspended ? 'suspended' : 'active' });
    }
  }

  async state() {
    const grants = await Promise.all(this.grantIds.map((id) => readGrant(this.world, id)));
    const loans = await Promise.all(this.#loanIds.map((id) => this.world.loans.getLoan(id)));
    return {
      grants: grants.map(({ grant: { adjustments }, account }) => ({
        entitled: totals(account).entitled,
        committed: totals(account).committed,
        lentOut: adjustments.lentOut,
        borrowedIn: adjustments.borrowedIn,
      })),
      loans: loans.map((each) => ({ status: each?.status, outstanding: each?.outstanding, returned: each?.returned })),
    };
  }

  #holderOf(index: number): Caller {
    const partner = this.partners[index];
    if (partner === undefined) throw new Error(`no partner ${String(index)}`);
    return partner;
  }

  async #lend(wanted: { from: number; to: number; units: number }, idempotencyKey: string): Promise<string> {
    const body = { lendingGrantId: this.grantIds[wanted.from] ?? '', units: wanted.units, dueDate: '2026-12-01' };
    const permission = as(this.#holderOf(wanted.to), routes.proposeLoan);
    const request = { permission, grantId: this.grantIds[wanted.to] ?? '', body, idempotencyKey };
    let loanId: string | undefined;
    const proposed = await outcomeOf(proposeLoan(this.world, request), ({ value }) => {
      loanId = value.id;
      return 'proposed';
    });
    if (loanId === undefined) return proposed;
    this.#loanIds.push(loanId);
    const approval = {
      permission: as(this.#holderOf(wanted.from), routes.approveLoan),
      loanId,
      action: 'approve' as const,
      body: {},
      idempotencyKey,
      expectedVersion: 1,
    };
    return outcomeOf(actOnLoan(this.world, approval), () => 'lent');
  }

  async #actOn(wanted: { do: 'return' | 'recall' | 'write-off'; loan: number; units: number }, idempotencyKey: string) {
    const loanId = this.#loanIds[wanted.loan];
    if (loanId === undefined) return 'no loan';
    const loan = await this.world.loans.getLoan(loanId);
    const route = { return: routes.returnLoan, recall: routes.recallLoan, 'write-off': routes.writeOffLoan }[wanted.do];
    const party = wanted.do === 'return' ? loan?.borrowerId : loan?.lenderId;
    const request = {
      permission: as(callerOf(party ?? ''), route),
      loanId,
      action: wanted.do,
      body: wanted.do === 'write-off' ? {} : { units: wanted.units },
      idempotencyKey,
      expectedVersion: undefined,
    };
    return outcomeOf(actOnLoan(this.world, request), ({ value }) => value.status);
  }

  async #release(bookingId: string | undefined): Promise<string> {
    if (bookingId === undefined) return 'no booking';
    const booking = await this.world.quotas.getBooking(bookingId, { consistent: true });
    const request = {
      permission: as(callerOf(booking?.beneficiaryId ?? ''), routes.releaseBooking),
      bookingId,
      action: 'release' as const,
      body: {},
      idempotencyKey: undefined,
      expectedVersion: undefined,
    };
    return outcomeOf(act(this.world, request), ({ value }) => value.status);
  }

  async #update(index: number, body: object): Promise<string> {
    const grantId = this.grantIds[index] ?? '';
    const { grant: current } = await readGrant(this.world, grantId);
    const permission = as(this.world.provider, routes.updateGrant);
    const code = await outcomeOf(
      updateGrant(this.world, { permission, grantId, body, expectedVersion: current.version }),
      () => 'updated',
    );
    return code.startsWith('nominal-below') ? 'too-low' : code;
  }
}

test('any sequence of loans, transfers, cuts and bookings leaves grants and loans as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const real = new Reality();
      await real.open();
      const model = new LoanModel(GRANTS, NOMINAL, LIMIT, CAPACITY);
      try {
        for (const wanted of steps) {
          expect(await real.carryOut(wanted), JSON.stringify(wanted)).toBe(model.carryOut(wanted));
        }
        const state = await real.state();
        expect(state).toEqual(model.state());
        expect(state.grants.reduce((sum, { entitled }) => sum + entitled, 0)).toBeLessThanOrEqual(CAPACITY);
        expect(state.grants.every(({ entitled, committed }) => 0 <= committed && committed <= entitled)).toBe(true);
      } finally {
        real.world.close();
      }
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);
