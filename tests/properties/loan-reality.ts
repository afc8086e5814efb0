import { uuidv7 } from 'uuidv7';

import { act } from '../../lambdas/quotas/booking-operations.ts';
import { closeGrants } from '../../lambdas/quotas/close-grants.ts';
import { closePeriod } from '../../lambdas/quotas/closing-operations.ts';
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
import type { Hub } from '../../lib/local/hub.ts';
import type { BookingStep, Terms, Wanted } from './loan-steps.ts';
import { as, callerOf, outcomeOf, World } from './world.ts';

const LAST_DAYS = '2026-12-30T08:00:00Z';
const PERIOD = { start: '2026-01-01', end: '2026-12-31', timeZone: 'Europe/Minsk' };
const NEXT_PERIOD = { ...PERIOD, start: '2027-01-01', end: '2027-12-31' };
const SERVICE = 'proton-therapy';

const STEPS = {
  confirm: routes.confirmBooking,
  release: routes.releaseBooking,
  cancel: routes.cancelBooking,
  'accept-offer': routes.acceptOffer,
  withdraw: routes.withdrawBooking,
} as const;

/** A pool with grants for partners of their own, the pool of the next period, and what was made there. */
export class Reality {
  readonly world: World;
  readonly partners: readonly Caller[];
  readonly grantIds: string[] = [];
  readonly nextGrantIds: string[] = [];
  poolId = '';
  nextPoolId = '';
  readonly #loanIds: string[] = [];
  readonly #bookingIds: string[] = [];
  #keys = 0;

  constructor(hub: Hub, grants: number) {
    this.world = new World(hub);
    this.world.goTo(LAST_DAYS);
    this.partners = Array.from({ length: grants }, () => callerOf(uuidv7()));
  }

  async open(
    terms: readonly Terms[],
    { nominal, limit, capacity, next }: { nominal: number; limit: number; capacity: number; next: number },
  ): Promise<void> {
    await this.world.registerPartners(...this.partners);
    [this.poolId, this.nextPoolId] = await Promise.all([this.#pool(PERIOD, capacity), this.#pool(NEXT_PERIOD, next)]);
    for (const [index, { reserve, carryOver }] of terms.entries()) {
      const paediatricReserve = { units: reserve, releaseDate: PERIOD.end };
      const body = {
        nominal,
        lendingLimit: limit,
        borrowingLimit: limit,
        ...(reserve === 0 ? {} : { paediatricReserve }),
        ...(carryOver === undefined ? {} : { carryOver }),
      };
      const none = { nominal: 0, lendingLimit: 0, borrowingLimit: 0 };
      const made = [this.#grant(this.poolId, index, body), this.#grant(this.nextPoolId, index, none)] as const;
      const [grantId, nextGrantId] = await Promise.all(made);
      this.grantIds.push(grantId);
      this.nextGrantIds.push(nextGrantId);
    }
  }

  /** One more pool, with a grant of nothing but what is given here for the first partner. */
  async another(
    when: 'this' | 'next',
    capacity: number,
    body: { nominal: number; carryOver?: object },
  ): Promise<{ readonly poolId: string; readonly grantId: string }> {
    const poolId = await this.#pool(when === 'this' ? PERIOD : NEXT_PERIOD, capacity);
    return { poolId, grantId: await this.#grant(poolId, 0, { lendingLimit: 0, borrowingLimit: 0, ...body }) };
  }

  async carryOut(wanted: Wanted): Promise<string> {
    const { world } = this;
    const idempotencyKey = this.#newKey();
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
      case 'hold':
        return this.#hold(wanted, idempotencyKey);
      case 'act':
        return this.#act(wanted.action, this.#bookingIds[wanted.booking]);
      case 'resize':
        return this.#update(wanted.grant, { nominal: wanted.nominal, reason: 'correction' });
      case 'limit':
        return this.#update(wanted.grant, { lendingLimit: wanted.lending, borrowingLimit: wanted.borrowing });
      case 'suspend':
        return this.#update(wanted.grant, { status: wanted.suspended ? 'suspended' : 'active' });
    }
  }

  closePeriod(
    dryRun: boolean,
    world = this.world,
    idempotencyKey = this.#newKey(),
    body: { nextPoolId?: string } = { nextPoolId: this.nextPoolId },
  ) {
    const permission = as(this.world.provider, routes.closePeriod);
    return closePeriod(world, { permission, poolId: this.poolId, idempotencyKey, body: { ...body, dryRun } });
  }

  closeGrants(world = this.world) {
    return closeGrants(world, this.poolId);
  }

  /** Of the pool that is closed, and of its grants. */
  async statuses(): Promise<(string | undefined)[]> {
    const pool = await this.world.quotas.getPool(this.poolId);
    const grants = await Promise.all(this.grantIds.map((id) => readGrant(this.world, id)));
    return [pool?.status, ...grants.map(({ grant }) => grant.status)];
  }

  async state() {
    const { quotas, loans } = this.world;
    const grants = await Promise.all(this.grantIds.map((id) => readGrant(this.world, id)));
    const lent = await Promise.all(this.#loanIds.map((id) => loans.getLoan(id)));
    const bookings = await Promise.all(this.#bookingIds.map((id) => quotas.getBooking(id, { consistent: true })));
    return {
      grants: grants.map(({ grant: { adjustments, paediatricReserve }, account }) => ({
        entitled: totals(account).entitled,
        committed: totals(account).committed,
        lentOut: adjustments.lentOut,
        borrowedIn: adjustments.borrowedIn,
        reserve: paediatricReserve?.units ?? 0,
        carriedOut: adjustments.carriedOut,
        expired: adjustments.expired,
      })),
      loans: lent.map((each) => ({ status: each?.status, outstanding: each?.outstanding, returned: each?.returned })),
      bookings: bookings.map((each) => each?.status),
    };
  }

  /** What is carried into each grant of the next pool. */
  async carriedIn(): Promise<number[]> {
    const grants = await Promise.all(this.nextGrantIds.map((id) => readGrant(this.world, id)));
    return grants.map(({ grant }) => grant.adjustments.carriedIn);
  }

  /** What each of the two pools should have: its capacity; and what its grants and the rest of it add up to. */
  async sums(): Promise<{ readonly capacities: number[]; readonly found: number[] }> {
    const sums = [this.#sumOf(this.poolId, this.grantIds), this.#sumOf(this.nextPoolId, this.nextGrantIds)];
    const both = await Promise.all(sums);
    return { capacities: both.map(({ capacity }) => capacity), found: both.map(({ found }) => found) };
  }

  async #sumOf(poolId: string, grantIds: readonly string[]): Promise<{ capacity: number; found: number }> {
    const grants = await Promise.all(grantIds.map((id) => readGrant(this.world, id)));
    const pool = await this.world.quotas.getPool(poolId);
    if (pool === undefined) throw new Error('A pool is gone');
    const entitled = grants.reduce((sum, { account }) => sum + totals(account).entitled, 0);
    return { capacity: pool.capacity, found: entitled + pool.unallocated };
  }

  #newKey(): string {
    this.#keys += 1;
    return `key-${String(this.#keys)}`;
  }

  #holderOf(index: number): Caller {
    const partner = this.partners[index];
    if (partner === undefined) throw new Error(`no partner ${String(index)}`);
    return partner;
  }

  async #pool(period: typeof PERIOD, capacity: number): Promise<string> {
    const policies = { cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' } as const;
    const pool = await createPool(this.world, {
      permission: as(this.world.provider, routes.createPool),
      idempotencyKey: this.#newKey(),
      body: { service: SERVICE, period, capacity, ...policies },
    });
    return pool.value.id;
  }

  async #grant(
    poolId: string,
    partner: number,
    body: { nominal: number; lendingLimit: number; borrowingLimit: number },
  ): Promise<string> {
    const beneficiaryId = this.#holderOf(partner).institutionId;
    const made = await createGrant(this.world, {
      permission: as(this.world.provider, routes.createGrant),
      poolId,
      idempotencyKey: this.#newKey(),
      body: { beneficiaryId, loansNeedApproval: false, ...body },
    });
    return made.value.grant.id;
  }

  async #hold({ grant, who }: Extract<Wanted, { do: 'hold' }>, idempotencyKey: string): Promise<string> {
    // The line is ordered by the time of joining: no two at the same.
    this.world.advance(1 / 60_000);
    const body = {
      patient: `P-${idempotencyKey}`,
      ageBand: who === 'child' ? '0-17' : '18+',
      diagnosis: 'C71.6',
      holdFor: 'commission',
      joinWaitlist: who === 'adult-who-waits',
    } as const;
    const permission = as(this.#holderOf(grant), routes.holdBooking);
    const request = { permission, grantId: this.grantIds[grant] ?? '', body, idempotencyKey };
    return outcomeOf(hold(this.world, request), ({ value }) => {
      this.#bookingIds.push(value.id);
      return value.status;
    });
  }

  async #lend(wanted: { from: number; to: number; units: number }, idempotencyKey: string): Promise<string> {
    const body = { lendingGrantId: this.grantIds[wanted.from] ?? '', units: wanted.units, dueDate: PERIOD.end };
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

  async #act(action: BookingStep, bookingId: string | undefined): Promise<string> {
    if (bookingId === undefined) return 'no booking';
    const booking = await this.world.quotas.getBooking(bookingId, { consistent: true });
    const request = {
      permission: as(callerOf(booking?.beneficiaryId ?? ''), STEPS[action]),
      bookingId,
      action,
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
    return code.startsWith('nominal-below') || code === 'reserve-exceeds-grant' ? 'too-low' : code;
  }
}
