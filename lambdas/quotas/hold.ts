import type * as z from 'zod/mini';

import type { Permission } from '../shared/auth/access.ts';
import type { Agent } from '../shared/auth/agent.ts';
import { type Account, hasRoom, holdingsOf, isQueued, lastFreedAt, type Reserve } from '../shared/capacity/account.ts';
import { secondsOf } from '../shared/capacity/claim.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { promote } from '../shared/capacity/line.ts';
import { type ClaimOutcome, makeClaim } from '../shared/capacity/make-claim.ts';
import { isOver } from '../shared/days.ts';
import { fingerprintOf, keyReused, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import type { bookingRoutes } from './booking-contract.ts';
import { bookingsAsClaims, reserveFor, searchFor } from './bookings-as-claims.ts';
import { DeadlinePast, GrantSuspended, OutsidePeriod, PatientAlreadyBooked, QuotaExhausted } from './errors.ts';
import { readGrant } from './grant-operations.ts';
import { accountKey } from './keys.ts';
import { type Booking, type Grant, HOLD_MINUTES, isOpen, newBooking, relationsTo } from './model.ts';
import type { Outcome, Ports } from './ports.ts';
import { joinLine } from './waitlist-operations.ts';

/** Making a booking. How a unit is claimed is the capacity model's; who may, when, and what is said to it is here. */

export interface HoldRequest {
  readonly permission: Permission;
  readonly grantId: string;
  readonly body: z.output<typeof bookingRoutes.holdBooking.body>;
  readonly idempotencyKey: string;
}

const OTHERS_WAIT = 'Others wait for the courses of this grant.';

/** Idempotency keys are good for a day; what was freed longer ago was taken longer ago. */
const REMEMBERED_SECONDS = 24 * 3600;

/**
 * Holds a unit of a grant for a patient; if none is to be had and the request says so, has the patient wait for one.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `quota-exhausted`, `grant-suspended`,
 *   `outside-period`, `deadline-past`, `patient-already-booked`, `patient-already-waiting`, `busy`
 */
export async function hold(ports: Ports, request: HoldRequest): Promise<Outcome<Booking>> {
  const { quotas, now } = ports;
  const { permission, grantId, body, idempotencyKey } = request;
  const { caller } = permission;
  // What this read does not show yet, the conditional write will.
  const { grant, account } =
    (await quotas.getGrant(grantId, { consistent: false })) ?? (await readGrant(ports, grantId));
  permission.require(...relationsTo(grant, caller.institutionId));

  const id = deriveId(grantId, requestId({ caller, target: ['holdBooking', grantId], idempotencyKey }));
  const fingerprint = fingerprintOf(body);
  const freedOfLate = lastFreedAt(account) > secondsOf(now()) - REMEMBERED_SECONDS;
  if (freedOfLate || isQueued(account) || holdingsOf(account, id).length > 0) {
    const earlier =
      (await quotas.getBooking(id, { consistent: false })) ?? (await quotas.getBooking(id, { consistent: true }));
    if (earlier !== undefined) return replay(earlier, fingerprint);
  }

  refusePastDeadline(grant, body.deadline, now());
  const attempt = { grant, id, body, fingerprint, by: permission.agent };
  try {
    return answer(await claimUnit(ports, attempt, account), fingerprint);
  } catch (error) {
    if (!isExhausted(error)) throw error;
    return await whenExhausted(ports, attempt, error);
  }
}

const isExhausted = (error: unknown): error is Problem => error instanceof Problem && error.type === QuotaExhausted;

/** What becomes of a request that found no unit. @throws Problem as `hold` does */
async function whenExhausted(ports: Ports, attempt: HoldAttempt, refusal: Problem): Promise<Outcome<Booking>> {
  const { grant, body, fingerprint } = attempt;
  if (refusal.message === OTHERS_WAIT) {
    // Free units are offered to those who wait; if nobody does any more, they are anybody's.
    await promote(bookingsAsClaims(ports), accountKey(grant.id));
    const { account } = await readGrant(ports, grant.id);
    if (!isQueued(account)) {
      try {
        return answer(await claimUnit(ports, attempt, account), fingerprint);
      } catch (error) {
        if (!isExhausted(error)) throw error;
      }
    }
  }
  if (body.joinWaitlist !== true) throw await withLine(ports, grant.id, refusal);
  return replay(await joinLine(ports, attempt), fingerprint, false);
}

interface HoldAttempt {
  readonly grant: Grant;
  readonly id: string;
  readonly body: HoldRequest['body'];
  readonly fingerprint: string;
  readonly by: Agent;
}

/** @throws Problem as `hold` does */
function claimUnit(
  ports: Ports,
  { grant, id, body, fingerprint, by }: HoldAttempt,
  account: Account,
): Promise<ClaimOutcome<Booking>> {
  const { now } = ports;
  const { patient, ageBand, diagnosis, holdFor } = body;
  const reserve = reserveFor(grant, body, now());
  return makeClaim(bookingsAsClaims(ports), {
    key: accountKey(grant.id),
    id,
    reserve,
    ...searchFor(ports, { ...grant, patient }),
    minutes: HOLD_MINUTES[holdFor],
    account,
    refuse: (seen) => {
      refuseHopeless(grant, seen, reserve, now());
    },
    reload: async () => {
      const fresh = await readGrant(ports, grant.id);
      refuseSuspended(fresh.grant);
      return fresh.account;
    },
    make: (holder, segment) => {
      const wanted = { patient, ageBand, diagnosis, holdFor, fingerprint, by };
      return newBooking(grant, wanted, { status: 'held', holder, segment }, now());
    },
  });
}

function answer(outcome: ClaimOutcome<Booking>, fingerprint: string): Outcome<Booking> {
  switch (outcome.kind) {
    case 'claimed':
      return { value: outcome.claim, replayed: false };
    case 'found':
      return replay(outcome.claim, fingerprint);
    case 'rival':
      throw new Problem(PatientAlreadyBooked, 'The patient has a live booking for this service.', {
        bookingId: outcome.claim.id,
      });
    case 'other-subject':
      throw keyReused();
    case 'contended':
      throw new Problem(Busy, 'Others are booking for this patient or on this grant at the same moment.', {}, 1);
  }
}

/** The answer to a repeated request. */
function replay(earlier: Booking, fingerprint: string, replayed = true): Outcome<Booking> {
  if (earlier.fingerprint !== fingerprint) throw keyReused();
  return { value: earlier, replayed };
}

/** Refuses what the grant and its account rule out, without a write. */
function refuseHopeless(grant: Grant, account: Account, reserve: Reserve, now: Date): void {
  refuseSuspended(grant);
  const { period } = grant;
  if (!isOpen(period, now)) {
    throw new Problem(OutsidePeriod, `The period ended on ${period.end} (${period.timeZone}).`, { period });
  }
  if (isQueued(account)) throw exhausted(OTHERS_WAIT, 0);
  if (!account.some((segment) => hasRoom(segment, reserve))) {
    const kept = account.some((segment) => hasRoom(segment, 'first'));
    throw exhausted(
      kept
        ? 'What is left of this grant is kept for patients under 18.'
        : 'Every course of this grant is held or used.',
      0,
    );
  }
}

/** @param length of the line */
function exhausted(detail: string, length: number): Problem {
  return new Problem(QuotaExhausted, detail, { available: 0, waitlist: { length, joinable: true } });
}

/** The refusal with the length of the line, counted to a hundred. Where nobody waits nothing is read. */
async function withLine({ quotas }: Ports, grantId: string, refusal: Problem): Promise<Problem> {
  if (refusal.message !== OTHERS_WAIT) return refusal;
  const { ids } = await quotas.line.list(accountKey(grantId), 100);
  return exhausted(OTHERS_WAIT, ids.length);
}

/** @throws Problem `deadline-past` */
function refusePastDeadline({ period }: Grant, deadline: string | undefined, now: Date): void {
  if (deadline !== undefined && isOver(deadline, period.timeZone, now)) {
    throw new Problem(DeadlinePast, `The deadline, ${deadline}, is over (${period.timeZone}).`);
  }
}

function refuseSuspended({ status }: Grant): void {
  if (status === 'suspended') throw new Problem(GrantSuspended, 'The provider has suspended this grant.');
}
