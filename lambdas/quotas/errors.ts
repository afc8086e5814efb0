import type { ProblemType } from '../shared/http/problem.ts';
import { CLOSING_PROBLEMS } from './closing-errors.ts';
import { LOAN_PROBLEMS } from './loan-errors.ts';

/** The refusals of the quotas context, each named after the precondition that failed. */

export const QuotaExhausted: ProblemType = {
  code: 'quota-exhausted',
  status: 409,
  title: 'No unit of this grant is free',
  advice:
    '`available` is 0: every course of the grant is held, used, kept for children, or meant for those who wait. Send `joinWaitlist: true` to wait for one, or ask the provider for a larger grant.',
};

export const PatientAlreadyBooked: ProblemType = {
  code: 'patient-already-booked',
  status: 409,
  title: 'The patient already has a live booking for this service',
  advice:
    'One patient has at most one live booking per service. `bookingId` names it: use, release or cancel that one.',
};

export const PatientAlreadyWaiting: ProblemType = {
  code: 'patient-already-waiting',
  status: 409,
  title: 'The patient waits in this line already',
  advice: '`bookingId` names the place in line. A patient waits once for a course of one grant.',
};

export const OfferLapsed: ProblemType = {
  code: 'offer-lapsed',
  status: 409,
  title: 'The offer has lapsed',
  advice:
    'Its unit goes to the next in line. The booking waits again, unless it was its last offer: read it. Answer the next offer before its `expiresAt`.',
};

export const DeadlinePast: ProblemType = {
  code: 'deadline-past',
  status: 422,
  title: 'The deadline is in the past',
  advice: 'Send a day that is still to come, in the time zone of the pool’s period, or none.',
};

export const BookingStateConflict: ProblemType = {
  code: 'booking-state-conflict',
  status: 409,
  title: 'The booking’s status does not allow this',
  advice: '`bookingStatus` says where the booking is, `allowedFrom` where it would have to be. Read the booking again.',
};

export const HoldExpired: ProblemType = {
  code: 'hold-expired',
  status: 409,
  title: 'The hold has expired',
  advice:
    'The unit goes back to the grant. Make a new booking with a new Idempotency-Key; confirm it before its `expiresAt`.',
};

export const GrantSuspended: ProblemType = {
  code: 'grant-suspended',
  status: 409,
  title: 'The grant is suspended',
  advice: 'The provider accepts no new bookings on it. Existing bookings go on as before. Ask the provider.',
};

export const OutsidePeriod: ProblemType = {
  code: 'outside-period',
  status: 409,
  title: 'The pool’s period is over',
  advice: 'Bookings are made until the last day of `period`, in its time zone. Ask for a grant in the next period.',
};

export const PoolCapacityExceeded: ProblemType = {
  code: 'pool-capacity-exceeded',
  status: 409,
  title: 'The pool has too little capacity left for this',
  advice: '`unallocated` says how many courses are not yet granted to anybody. Raise the capacity or grant fewer.',
};

export const CapacityBelowAllocated: ProblemType = {
  code: 'capacity-below-allocated',
  status: 409,
  title: 'The capacity would be below what is granted',
  advice:
    '`allocated` courses of the pool are granted. Lower the grants first; nothing that is promised is taken away.',
};

export const NominalBelowCommitted: ProblemType = {
  code: 'nominal-below-committed',
  status: 409,
  title: 'The grant would be below what is committed',
  advice:
    '`committed` courses of the grant are held or used, and no patient is ever pre-empted. Choose at least `minimum`, which also covers what the grant has lent and transferred.',
};

export const ReserveExceedsGrant: ProblemType = {
  code: 'reserve-exceeds-grant',
  status: 422,
  title: 'The reserve would be larger than the grant',
  advice: '`entitled` says how many courses the grant would have. Reserve at most that many for patients under 18.',
};

export const UnknownBeneficiary: ProblemType = {
  code: 'unknown-beneficiary',
  status: 422,
  title: 'No active partner has this id',
  advice:
    '`GET /v1/institutions` lists the partners. A grant is given to an active one, and not to the provider itself.',
};

export const AgreementNotInForce: ProblemType = {
  code: 'agreement-not-in-force',
  status: 409,
  title: 'No grant can be given under this agreement today',
  advice:
    '`because` says why: `unknown` (there is no such agreement of yours), `beneficiary-not-party`, `not-in-force` (not approved by all, not begun, over or terminated, by its own time zone) or `service-not-named`. What was agreed a moment ago is known here in a few seconds.',
};

/** A kind of `invalid-content` that has a name of its own, so that a partner's system can raise the alarm. */
export const PatientNotPseudonymous: ProblemType = {
  code: 'patient-not-pseudonymous',
  status: 422,
  title: 'The patient field looks like personal data',
  advice:
    'Send only the pseudonym your institution issued. The value was neither stored nor logged, and is not repeated here; check where your system took it from.',
};

export const QUOTA_PROBLEMS: readonly ProblemType[] = [
  QuotaExhausted,
  PatientAlreadyBooked,
  PatientAlreadyWaiting,
  OfferLapsed,
  DeadlinePast,
  BookingStateConflict,
  HoldExpired,
  GrantSuspended,
  OutsidePeriod,
  PoolCapacityExceeded,
  CapacityBelowAllocated,
  NominalBelowCommitted,
  ReserveExceedsGrant,
  UnknownBeneficiary,
  AgreementNotInForce,
  PatientNotPseudonymous,
  ...LOAN_PROBLEMS,
  ...CLOSING_PROBLEMS,
];
