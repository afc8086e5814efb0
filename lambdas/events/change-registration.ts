import type { Permission } from '../shared/auth/access.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { busy, deedOf, MAX_ATTEMPTS } from '../shared/http/once.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { requireNotOver } from './event-model.ts';
import type { Ports } from './ports.ts';
import { announce, keepNeeds } from './register.ts';
import type { RegistrationChange } from './registration-contract.ts';
import { changed, type Registration } from './registration-model.ts';
import { getRegistration } from './registration-operations.ts';

/** Changing a registration: somebody else comes in the attendee's place, or needs something else. */

export interface RegistrationUpdate {
  readonly permission: Permission;
  readonly registrationId: string;
  readonly body: RegistrationChange;
  readonly expectedVersion: number;
}

/**
 * The place, or the place in line, stays what it is. Who comes instead is announced first, as they would be by registering; what
 * names who does not come any more is forgotten last: nobody is registered twice in between.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `event-state-conflict`, `registration-state-conflict`,
 *   `already-registered`, `busy`
 */
export async function changeRegistration(ports: Ports, request: RegistrationUpdate): Promise<Registration> {
  const { permission, registrationId, body, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const registration = await getRegistration(ports, permission, registrationId);
    refuseStale('registration', registration, expectedVersion);
    const event = await ports.events.get(registration.eventId);
    if (event === undefined) throw new Error('A registration has no event');
    requireNotOver(event, ports.now());
    const attendee = body.attendee?.pseudonym ?? registration.attendee;
    const next = changed(registration, attendee, deedOf(ports, permission));
    const isAnother = attendee !== registration.attendee;
    if (isAnother) await announce(ports, event, next);
    const there = await ports.registrations.putNext(next);
    if (there !== undefined) {
      if (isAnother && there.attendee !== attendee) await ports.registrations.forget(next, registrationId);
      continue;
    }
    if (isAnother) await ports.registrations.forget(registration, registrationId);
    const needs = body.attendee?.needs ?? body.needs;
    // What somebody else needs is nobody's affair any more.
    if (isAnother || needs !== undefined) await ports.registrations.eraseNeeds(registrationId);
    await keepNeeds(ports, event, [needs === undefined ? {} : { needs }], [registrationId]);
    return next;
  }
  throw busy('registration');
}
