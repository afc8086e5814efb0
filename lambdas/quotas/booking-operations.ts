import { authorize } from '../shared/auth/access.ts';
import type { Caller } from '../shared/auth/caller.ts';
import { requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, IdempotencyKeyReused, NotFound, StaleVersion } from '../shared/http/problems.ts';
import type { Route } from '../shared/http/route.ts';
import { BookingStateConflict, HoldExpired } from './errors.ts';
import { type Action, type Booking, decide, relationsTo, showBooking } from './model.ts';
import type { Outcome, Ports } from './ports.ts';
import { expire, settle } from './settlement.ts';

/** What happens to a booking after it was made. Making one is in `hold.ts`. */

const MAX_ATTEMPTS = 5;

/** @throws Problem `not-found`, also for what the caller may not see */
export async function getBooking({ quotas }: Ports, caller: Caller, route: Route, bookingId: string): Promise<Booking> {
  const booking = await quotas.getBooking(bookingId, { consistent: true });
  if (booking === undefined) throw new Problem(NotFound, 'There is no such resource, or it is not yours to see.');
  authorize(route.access, caller, relationsTo(booking, caller.institutionId));
  return booking;
}

export interface ActionRequest {
  readonly caller: Caller;
  readonly route: Route;
  readonly bookingId: string;
  readonly action: Exclude<Action, 'expire'>;
  readonly cancellationReason?: Booking['cancellationReason'];
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/** What an action changes beside the status: why, and what becomes of the unit under the pool's policies. */
async function changeBy({ quotas }: Ports, request: ActionRequest, booking: Booking): Promise<Partial<Booking>> {
  const { action, cancellationReason } = request;
  if (action !== 'cancel' && action !== 'no-show') return {};
  const pool = await quotas.getPool(booking.poolId);
  const policy = action === 'cancel' ? pool?.cancellationPolicy : pool?.noShowPolicy;
  return {
    unitForfeited: policy === 'forfeit-unit',
    ...(cancellationReason === undefined ? {} : { cancellationReason }),
  };
}

/**
 * Carries an action out on a booking.
 * Repeating it with the same idempotency key changes nothing and answers with the booking as it is now.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `hold-expired`, `booking-state-conflict`, `busy`
 */
export async function act(ports: Ports, request: ActionRequest): Promise<Outcome<Booking>> {
  const { caller, route, bookingId, action, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const digest = requestId({ caller, target: [route.operationId, bookingId], idempotencyKey });

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const booking = await getBooking(ports, caller, route, bookingId);
    if (booking.requests[action] === digest) {
      await settle(ports, booking);
      return { value: booking, replayed: attempt === 0 };
    }
    if (expectedVersion !== undefined && expectedVersion !== booking.version) {
      throw new Problem(StaleVersion, `The booking is at version ${String(booking.version)}.`);
    }
    const now = ports.now();
    const change = await changeBy(ports, request, booking);
    const decision = decide(booking, action, now, { ...change, requests: { ...booking.requests, [action]: digest } });
    if (decision.kind === 'expired') {
      await expire(ports, booking);
      throw new Problem(HoldExpired, `The hold ended at ${booking.expiresAt}.`, { expiresAt: booking.expiresAt });
    }
    if (decision.kind === 'not-allowed') {
      const { status } = showBooking(booking, now);
      throw new Problem(BookingStateConflict, `The booking is ${status}.`, {
        bookingStatus: status,
        allowedFrom: decision.allowedFrom,
      });
    }
    const there = await ports.quotas.putNextBooking(decision.booking);
    if (there === undefined) {
      await settle(ports, decision.booking);
      return { value: decision.booking, replayed: false };
    }
  }
  throw new Problem(Busy, 'The booking is being changed by others.', {}, 1);
}

/** The answer to a repeated request. @throws Problem `idempotency-key-reused` when its body was another */
export function replay(earlier: Booking, fingerprint: string): Outcome<Booking> {
  if (earlier.fingerprint !== fingerprint) {
    throw new Problem(IdempotencyKeyReused, 'The key was first sent with another body.');
  }
  return { value: earlier, replayed: true };
}
