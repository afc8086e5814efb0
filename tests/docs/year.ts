import type { z } from 'zod/mini';

import { act } from '../../lambdas/quotas/booking-operations.ts';
import { bookingsAsClaims } from '../../lambdas/quotas/bookings-as-claims.ts';
import { closeGrants } from '../../lambdas/quotas/close-grants.ts';
import type { PeriodClosing } from '../../lambdas/quotas/closing-contract.ts';
import { closePeriod, getClosing } from '../../lambdas/quotas/closing-operations.ts';
import { quotaRoutes as routes } from '../../lambdas/quotas/contract.ts';
import { createGrant, readGrant, updateGrant } from '../../lambdas/quotas/grant-operations.ts';
import { hold } from '../../lambdas/quotas/hold.ts';
import { accountKey, ledgerPartition } from '../../lambdas/quotas/keys.ts';
import { actOnLoan, proposeLoan } from '../../lambdas/quotas/loan-operations.ts';
import { showBooking, showGrant } from '../../lambdas/quotas/model.ts';
import { createPool } from '../../lambdas/quotas/pool-operations.ts';
import type { QuotaUsage } from '../../lambdas/quotas/usage-contract.ts';
import { rowsOfVersion, usageOf } from '../../lambdas/quotas/usage-model.ts';
import { restateUsage } from '../../lambdas/quotas/usage-operations.ts';
import type { Caller } from '../../lambdas/shared/auth/caller.ts';
import { sweepAccount } from '../../lambdas/shared/capacity/sweep.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { as, callerOf, World } from '../properties/world.ts';
import { LedgerWriter } from '../support/ledger-writer.ts';

type ActionRoute = `${'confirm' | 'arrive' | 'complete' | 'cancel' | 'noShow'}Booking` | 'acceptOffer' | 'declineOffer';
const ACTIONS = {
  confirmBooking: 'confirm',
  arriveBooking: 'arrive',
  completeBooking: 'complete',
  cancelBooking: 'cancel',
  noShowBooking: 'no-show',
  acceptOffer: 'accept-offer',
  declineOffer: 'decline-offer',
} as const;

export interface Patient {
  readonly ageBand: '0-17' | '18+';
  readonly diagnosis: string;
  readonly deadline?: string;
}
type Terms = Partial<z.output<typeof routes.createGrant.body>> & { readonly nominal: number };

/** The quotas of some partners through a year, with the operations that the API has and a clock that only the story moves. */
export class Year {
  readonly world: World;
  readonly #ledgers: LedgerWriter;
  readonly #holders = new Map<string, Caller>();
  readonly #lenders = new Map<string, string>();
  #keys = 0;

  constructor(hub: Hub) {
    this.world = new World(hub);
    this.#ledgers = new LedgerWriter(hub);
  }

  close(): void {
    this.world.close();
    this.#ledgers.close();
  }

  /** Moves the clock to a moment, UTC. */
  async at(moment: string): Promise<void> {
    const { world } = this;
    world.advance((Date.parse(`${moment}:00Z`) - world.now().getTime()) / 60_000);
    for (const grantId of this.#holders.keys()) await sweepAccount(bookingsAsClaims(world), accountKey(grantId));
  }

  async pool(capacity: number, start: string, end: string): Promise<string> {
    await this.world.registerPartners();
    const period = { start, end, timeZone: 'Asia/Almaty' };
    const policies = { cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' } as const;
    const { value } = await createPool(this.world, {
      permission: as(this.world.provider, routes.createPool),
      idempotencyKey: this.#key(),
      body: { service: 'proton-therapy', period, capacity, ...policies },
    });
    return value.id;
  }

  /** @param holder the partner; a new one unless given @returns the grant's id */
  async grant(poolId: string, terms: Terms, holder = callerOf(this.world.newId())): Promise<string> {
    await this.world.registerPartners(holder);
    const limits = { lendingLimit: 0, borrowingLimit: 0, loansNeedApproval: false };
    const { value } = await createGrant(this.world, {
      permission: as(this.world.provider, routes.createGrant),
      poolId,
      idempotencyKey: this.#key(),
      body: { beneficiaryId: holder.institutionId, ...limits, ...terms },
    });
    this.#holders.set(value.grant.id, holder);
    return value.grant.id;
  }

  holderOf(grantId: string): Caller {
    const holder = this.#holders.get(grantId);
    if (holder === undefined) throw new Error('Nobody holds this grant');
    return holder;
  }

  async topUp(grantId: string, nominal: number): Promise<void> {
    const { grant } = await readGrant(this.world, grantId);
    const permission = as(this.world.provider, routes.updateGrant);
    const body = { nominal, reason: 'emergency' } as const;
    await updateGrant(this.world, { permission, grantId, body, expectedVersion: grant.version });
  }

  /** Asks for a course and waits for one where none is free. @returns the booking's id */
  async ask(grantId: string, patient: Patient, holdFor: 'interactive' | 'commission' = 'interactive'): Promise<string> {
    const idempotencyKey = this.#key();
    const { value } = await hold(this.world, {
      permission: as(this.holderOf(grantId), routes.holdBooking),
      grantId,
      idempotencyKey,
      body: { patient: `P-${idempotencyKey}`, ...patient, holdFor, joinWaitlist: true },
    });
    return value.id;
  }

  async do(grantId: string, bookingId: string, ...steps: readonly ActionRoute[]): Promise<void> {
    for (const step of steps) {
      const permission = as(this.holderOf(grantId), routes[step]);
      const request = { permission, bookingId, action: ACTIONS[step], body: {} };
      await act(this.world, { ...request, idempotencyKey: this.#key(), expectedVersion: undefined });
    }
  }

  /** A loan that the lender approves at once. */
  async lend(from: string, to: string, units: number, dueDate: string): Promise<string> {
    const proposal = as(this.holderOf(to), routes.proposeLoan);
    const body = { lendingGrantId: from, units, dueDate };
    const request = { permission: proposal, grantId: to, body, idempotencyKey: this.#key() };
    const { value } = await proposeLoan(this.world, request);
    this.#lenders.set(value.id, from);
    await this.#onLoan(value.id, this.holderOf(from), 'approve');
    return value.id;
  }

  async giveBack(loanId: string, borrowing: string, units: number): Promise<void> {
    await this.#onLoan(loanId, this.holderOf(borrowing), 'return', { units });
  }

  async forecast(poolId: string, nextPoolId: string): Promise<PeriodClosing> {
    const body = { nextPoolId, dryRun: true };
    const permission = as(this.world.provider, routes.closePeriod);
    return (await closePeriod(this.world, { permission, poolId, body, idempotencyKey: this.#key() })).value;
  }

  async end(poolId: string, nextPoolId: string): Promise<PeriodClosing> {
    const { world } = this;
    const permission = as(world.provider, routes.closePeriod);
    const body = { nextPoolId, dryRun: false };
    await closePeriod(world, { permission, poolId, body, idempotencyKey: this.#key() });
    await closeGrants(world, poolId);
    await this.#ledgers.write();
    return getClosing(world, as(world.provider, routes.getClosing), poolId);
  }

  async restate(poolId: string): Promise<void> {
    await this.#ledgers.write();
    const permission = as(this.world.provider, routes.restateUsage);
    await restateUsage(this.world, { permission, poolId, body: { reason: 'correction' } });
    await this.#ledgers.write();
  }

  async balance(grantId: string) {
    const { grant, account } = await readGrant(this.world, grantId);
    const bookings = await this.world.quotas.allBookings(grantId);
    const statuses = bookings.map((booking) => showBooking(booking, this.world.now()).status);
    return { ...showGrant(grant, account), waiting: statuses.filter((status) => status === 'waitlisted').length };
  }

  async status(bookingId: string): Promise<string> {
    const booking = await this.world.quotas.getBooking(bookingId, { consistent: true });
    return booking === undefined ? 'none' : showBooking(booking, this.world.now()).status;
  }

  async rows(grantId: string) {
    return this.world.ledger.all(ledgerPartition(grantId));
  }

  async usage(grantId: string, version: number): Promise<QuotaUsage | undefined> {
    const { grant } = await readGrant(this.world, grantId);
    const frozen = rowsOfVersion(await this.rows(grantId), version);
    return frozen && usageOf(grant, frozen.rows, frozen.version);
  }

  async #onLoan(loanId: string, caller: Caller, action: 'approve' | 'return', body = {}): Promise<void> {
    const permission = as(caller, action === 'approve' ? routes.approveLoan : routes.returnLoan);
    const request = { permission, loanId, action, body, idempotencyKey: this.#key(), expectedVersion: undefined };
    await actOnLoan(this.world, request);
  }

  #key(): string {
    this.#keys += 1;
    return `year-${String(this.#keys)}`;
  }
}
