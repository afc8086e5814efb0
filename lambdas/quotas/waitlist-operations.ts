import type { Permission } from '../shared/auth/access.ts';
import type { Agent } from '../shared/auth/agent.ts';
import type { Account } from '../shared/capacity/account.ts';
import { isLiveClaim } from '../shared/capacity/claim.ts';
import { promote } from '../shared/capacity/line.ts';
import { rivalsIn } from '../shared/capacity/rivals.ts';
import { settle } from '../shared/capacity/settle.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { getBooking } from './booking-operations.ts';
import { bookingsAsClaims, searchFor } from './bookings-as-claims.ts';
import { PatientAlreadyBooked, PatientAlreadyWaiting } from './errors.ts';
import { accountKey } from './keys.ts';
import { type Booking, type Grant, newBooking } from './model.ts';
import type { Ports } from './ports.ts';
import { recordReading } from './readings.ts';
import { classPrefix, joining, placeOf } from './waiting.ts';

/** Waiting for a unit of a grant. How units reach those who wait is the capacity model's. */

/** Milliseconds. What a request has announced and not written down by then, it never will. */
const ABANDONED_AFTER = 60_000;
/** How far the places ahead are counted. */
const MOST_COUNTED = 100;

export interface Joining {
  readonly grant: Grant;
  /** Derived from the request, as for a hold. */
  readonly id: string;
  readonly body: Pick<Booking, 'patient' | 'ageBand' | 'diagnosis' | 'holdFor'> & {
    readonly deadline?: string | undefined;
  };
  readonly fingerprint: string;
  readonly by: Agent;
}

/**
 * Puts a patient in line. The place is announced under the patient's pseudonym first, so that nobody waits twice.
 * @returns the booking as it is then: offered a unit at once, if one is free
 * @throws Problem `patient-already-booked`, `patient-already-waiting`, `busy`
 */
export async function joinLine(ports: Ports, { grant, id, body, fingerprint, by }: Joining): Promise<Booking> {
  const { quotas, now } = ports;
  const claims = bookingsAsClaims(ports);
  await announce(ports, grant.id, body.patient, id);
  try {
    await refuseBooked(ports, grant, id, body.patient);
  } catch (error) {
    // Or whoever asks again with another key would be told for a minute that somebody else is joining.
    await quotas.removeWaiter(grant.id, body.patient, id);
    throw error;
  }
  const { deadline, ...patient } = body;
  const wait = joining({ ...patient, deadline }, now());
  const wanted = { ...patient, fingerprint, by };
  const booking = newBooking(grant, wanted, { status: 'waitlisted', id, waiting: wait }, now());
  const joined = (await quotas.putNewBooking(booking)) ?? booking;
  await settle(claims, joined);
  await promote(claims, accountKey(grant.id));
  return (await quotas.getBooking(id, { consistent: true })) ?? joined;
}

/** @throws Problem `patient-already-waiting`, `busy` */
async function announce({ quotas, now }: Ports, grantId: string, patient: string, id: string): Promise<void> {
  const waiter = await quotas.getWaiter(grantId, patient);
  if (waiter?.bookingId === id) return;
  if (waiter !== undefined) {
    const other = await quotas.getBooking(waiter.bookingId, { consistent: true });
    if (other?.status === 'waitlisted' || other?.status === 'offered') {
      throw new Problem(PatientAlreadyWaiting, 'The patient waits for a course of this grant.', {
        bookingId: other.id,
      });
    }
    const underWay = other === undefined && now().getTime() - Date.parse(waiter.at) < ABANDONED_AFTER;
    if (underWay) throw new Problem(Busy, 'The patient is joining this line at the same moment.', {}, 1);
  }
  const announced = await quotas.putWaiter(
    grantId,
    patient,
    { bookingId: id, at: now().toISOString() },
    waiter?.bookingId,
  );
  if (!announced) throw new Problem(Busy, 'The patient is joining this line at the same moment.', {}, 1);
}

/** @throws Problem `patient-already-booked` */
async function refuseBooked(ports: Ports, grant: Grant, id: string, patient: string): Promise<void> {
  const claims = bookingsAsClaims(ports);
  const search = searchFor(ports, { ...grant, patient });
  const keys = await search.accountsToSearch();
  const loaded = await Promise.all(keys.map((key) => claims.accounts.load(key, { consistent: true })));
  const accounts: Account[] = loaded.map(({ account }) => account);
  const { claim } = await rivalsIn(claims, { id, ...search }, accounts);
  if (claim !== undefined && isLiveClaim(claims, claim)) {
    throw new Problem(PatientAlreadyBooked, 'The patient has a live booking for this service.', {
      bookingId: claim.id,
    });
  }
}

/** A booking, and while it waits its position among those of its class: 1 is the next. Nothing of the others. */
export async function getBookingInLine(
  ports: Ports,
  permission: Permission,
  bookingId: string,
): Promise<{ readonly booking: Booking; readonly position: number | undefined }> {
  const booking = await getBooking(ports, permission, bookingId);
  await recordReading(ports, permission, { subjectType: 'booking', subject: bookingId }, [booking]);
  const place = placeOf(booking);
  if (place === undefined || booking.waiting === undefined) return { booking, position: undefined };
  const prefix = classPrefix(booking.waiting.priorityClass);
  const ahead = await ports.quotas.line.countAhead(accountKey(booking.grantId), place, prefix, MOST_COUNTED);
  return { booking, position: Math.min(ahead, MOST_COUNTED) + 1 };
}
