import { HUB } from '../shared/auth/agent.ts';
import type { Reserve } from '../shared/capacity/account.ts';
import { type ClaimStore, type LineRules, type SubjectSearch, secondsOf } from '../shared/capacity/claim.ts';
import { type Holder, subjectKey } from '../shared/capacity/holder.ts';
import { accountKey } from './keys.ts';
import {
  type Booking,
  type BookingChange,
  decide,
  endOf,
  type Grant,
  HOLD_MINUTES,
  isOpen,
  isReserveReleased,
  unitState,
} from './model.ts';
import type { Ports } from './ports.ts';
import { afterOfferNotTaken, aged, OFFER_MINUTES, placeOf } from './waiting.ts';

/** Bookings as the capacity model sees them: claims on a grant's units. */

/** Whom a booking's unit is for: the same for all grants of a beneficiary and service. */
export function subjectOf(booking: Pick<Booking, 'beneficiaryId' | 'service' | 'patient'>): string {
  return subjectKey(booking.beneficiaryId, booking.service, booking.patient);
}

/** Where else a patient may have a booking for the service. */
export function searchFor(
  { quotas }: Ports,
  patientOf: Pick<Booking, 'beneficiaryId' | 'service' | 'patient'>,
): SubjectSearch<Booking> {
  const { beneficiaryId, service, patient } = patientOf;
  return {
    subject: subjectOf(patientOf),
    accountsToSearch: async () =>
      (await quotas.allGrants({ institutionId: beneficiaryId, service })).map((grantId) => accountKey(grantId)),
    isSameSubject: (other) => other.patient === patient,
  };
}

/** Which units a patient may be given: those kept for children first, not at all, or, once released, like any other. */
export function reserveFor(grant: Grant, { ageBand }: Pick<Booking, 'ageBand'>, now: Date): Reserve {
  if (ageBand === '0-17') return 'first';
  return isReserveReleased(grant, now) ? 'too' : 'no';
}

/** A step of the Hub itself; `undefined` where the booking's status does not allow it. */
function step(booking: Booking, action: 'expire' | 'lapse' | 'offer' | 'withdraw', now: Date, change: BookingChange) {
  const decision = decide(booking, action, now, change);
  return decision.kind === 'changed' ? decision.booking : undefined;
}

function mustStep(...args: Parameters<typeof step>): Booking {
  const next = step(...args);
  if (next === undefined) throw new Error('A booking that waits cannot be offered a unit');
  return next;
}

/** When a holder that ends then, after so many minutes, was taken: seconds since 1970. */
const takenBefore = (expiresAt: string | undefined, minutes: number): number =>
  new Date(expiresAt ?? 0).getTime() / 1000 - minutes * 60;

export function bookingsAsClaims(ports: Ports): ClaimStore<Booking> {
  const { quotas, now } = ports;
  return {
    accounts: quotas.accounts,
    line: lineOf(ports),
    now,
    find: (id, freshness) => quotas.getBooking(id, freshness),
    putNew: (booking) => quotas.putNewBooking(booking),
    putNext: (booking) => quotas.putNextBooking(booking),
    accountOf: ({ grantId }) => accountKey(grantId),
    holderOf: (booking) => {
      const state = unitState(booking);
      if (state === undefined) return undefined;
      const holder = { id: booking.id, subject: subjectOf(booking), state };
      if (state !== 'held') return holder;
      const minutes = booking.status === 'offered' ? OFFER_MINUTES : HOLD_MINUTES[booking.holdFor];
      return { ...holder, takenAt: takenBefore(booking.expiresAt, minutes), minutes };
    },
    spentOfferOf: (booking) => {
      if (booking.status !== 'waitlisted' || booking.expiresAt === undefined) return undefined;
      return offerHolder(booking, takenBefore(booking.expiresAt, OFFER_MINUTES));
    },
    expired: (booking, at) =>
      booking.status === 'offered'
        ? step(booking, 'lapse', at, { by: HUB, ...afterOfferNotTaken(booking) })
        : step(booking, 'expire', at, { by: HUB }),
  };
}

function offerHolder(booking: Booking, takenAt: number): Holder {
  return { id: booking.id, subject: subjectOf(booking), state: 'held', takenAt, minutes: OFFER_MINUTES };
}

function lineOf(ports: Ports): LineRules<Booking> {
  const { quotas, now } = ports;
  return {
    table: quotas.line,
    placeOf,
    mayHave: async (booking) => {
      const found = await quotas.getGrant(booking.grantId, { consistent: false });
      if (found === undefined || !isOpen(found.grant.period, now())) return 'nothing';
      return reserveFor(found.grant, booking, now());
    },
    searchFor: (booking) => searchFor(ports, booking),
    offerTo: (booking) => {
      const before = booking.expiresAt === undefined ? 0 : takenBefore(booking.expiresAt, OFFER_MINUTES);
      return offerHolder(booking, Math.max(secondsOf(now()), before + 1));
    },
    offered: (booking, holder, segment) =>
      mustStep(booking, 'offer', now(), { by: HUB, segment, expiresAt: endOf(holder) }),
    reviewed: (booking) => {
      const waiting = booking.waiting && aged(booking.waiting, now());
      if (waiting === undefined || placeOf(booking) === undefined) return undefined;
      return { ...booking, waiting, by: HUB, version: booking.version + 1, updatedAt: now().toISOString() };
    },
    dropped: (booking) => mustStep(booking, 'withdraw', now(), { by: HUB }),
  };
}
