import { setTimeout as sleep } from 'node:timers/promises';

import type * as z from 'zod/mini';

import { authorize } from '../shared/auth/access.ts';
import type { Caller } from '../shared/auth/caller.ts';
import {
  type Account,
  type Holding,
  hasRoom,
  holdingsOf,
  lastFreedAt,
  liveHoldersFor,
  segmentsToTry,
} from '../shared/capacity/account.ts';
import { deriveId, type Holder } from '../shared/capacity/holder.ts';
import { fingerprintOf, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, NotFound } from '../shared/http/problems.ts';
import { replay } from './booking-operations.ts';
import { quotaRoutes } from './contract.ts';
import { GrantSuspended, OutsidePeriod, PatientAlreadyBooked, QuotaExhausted } from './errors.ts';
import {
  type Booking,
  decide,
  expiresAtOf,
  type Grant,
  HOLD_MINUTES,
  isExpired,
  isLiveBooking,
  isOpen,
  relationsTo,
} from './model.ts';
import type { Outcome, Ports } from './ports.ts';
import { accountKey } from './quotas-table.ts';
import { expire, settle, subjectOf } from './settlement.ts';

/**
 * Making a booking: the hot path.
 *
 * One read of the grant with its account, which also answers repeated and hopeless requests; one conditional write that
 * takes the unit; one consistent look whether the patient is held elsewhere; one write of the booking.
 */

const route = quotaRoutes.holdBooking;

export interface HoldRequest {
  readonly caller: Caller;
  readonly grantId: string;
  readonly body: z.output<typeof route.body>;
  readonly idempotencyKey: string;
}

/** Idempotency keys are good for a day; what was freed longer ago was taken longer ago. */
const REMEMBERED_SECONDS = 24 * 3600;
const MAX_ATTEMPTS = 12;
/** How long a request waits for a rival to step back, attempt by attempt. */
const PATIENCE_MS = [10, 20, 40, 80, 160, 320];

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/**
 * Holds a unit of a grant for a patient.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `quota-exhausted`, `grant-suspended`,
 *   `outside-period`, `patient-already-booked`, `busy`
 */
export async function hold(ports: Ports, request: HoldRequest): Promise<Outcome<Booking>> {
  const { quotas } = ports;
  const { caller, grantId, body, idempotencyKey } = request;
  const found =
    (await quotas.getGrant(grantId, { consistent: false })) ?? (await quotas.getGrant(grantId, { consistent: true }));
  if (found === undefined) throw new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
  const { grant, account } = found;
  authorize(route.access, caller, relationsTo(grant, caller.institutionId));

  const id = deriveId(grantId, requestId({ caller, target: [route.operationId, grantId], idempotencyKey }));
  const fingerprint = fingerprintOf(body);
  const [holding] = holdingsOf(account, id);
  const recently = seconds(ports.now()) - REMEMBERED_SECONDS;
  if (holding !== undefined || lastFreedAt(account) > recently) {
    const earlier =
      (await quotas.getBooking(id, { consistent: false })) ?? (await quotas.getBooking(id, { consistent: true }));
    if (earlier !== undefined) return replay(earlier, fingerprint);
  }

  const subject = subjectOf({ ...grant, patient: body.patient });
  const wanted: Holder = { id, subject, state: 'held', takenAt: 0, minutes: HOLD_MINUTES[body.holdFor] };
  if (holding === undefined) {
    refuseHopeless(grant, account, ports.now());
    await rivalsOf(ports, [account], wanted, body.patient);
  }
  const taken = await takeUnit(ports, grant, account, wanted, holding);
  const seen = await verify(ports, grant, taken, body.patient);
  const { kept, contended } = await keepOneUnit(ports, grant, seen, id);
  return putBooking(ports, grant, request, { ...taken, segment: kept, shared: taken.shared || contended });
}

/** Refuses what the account's state rules out, without a write. */
function refuseHopeless(grant: Grant, account: Account, now: Date): void {
  if (grant.status === 'suspended') throw new Problem(GrantSuspended, 'The provider has suspended this grant.');
  if (!isOpen(grant.period, now)) {
    throw new Problem(OutsidePeriod, `The period ended on ${grant.period.end} (${grant.period.timeZone}).`, {
      period: grant.period,
    });
  }
  if (!account.some(hasRoom)) {
    throw new Problem(QuotaExhausted, 'Every course of this grant is held or used.', {
      available: 0,
      waitlist: { length: 0, joinable: false },
    });
  }
}

/** A unit, and how this attempt came by it. */
interface Taken {
  readonly holder: Holder;
  readonly segment: number;
  /** Taken by an earlier or parallel attempt of the same request, which may still be under way. */
  readonly shared: boolean;
}

/** Takes one unit, or takes over the one another attempt of this request took. */
async function takeUnit(
  { quotas, now }: Ports,
  grant: Grant,
  firstSeen: Account,
  wanted: Holder,
  earlier: Holding | undefined,
): Promise<Taken> {
  const key = accountKey(grant.id);
  let account = firstSeen;
  let held = earlier;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const takenAt = seconds(now());
    if (held !== undefined) {
      // Its booking is not written yet. A later `takenAt` makes the holder this attempt's: neither the sweep, which
      // frees what was left behind, nor the other attempt will free what it does not recognise.
      const holder = { ...wanted, takenAt: Math.max(takenAt, (held.holder.takenAt ?? 0) + 1) };
      const { segment } = held;
      if (await quotas.accounts.mark(key, segment, holder, held.holder)) return { holder, segment, shared: true };
    }
    const [open] = held === undefined ? segmentsToTry(account, wanted.id) : [];
    held = undefined;
    if (open !== undefined) {
      const holder = { ...wanted, takenAt };
      const outcome = await quotas.accounts.take(key, open.number, holder);
      if (outcome.kind === 'taken') return { holder, segment: open.number, shared: false };
      if (outcome.kind === 'already-held') {
        held = { holder: outcome.holder, segment: open.number };
        continue;
      }
    }
    const fresh = await quotas.getGrant(grant.id, { consistent: true });
    if (fresh === undefined) throw new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
    account = fresh.account;
    [held] = holdingsOf(account, wanted.id);
    if (held === undefined) refuseHopeless(fresh.grant, account, now());
  }
  throw new Problem(Busy, 'Too many are booking on this grant at the same moment.', {}, 1);
}

/**
 * Makes sure, after the unit was taken, that the patient has no other live booking for the service, in any grant.
 *
 * Whoever takes a unit shows itself in an account before it looks, and looks at what is there now. Of two requests for
 * one patient at least the second therefore sees the first, so that two can never both go on.
 * @returns the grant's account as it was seen
 * @throws Problem `patient-already-booked`, after giving the unit back
 */
async function verify(ports: Ports, grant: Grant, taken: Taken, patient: string): Promise<Account> {
  const { holder, segment, shared } = taken;
  try {
    for (const pause of PATIENCE_MS) {
      const accounts = await accountsOf(ports, grant);
      const rivals = await rivalsOf(ports, accounts, holder, patient);
      if (rivals.length === 0) return accounts[0] ?? [];
      // Rivals without a booking are about to look, too. The smallest id stays, so that one of them goes on.
      if (rivals.some((rival) => rival.id < holder.id)) break;
      await sleep(pause);
    }
    throw new Problem(PatientAlreadyBooked, 'Another request is booking for this patient at this moment.');
  } catch (error) {
    // What another attempt may rely on is left to the sweep.
    if (!shared) {
      await ports.quotas.accounts.free(accountKey(grant.id), segment, holder.id, seconds(ports.now()), holder);
    }
    throw error;
  }
}

/** The accounts of all grants the beneficiary holds for the service, as of now. */
async function accountsOf({ quotas }: Ports, grant: Grant): Promise<Account[]> {
  const own = quotas.accounts.load(accountKey(grant.id), { consistent: true });
  const held = await quotas.grantsHeldFor(grant.beneficiaryId, grant.service);
  const others = held
    .filter((id) => id !== grant.id)
    .map((id) => quotas.accounts.load(accountKey(id), { consistent: true }));
  return (await Promise.all([own, ...others])).map(({ account }) => account);
}

/**
 * Holders for the same patient that have no booking yet. Dead holds are ended on the way.
 * @throws Problem `patient-already-booked` when one of them has a live booking
 */
async function rivalsOf(
  ports: Ports,
  accounts: readonly Account[],
  holder: Holder,
  patient: string,
): Promise<Holder[]> {
  const undecided: Holder[] = [];
  for (const rival of accounts.flatMap((account) => liveHoldersFor(account, holder.subject, holder.id))) {
    const booking = await ports.quotas.getBooking(rival.id, { consistent: true });
    if (booking === undefined) undecided.push(rival);
    else if (isExpired(booking, ports.now())) await expire(ports, booking);
    else if (booking.patient === patient && isLiveBooking(booking)) {
      throw new Problem(PatientAlreadyBooked, 'The patient has a live booking for this service.', {
        bookingId: booking.id,
      });
    }
  }
  return undecided;
}

/**
 * Two attempts of one request can have taken a unit each, in different segments. All but one are given back.
 * @returns the segment whose unit is kept, and whether there were others
 * @throws Problem `busy` when the other attempt gave the unit back
 */
async function keepOneUnit(
  { quotas, now }: Ports,
  grant: Grant,
  account: Account,
  id: string,
): Promise<{ kept: number; contended: boolean }> {
  const [first, ...more] = holdingsOf(account, id).map(({ segment }) => segment);
  if (first === undefined) throw new Problem(Busy, 'The same request is being carried out twice.', {}, 1);
  if (more.length === 0) return { kept: first, contended: false };
  const booking = await quotas.getBooking(id, { consistent: true });
  const kept = more.find((segment) => segment === booking?.segment) ?? first;
  const spare = [first, ...more].filter((segment) => segment !== kept);
  await Promise.all(spare.map((segment) => quotas.accounts.free(accountKey(grant.id), segment, id, seconds(now()))));
  return { kept, contended: true };
}

/** Writes the booking, or finds it written by another attempt of this request. */
async function putBooking(
  ports: Ports,
  grant: Grant,
  { body }: HoldRequest,
  { holder, segment, shared }: Taken,
): Promise<Outcome<Booking>> {
  const now = ports.now().toISOString();
  const booking: Booking = {
    id: holder.id,
    grantId: grant.id,
    poolId: grant.poolId,
    providerId: grant.providerId,
    beneficiaryId: grant.beneficiaryId,
    service: grant.service,
    status: 'held',
    ...body,
    expiresAt: expiresAtOf(holder),
    createdAt: now,
    updatedAt: now,
    version: 1,
    segment,
    fingerprint: fingerprintOf(body),
    requests: {},
  };
  const earlier = await ports.quotas.putNewBooking(booking);
  if (earlier !== undefined) {
    // Perhaps it has ended since: then the unit just taken goes back.
    await settle(ports, earlier);
    return replay(earlier, booking.fingerprint);
  }
  if (shared && !(await settle(ports, booking))) {
    // The other attempt gave the unit back in between. No booking may stand without one.
    await release(ports, booking);
    throw new Problem(Busy, 'The same request is being carried out twice.', {}, 1);
  }
  return { value: booking, replayed: false };
}

async function release({ quotas, now }: Ports, booking: Booking): Promise<void> {
  const decision = decide(booking, 'release', now());
  if (decision.kind === 'changed') await quotas.putNextBooking(decision.booking);
}
