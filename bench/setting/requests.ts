import { randomUUID } from 'node:crypto';

import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import type { EventFacts, Sender } from './events.ts';

/** A provider's grant to a beneficiary. */
export interface GrantFacts {
  readonly poolId: string;
  readonly grantId: string;
  readonly provider: Sender;
  readonly beneficiary: Sender;
}

/** An event to which an institution is a guest. */
export interface EventTarget {
  readonly eventId: string;
  readonly organiser: Sender;
  readonly guest: Sender;
}

let attendees = 0;

/** A request to register somebody nobody has seen, online, under a new key. */
export function registrationFor({ eventId, guest }: EventTarget): EventFacts & { readonly idempotencyKey: string } {
  attendees += 1;
  // Nobody may ask as often as all of them together do.
  const subject = `bench-coordinator-${String(attendees % 100)}`;
  const pseudonym = `STAFF-${String(attendees).padStart(6, '0')}`;
  return {
    route: eventsRoutes.createRegistration,
    sender: { ...guest, subject },
    params: { eventId },
    body: { mode: 'online', attendees: [{ pseudonym }] },
    idempotencyKey: randomUUID(),
  };
}

let patients = 0;

/** A request to book for a patient nobody has seen, under a new key. */
export function bookingFor({ grantId, beneficiary }: GrantFacts): EventFacts & { readonly idempotencyKey: string } {
  patients += 1;
  const patient = `MSK-${String(patients).padStart(6, '0')}`;
  return {
    route: quotaRoutes.holdBooking,
    sender: beneficiary,
    params: { grantId },
    body: { patient, ageBand: '0-17', diagnosis: 'C71.6' },
    idempotencyKey: randomUUID(),
  };
}
