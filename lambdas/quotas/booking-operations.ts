import { notFound, type Permission } from '../shared/auth/access.ts';
import { expire, settle } from '../shared/capacity/claim.ts';
import { fingerprintOf, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, IdempotencyKeyReused, StaleVersion } from '../shared/http/problems.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { BookingStateConflict, HoldExpired } from './errors.ts';
import { type Action, type Booking, decide, forfeitsUnit, relationsTo, showBooking } from './model.ts';
import type { Outcome, Ports } from './ports.ts';

/** What happens to a booking after it was made. Making one is in `hold.ts`. */

const MAX_ATTEMPTS = 5;

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getBooking({ quotas }: Ports, permission: Permission, bookingId: string): Promise<Booking> {
  const booking = await quotas.getBooking(bookingId, { consistent: true });
  if (booking === undefined) throw notFound();
  permission.require(...relationsTo(booking, permission.caller.institutionId));
  return booking;
}

export interface ActionRequest {
  readonly permission: Permission;
  readonly bookingId: string;
  readonly action: Exclude<Action, 'expire'>;
  readonly body: { readonly reason?: Booking['cancellationReason'] };
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/** What names an attempt: its request, and what it asked for. */
interface Attempt {
  readonly request: string;
  readonly fingerprint: string;
}

const mark = ({ request, fingerprint }: Attempt): string => `${request}.${fingerprint}`;

function attemptOf({ newId }: Ports, { permission, bookingId, action, body, idempotencyKey }: ActionRequest): Attempt {
  const { caller } = permission;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const request = requestId({ caller, target: [action, bookingId], idempotencyKey: idempotencyKey ?? newId() });
  return { request, fingerprint: fingerprintOf(body).slice(0, 6) };
}

/** Whether an earlier attempt has done this. @throws Problem `idempotency-key-reused` when it asked for something else */
function isDone(booking: Booking, action: Action, attempt: Attempt): boolean {
  const done = booking.requests[action];
  if (done?.startsWith(`${attempt.request}.`) !== true) return false;
  if (done !== mark(attempt)) throw new Problem(IdempotencyKeyReused, 'The key was first sent with another body.');
  return true;
}

/** What an action changes beside the status: why, and what becomes of the unit. */
async function changeBy({ quotas }: Ports, request: ActionRequest, booking: Booking): Promise<Partial<Booking>> {
  const { action, permission, body } = request;
  if (action !== 'cancel' && action !== 'no-show') return {};
  const pool = await quotas.getPool(booking.poolId);
  if (pool === undefined) throw new Error('A booking has no pool');
  const unitForfeited = forfeitsUnit(action, pool, relationsTo(booking, permission.caller.institutionId));
  return { unitForfeited, ...(body.reason === undefined ? {} : { cancellationReason: body.reason }) };
}

/**
 * Carries an action out on a booking.
 * Repeating it with the same idempotency key changes nothing and answers with the booking as it is now.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `hold-expired`, `booking-state-conflict`,
 *   `idempotency-key-reused`, `busy`
 */
export async function act(ports: Ports, request: ActionRequest): Promise<Outcome<Booking>> {
  const { permission, bookingId, action, expectedVersion } = request;
  const claims = bookingsAsClaims(ports);
  const attempt = attemptOf(ports, request);

  for (let round = 0; round < MAX_ATTEMPTS; round++) {
    const booking = await getBooking(ports, permission, bookingId);
    if (isDone(booking, action, attempt)) {
      await settle(claims, booking);
      return { value: booking, replayed: round === 0 };
    }
    if (expectedVersion !== undefined && expectedVersion !== booking.version) {
      throw new Problem(StaleVersion, `The booking is at version ${String(booking.version)}.`);
    }
    const now = ports.now();
    const change = await changeBy(ports, request, booking);
    const requests = { ...booking.requests, [action]: mark(attempt) };
    const decision = decide(booking, action, now, { ...change, requests, by: permission.agent });
    if (decision.kind === 'expired') {
      await expire(claims, booking);
      throw new Problem(HoldExpired, `The hold ended at ${booking.expiresAt}.`, { expiresAt: booking.expiresAt });
    }
    if (decision.kind === 'not-allowed') {
      const { status } = showBooking(booking, now);
      throw new Problem(BookingStateConflict, `The booking is ${status}.`, {
        bookingStatus: status,
        allowedFrom: decision.allowedFrom,
      });
    }
    if ((await ports.quotas.putNextBooking(decision.booking)) === undefined) {
      await settle(claims, decision.booking);
      return { value: decision.booking, replayed: false };
    }
    // Changed meanwhile, perhaps by this very attempt before its reply was lost: look again.
  }
  throw new Problem(Busy, 'The booking is being changed by others.', {}, 1);
}
