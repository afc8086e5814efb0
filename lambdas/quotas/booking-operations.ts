import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import { secondsOf } from '../shared/capacity/claim.ts';
import { promote } from '../shared/capacity/line.ts';
import { expire, settle } from '../shared/capacity/settle.ts';
import { fingerprintOf, keyReused, requestId } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { bookingRoutes } from './booking-contract.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { BookingStateConflict, HoldExpired, OfferLapsed } from './errors.ts';
import { accountKey } from './keys.ts';
import { type Action, type Booking, decide, forfeitsUnit, HOLD_MINUTES, relationsTo, showBooking } from './model.ts';
import type { Outcome, Ports } from './ports.ts';
import { afterOfferNotTaken, overridden, placeOf } from './waiting.ts';

/** What happens to a booking after it was made. Making one is in `hold.ts`. */

const MAX_ATTEMPTS = 5;

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getBooking({ quotas }: Ports, permission: Permission, bookingId: string): Promise<Booking> {
  const booking = await quotas.getBooking(bookingId, { consistent: true });
  if (booking === undefined) throw notFound();
  permission.require(...relationsTo(booking, permission.caller.institutionId));
  return booking;
}

/** What clients do; the other actions are the Hub's own. */
export type ActionOfClients = Exclude<Action, 'expire' | 'offer' | 'lapse'>;

export interface ActionRequest {
  readonly permission: Permission;
  readonly bookingId: string;
  readonly action: ActionOfClients;
  readonly body: z.output<typeof bookingRoutes.cancelBooking.body> | z.output<typeof bookingRoutes.setPriority.body>;
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
  if (done !== mark(attempt)) throw keyReused();
  return true;
}

/** What an action changes beside the status: why, what becomes of the unit, until when it is held, where one waits. */
async function changeBy(
  ports: Ports,
  { action, permission, body }: ActionRequest,
  booking: Booking,
): Promise<Partial<Booking>> {
  const now = ports.now();
  switch (action) {
    case 'cancel':
    case 'no-show': {
      const pool = await ports.quotas.getPool(booking.poolId);
      if (pool === undefined) throw new Error('A booking has no pool');
      const unitForfeited = forfeitsUnit(action, pool, relationsTo(booking, permission.caller.institutionId));
      const given = 'priorityClass' in body ? undefined : body.reason;
      return { unitForfeited, ...(given === undefined ? {} : { cancellationReason: given }) };
    }
    case 'accept-offer': {
      const seconds = secondsOf(now) + HOLD_MINUTES[booking.holdFor] * 60;
      return { expiresAt: new Date(seconds * 1000).toISOString() };
    }
    case 'decline-offer':
      return afterOfferNotTaken(booking);
    case 'set-priority': {
      if (booking.waiting === undefined || !('priorityClass' in body)) return {};
      return { waiting: overridden(booking.waiting, body.priorityClass, body.reason, now) };
    }
    default:
      return {};
  }
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
    refuseStale('booking', booking, expectedVersion);
    const now = ports.now();
    const possible = decide(booking, action, now, { by: permission.agent });
    if (possible.kind === 'expired') {
      await expire(claims, booking);
      // Whoever leaves the line leaves it also from where a lapsed offer puts the booking back.
      if (action === 'withdraw') continue;
      throw timeUp(booking);
    }
    if (possible.kind === 'not-allowed') {
      const { status } = showBooking(booking, now);
      throw new Problem(BookingStateConflict, `The booking is ${status}.`, {
        bookingStatus: status,
        allowedFrom: possible.allowedFrom,
      });
    }
    const change = await changeBy(ports, request, booking);
    const requests = { ...booking.requests, [action]: mark(attempt) };
    const next = { ...possible.booking, ...change, requests };
    if (await follow(ports, booking, next)) {
      // The last one to leave: nobody else is kept waiting.
      if (action === 'withdraw') await promote(claims, accountKey(booking.grantId));
      return { value: next, replayed: false };
    }
    // Changed meanwhile, perhaps by this very attempt before its reply was lost: look again.
  }
  throw new Problem(Busy, 'The booking is being changed by others.', {}, 1);
}

/**
 * Puts a booking in place of the version before it and has the account and the line follow.
 * @returns false when it was changed meanwhile
 */
export async function follow(ports: Ports, before: Booking, next: Booking): Promise<boolean> {
  if ((await ports.quotas.putNextBooking(next)) !== undefined) return false;
  await settle(bookingsAsClaims(ports), next);
  await leavePlace(ports, before);
  return true;
}

/** The refusal of an action that comes after the end of a hold or an offer. */
function timeUp({ status, expiresAt = '' }: Booking): Problem {
  return status === 'offered'
    ? new Problem(OfferLapsed, `The offer lapsed at ${expiresAt}.`, { expiresAt })
    : new Problem(HoldExpired, `The hold ended at ${expiresAt}.`, { expiresAt });
}

/** A place that a booking had before an action. If the process dies before this, whoever reads the line removes it. */
async function leavePlace({ quotas }: Ports, before: Booking): Promise<void> {
  const place = placeOf(before);
  if (place !== undefined) await quotas.line.leave(accountKey(before.grantId), place);
}
