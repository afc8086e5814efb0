import { HUB } from '../shared/auth/agent.ts';
import { settle } from '../shared/capacity/settle.ts';
import type { Ports } from './ports.ts';
import { type Registration, step } from './registration-model.ts';
import { registrationsAsClaims } from './registrations-as-claims.ts';

const PAGE = 100;

/** Ends the registrations for an event that is cancelled. Done again, it changes nothing. @returns how many it ended */
export async function cancelRegistrations(ports: Ports, eventId: string): Promise<number> {
  let ended = 0;
  let after: string | undefined;
  do {
    const page = await ports.registrations.listOf(eventId, PAGE, after);
    for (const registration of page.registrations) if (await cancel(ports, registration)) ended += 1;
    after = page.next;
  } while (after !== undefined);
  return ended;
}

/** Ends one. @returns whether it was this call that did */
export async function cancel(ports: Ports, registration: Registration): Promise<boolean> {
  let current: Registration | undefined = registration;
  while (current !== undefined) {
    const next = step(current, 'cancel', ports.now(), { by: HUB });
    if (next === undefined) return false;
    current = await ports.registrations.putNext(next);
    if (current === undefined) {
      await settle(registrationsAsClaims(ports), next);
      await ports.registrations.eraseNeeds(next.id);
    }
  }
  return true;
}
