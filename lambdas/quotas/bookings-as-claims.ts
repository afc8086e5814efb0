import { HUB } from '../shared/auth/agent.ts';
import type { Claim, ClaimStore } from '../shared/capacity/claim.ts';
import { subjectKey } from '../shared/capacity/holder.ts';
import { accountKey } from './keys.ts';
import { type Booking, decide, HOLD_MINUTES, unitState } from './model.ts';
import type { Ports } from './ports.ts';

/** Bookings as the capacity model sees them: claims on a grant's units. */

/** Whom a booking's unit is for: the same for all grants of a beneficiary and service. */
export function subjectOf(booking: Pick<Booking, 'beneficiaryId' | 'service' | 'patient'>): string {
  return subjectKey(booking.beneficiaryId, booking.service, booking.patient);
}

export function bookingsAsClaims({ quotas, now }: Ports): ClaimStore<Booking & Claim> {
  return {
    accounts: quotas.accounts,
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
      const minutes = HOLD_MINUTES[booking.holdFor];
      return { ...holder, takenAt: new Date(booking.expiresAt).getTime() / 1000 - minutes * 60, minutes };
    },
    expired: (booking, at) => {
      const decision = decide(booking, 'expire', at, { by: HUB });
      return decision.kind === 'changed' ? decision.booking : undefined;
    },
  };
}
