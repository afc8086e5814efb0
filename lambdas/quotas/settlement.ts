import { holdingsOf } from '../shared/capacity/account.ts';
import type { Holder } from '../shared/capacity/holder.ts';
import { subjectKey } from '../shared/capacity/holder.ts';
import { type Booking, decide, HOLD_MINUTES, unitState } from './model.ts';
import type { Ports } from './ports.ts';
import { accountKey } from './quotas-table.ts';

/**
 * Keeping a grant's account and its bookings in agreement.
 *
 * A hold writes the account first, so that no booking is without its unit. Every later step writes the booking first,
 * because the booking says who won (a confirmation or the expiry), and then settles the account. If the process dies
 * between the two, the client's repetition, the table's stream or the sweep settles it.
 */

/** Whom a booking's unit is for: the same for all grants of a beneficiary and service. */
export function subjectOf({
  beneficiaryId,
  service,
  patient,
}: Pick<Booking, 'beneficiaryId' | 'service' | 'patient'>): string {
  return subjectKey(beneficiaryId, service, patient);
}

function secondsOf(instant: string | Date): number {
  return Math.floor(new Date(instant).getTime() / 1000);
}

/** The holder that a booking's account should show. */
function holderOf(booking: Booking, state: Holder['state']): Holder {
  const holder = { id: booking.id, subject: subjectOf(booking), state };
  if (state !== 'held') return holder;
  const minutes = HOLD_MINUTES[booking.holdFor];
  return { ...holder, takenAt: secondsOf(booking.expiresAt) - minutes * 60, minutes };
}

/**
 * Makes the account agree with a booking. Does nothing where it already does.
 * @returns false when a booking that needs a unit has none: a fault that only an operator can judge
 */
export async function settle({ quotas, now }: Ports, booking: Booking): Promise<boolean> {
  const key = accountKey(booking.grantId);
  const state = unitState(booking);
  const apply = (segment: number): Promise<boolean> =>
    state === undefined
      ? quotas.accounts.free(key, segment, booking.id, secondsOf(now()))
      : quotas.accounts.mark(key, segment, holderOf(booking, state));

  if (await apply(booking.segment)) return true;
  const { account } = await quotas.accounts.load(key, { consistent: true });
  const elsewhere = holdingsOf(account, booking.id);
  for (const { segment } of elsewhere) await apply(segment);
  return state === undefined || elsewhere.length > 0;
}

/**
 * Ends a hold whose time is up and gives its unit back.
 * @returns whether it was this call that ended it
 */
export async function expire(ports: Ports, booking: Booking): Promise<boolean> {
  const decision = decide(booking, 'expire', ports.now());
  if (decision.kind !== 'changed') return false;
  if ((await ports.quotas.putNextBooking(decision.booking)) !== undefined) return false;
  await settle(ports, decision.booking);
  return true;
}
