import { notFound, type Permission } from '../shared/auth/access.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, once, refusalOf } from '../shared/http/once.ts';
import type { Page, PageRequest } from '../shared/http/pages.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { type Event, requireNotOver } from './event-model.ts';
import { getEvent } from './event-operations.ts';
import type { ListPorts, Ports } from './ports.ts';
import type { SessionBody, SessionChange, TimetableRepresentation } from './session-contract.ts';
import {
  cancelledSession,
  changedSession,
  newSession,
  type Occupied,
  occupiedBy,
  requireNoClash,
  type Session,
  slotOf,
  timetableOf,
} from './session-model.ts';
import type { Occupation } from './sessions-table.ts';

/** Making the programme of an event. */

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getSession(
  ports: Ports,
  permission: Permission,
  eventId: string,
  sessionId: string,
): Promise<{ readonly session: Session; readonly event: Event }> {
  const event = await getEvent(ports, permission, eventId);
  const session = await ports.sessions.get(sessionId);
  if (session?.eventId !== eventId) throw notFound();
  return { session, event };
}

/** Every session of an event by day. @throws Problem `not-found`, `role-not-permitted` */
export async function getTimetable(
  ports: Ports,
  permission: Permission,
  eventId: string,
): Promise<TimetableRepresentation> {
  const [event, sessions] = await Promise.all([getEvent(ports, permission, eventId), ports.sessions.allOf(eventId)]);
  return timetableOf(event, sessions);
}

export interface SessionCreation {
  readonly permission: Permission;
  readonly eventId: string;
  readonly body: SessionBody;
  readonly idempotencyKey: string;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `event-state-conflict`, `impossible-dates`, `programme-unknown`,
 *   `session-clash`, `idempotency-key-reused`, `busy`
 */
export async function createSession(ports: Ports, request: SessionCreation): Promise<Outcome<Session>> {
  const { permission, eventId, body } = request;
  await getEvent(ports, permission, eventId);
  const remembered = creationOf(ports, request, ['createSession', eventId], '');
  const id = deriveId(eventId, remembered.request);
  return once(permission, {
    what: 'programme',
    creation: () => ({ ...remembered, resourceId: id }),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: async () => (await getSession(ports, permission, eventId, id)).session,
    write: async (creation) => {
      const event = await getEvent(ports, permission, eventId);
      requireNotOver(event, ports.now());
      const value = newSession(id, event, body, deedOf(ports, permission));
      const occupations = await occupy(ports, event, undefined, value);
      return { value, outcome: await ports.sessions.put(value, event.version, occupations, creation) };
    },
  });
}

export interface SessionUpdate {
  readonly permission: Permission;
  readonly eventId: string;
  readonly sessionId: string;
  readonly expectedVersion: number;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `event-state-conflict`, `session-cancelled`,
 *   `impossible-dates`, `programme-unknown`, `session-clash`, `busy`
 */
export function updateSession(
  ports: Ports,
  request: SessionUpdate & { readonly body: SessionChange },
): Promise<Session> {
  const { permission, body } = request;
  return change(ports, request, (session, event) => changedSession(session, event, body, deedOf(ports, permission)));
}

/** @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `event-state-conflict`, `session-cancelled`, `busy` */
export function cancelSession(ports: Ports, request: SessionUpdate): Promise<Session> {
  return change(ports, request, (session) => cancelledSession(session, deedOf(ports, request.permission)));
}

async function change(
  ports: Ports,
  { permission, eventId, sessionId, expectedVersion }: SessionUpdate,
  judge: (session: Session, event: Event) => Session,
): Promise<Session> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const { session, event } = await getSession(ports, permission, eventId, sessionId);
    refuseStale('session', session, expectedVersion);
    requireNotOver(event, ports.now());
    const next = judge(session, event);
    const outcome = await ports.sessions.put(next, event.version, await occupy(ports, event, session, next));
    if (outcome.kind === 'done') return next;
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('programme');
}

/**
 * What a session occupies by its change, and what it leaves.
 * @returns the next version of each that changes @throws Problem `session-clash`
 */
async function occupy(
  { sessions }: Ports,
  event: Event,
  before: Session | undefined,
  next: Session,
): Promise<ReadonlyMap<Occupied, Occupation>> {
  const [was, is] = [before === undefined ? [] : occupiedBy(before), occupiedBy(next)];
  const all = [...new Set([...was, ...is])];
  const known = new Map(
    await Promise.all(all.map(async (each) => [each, await sessions.getOccupation(event.id, each)] as const)),
  );
  const slot = slotOf(next, event.timeZone);
  requireNoClash(next, slot, new Map([...known].map(([occupied, { slots }]) => [occupied, slots])));
  return new Map(
    [...known].map(
      ([
        occupied,
        {
          slots: { [next.id]: _, ...others },
          version,
        },
      ]) => {
        const slots = is.includes(occupied) ? { ...others, [next.id]: slot } : others;
        return [occupied, { slots, version: version + 1 }];
      },
    ),
  );
}

/** The sessions of an event. @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listSessions(ports: ListPorts, request: PageRequest, eventId: string): Promise<Page<Session>> {
  const { permission, limit, cursor } = request;
  await getEvent(ports, permission, eventId);
  const list = `sessions:${eventId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { sessions, next } = await ports.sessions.listOf(eventId, limit, after);
  return { items: sessions, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}
