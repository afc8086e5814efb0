import type * as z from 'zod/mini';

import type { Permission } from '../shared/auth/access.ts';
import { type Account, hasRoom, holdingsOf, lastFreedAt } from '../shared/capacity/account.ts';
import { secondsOf } from '../shared/capacity/claim.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { type ClaimOutcome, makeClaim } from '../shared/capacity/make-claim.ts';
import { fingerprintOf, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, IdempotencyKeyReused } from '../shared/http/problems.ts';
import { bookingsAsClaims, subjectOf } from './bookings-as-claims.ts';
import type { quotaRoutes } from './contract.ts';
import { GrantSuspended, OutsidePeriod, PatientAlreadyBooked, QuotaExhausted } from './errors.ts';
import { readGrant } from './grant-operations.ts';
import { accountKey } from './keys.ts';
import { type Booking, type Grant, HOLD_MINUTES, isOpen, newBooking, relationsTo } from './model.ts';
import type { Outcome, Ports } from './ports.ts';

/** Making a booking. How a unit is claimed is the capacity model's; who may, when, and what is said to it is here. */

export interface HoldRequest {
  readonly permission: Permission;
  readonly grantId: string;
  readonly body: z.output<typeof quotaRoutes.holdBooking.body>;
  readonly idempotencyKey: string;
}

/** Idempotency keys are good for a day; what was freed longer ago was taken longer ago. */
const REMEMBERED_SECONDS = 24 * 3600;

/**
 * Holds a unit of a grant for a patient.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `quota-exhausted`, `grant-suspended`,
 *   `outside-period`, `patient-already-booked`, `busy`
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
  if (freedOfLate || holdingsOf(account, id).length > 0) {
    const earlier =
      (await quotas.getBooking(id, { consistent: false })) ?? (await quotas.getBooking(id, { consistent: true }));
    if (earlier !== undefined) return replay(earlier, fingerprint);
  }

  const outcome = await makeClaim(bookingsAsClaims(ports), {
    key: accountKey(grantId),
    id,
    subject: subjectOf({ ...grant, patient: body.patient }),
    minutes: HOLD_MINUTES[body.holdFor],
    account,
    refuse: (seen) => {
      refuseHopeless(grant, seen, now());
    },
    reload: async () => {
      const fresh = await readGrant(ports, grantId);
      refuseSuspended(fresh.grant);
      return fresh.account;
    },
    accountsToSearch: async () => {
      const { beneficiaryId, service } = grant;
      return (await quotas.allGrants({ institutionId: beneficiaryId, service })).map(accountKey);
    },
    isSameSubject: ({ patient }) => patient === body.patient,
    make: (holder, segment) =>
      newBooking(grant, { ...body, fingerprint, by: permission.agent }, holder, segment, now()),
  });
  return answer(outcome, fingerprint);
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
function replay(earlier: Booking, fingerprint: string): Outcome<Booking> {
  if (earlier.fingerprint !== fingerprint) throw keyReused();
  return { value: earlier, replayed: true };
}

const keyReused = (): Problem => new Problem(IdempotencyKeyReused, 'The key was first sent with another body.');

/** Refuses what the grant and its account rule out, without a write. */
function refuseHopeless(grant: Grant, account: Account, now: Date): void {
  refuseSuspended(grant);
  const { period } = grant;
  if (!isOpen(period, now)) {
    throw new Problem(OutsidePeriod, `The period ended on ${period.end} (${period.timeZone}).`, { period });
  }
  if (!account.some(hasRoom)) {
    throw new Problem(QuotaExhausted, 'Every course of this grant is held or used.', {
      available: 0,
      waitlist: { length: 0, joinable: false },
    });
  }
}

function refuseSuspended({ status }: Grant): void {
  if (status === 'suspended') throw new Problem(GrantSuspended, 'The provider has suspended this grant.');
}
