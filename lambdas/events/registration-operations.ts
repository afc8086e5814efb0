import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { relationsTo } from './event-model.ts';
import { getEvent } from './event-operations.ts';
import { accountKey } from './keys.ts';
import type { ListPorts, Ports } from './ports.ts';
import type { Needs } from './registration-contract.ts';
import { placeOf, type Registration } from './registration-model.ts';

/** Reading registrations. How they are made is in `register.ts`, what becomes of them in `registration-actions.ts`. */

/** How far the places ahead are counted. */
const MOST_COUNTED = 100;

/** How the caller stands to what is of an institution at an event. */
export async function relationsOf(
  { events }: Ports,
  { eventId, organiserId, institutionId }: Pick<Registration, 'eventId' | 'organiserId' | 'institutionId'>,
  caller: string,
): Promise<Relation[]> {
  const own: Relation[] = institutionId === caller ? ['applicant'] : [];
  if (organiserId === caller) return ['host', ...own];
  const event = await events.get(eventId, { consistent: false });
  const organises = event !== undefined && relationsTo(event, caller).includes('host');
  if (organises) return ['host', ...own];
  return own.length === 0 ? ['none'] : own;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getRegistration(
  ports: Ports,
  permission: Permission,
  registrationId: string,
): Promise<Registration> {
  const registration = await ports.registrations.get(registrationId);
  if (registration === undefined) throw notFound();
  permission.require(...(await relationsOf(ports, registration, permission.caller.institutionId)));
  return registration;
}

/** Its place in line while it waits, that of those it is together with: 1 is the next. */
export async function positionOf(ports: Ports, registration: Registration): Promise<number | undefined> {
  const { eventId, mode, id, group: [first = id] = [], together, status } = registration;
  if (status !== 'waitlisted') return undefined;
  const waiting = together === true && first !== id ? await ports.registrations.get(first) : registration;
  const place = waiting && placeOf(waiting);
  if (place === undefined) return undefined;
  const ahead = await ports.events.line.countAhead(accountKey(eventId, mode), place, '', MOST_COUNTED);
  return Math.min(ahead, MOST_COUNTED) + 1;
}

/** Registrations for an event: all for its organisers, their own for others. @throws Problem `not-found`, `invalid-cursor` */
export async function listRegistrations(
  ports: ListPorts,
  request: PageRequest,
  eventId: string,
): Promise<Page<Registration>> {
  const { permission, limit, cursor } = request;
  const { institutionId, roles } = permission.caller;
  const event = await getEvent(ports, permission, eventId);
  const organises = relationsTo(event, institutionId).includes('host');
  if (!organises && !roles.some((role) => role === 'hub-admin' || role === 'auditor')) {
    return pageOfIds(
      ports,
      `registrations:${eventId}:${institutionId}`,
      request,
      (most, after) => ports.registrations.listBy(institutionId, eventId, most, after),
      (id) => ports.registrations.get(id, { consistent: false }),
    );
  }
  const list = `registrations:${eventId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { registrations, next } = await ports.registrations.listOf(eventId, limit, after);
  return { items: registrations, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

/**
 * What somebody needs. That another institution than theirs is shown it is noted before.
 * @throws Problem `not-found`, `role-not-permitted`
 */
export async function getNeeds(ports: Ports, permission: Permission, registrationId: string): Promise<Needs> {
  const { institutionId } = await getRegistration(ports, permission, registrationId);
  const needs = await ports.registrations.getNeeds(registrationId, ports.now());
  if (needs === undefined) return { dietary: [], access: [] };
  const { agent, caller } = permission;
  if (caller.institutionId !== institutionId) {
    await ports.registrations.putReading({
      ...{ readingId: ports.newId(), subjectType: 'registration', subject: registrationId },
      ...{ at: ports.now().toISOString(), by: agent, shown: { [institutionId]: [registrationId] } },
    });
  }
  return needs;
}
