import { notFound, type Permission } from '../shared/auth/access.ts';
import { planResize, totals } from '../shared/capacity/account.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, once, refusalOf } from '../shared/http/once.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { MODES } from './contract-parts.ts';
import { CapacityBelowConfirmed } from './errors.ts';
import type { EventBody, EventChange } from './event-contract.ts';
import {
  type Accounts,
  cancelledEvent,
  changedEvent,
  type Event,
  type EventWithAccounts,
  keptPlaces,
  namedIn,
  newEvent,
  relationsTo,
  segmentSize,
} from './event-model.ts';
import type { Resizing } from './events-table.ts';
import type { ListPorts, Ports } from './ports.ts';
import { requireProgrammeKept } from './session-model.ts';

/** Organising events. */

/** An event, whoever asks. @throws Problem `not-found` */
export async function readEvent({ events }: Ports, eventId: string): Promise<EventWithAccounts> {
  const found = await events.getWithAccounts(eventId);
  if (found === undefined) throw notFound();
  return found;
}

/** An event alone. @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getEvent({ events }: Ports, permission: Permission, eventId: string): Promise<Event> {
  const event = await events.get(eventId);
  if (event === undefined) throw notFound();
  permission.require(...relationsTo(event, permission.caller.institutionId));
  return event;
}

/** The same with the accounts of its places. */
export async function getEventWithAccounts(
  ports: Ports,
  permission: Permission,
  eventId: string,
): Promise<EventWithAccounts> {
  const event = await getEvent(ports, permission, eventId);
  return { event, accounts: await ports.events.accountsOf(event) };
}

export interface EventCreation {
  readonly permission: Permission;
  readonly body: EventBody;
  readonly idempotencyKey: string;
}

/**
 * Drafts an event of the caller's institution with its places; publishes it at once if it is asked to.
 * @throws Problem `role-not-permitted`, `impossible-dates`, `places-do-not-add-up`, `telebridge-only`, `invitation-missing`,
 *   `institution-not-active`, `named-institution-not-active`, `idempotency-key-reused`, `busy`
 */
export async function createEvent(ports: Ports, request: EventCreation): Promise<Outcome<EventWithAccounts>> {
  const { permission, body } = request;
  permission.require('self');
  // What could not be published is not drafted either.
  const published = (event: Event): Event => changedEvent(event, { status: 'published' }, deedOf(ports, permission));
  const drafted = await once(permission, {
    what: 'event',
    creation: () => creationOf(ports, request, ['createEvent'], ports.newId()),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: (id) => readEvent(ports, id),
    write: async (creation) => {
      const event = newEvent(creation.resourceId, body, deedOf(ports, permission));
      if (body.publish) published(event);
      const resizing = resizingTo({}, event);
      const active = [...new Set([event.organiserId, ...namedIn(event)])];
      return { outcome: await ports.events.create(creation, event, resizing, active) };
    },
  });
  const { event, accounts } = drafted.value;
  // Also if an earlier attempt died before it came to this.
  if (!body.publish || event.status !== 'draft' || event.version > 1) return drafted;
  const next = published(event);
  const outcome = await ports.events.change(event, next, {}, []);
  return { ...drafted, value: outcome.kind === 'done' ? { event: next, accounts } : await readEvent(ports, event.id) };
}

export interface EventUpdate<B> {
  readonly permission: Permission;
  readonly eventId: string;
  readonly body: B;
}

/**
 * Changes or publishes an event, in one transaction over it and the accounts of its places.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `event-state-conflict`, `impossible-dates`,
 *   `places-do-not-add-up`, `capacity-below-confirmed`, `telebridge-only`, `invitation-missing`,
 *   `programme-in-use`, `named-institution-not-active`, `busy`
 */
export async function updateEvent(
  ports: Ports,
  request: EventUpdate<EventChange> & { readonly expectedVersion: number },
): Promise<EventWithAccounts> {
  const { permission, eventId, body, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const { event, accounts } = await getEventWithAccounts(ports, permission, eventId);
    refuseStale('event', event, expectedVersion);
    // A query is no snapshot: a segment can be shown as it was before a change of its event.
    if (!agree(event, accounts)) continue;
    const next = changedEvent(event, body, deedOf(ports, permission));
    await requireProgramme(ports, body, next);
    const joining = [...namedIn(next)].filter((id) => !namedIn(event).has(id));
    const outcome = await ports.events.change(event, next, resizingTo(accounts, next), joining);
    if (outcome.kind === 'done') return readEvent(ports, eventId);
    // Otherwise the event or its accounts moved on meanwhile: look again.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('event');
}

/** What is planned stays possible: looked at only where it is concerned. @throws Problem `programme-in-use` */
async function requireProgramme({ sessions }: Ports, change: EventChange, next: Event): Promise<void> {
  const { starts, ends, rooms, tracks } = change;
  if ([starts, ends, rooms, tracks].every((each) => each === undefined)) return;
  requireProgrammeKept(next, await sessions.allOf(next.id, { consistent: true }));
}

/** Whether the accounts have as many places as the event says. */
function agree({ places }: Event, accounts: Accounts): boolean {
  return MODES.every((mode) => totals(accounts[mode] ?? []).entitled === (places[mode]?.capacity ?? 0));
}

/** The segments that have to be written for an event to have its places. @throws Problem `capacity-below-confirmed` */
function resizingTo(accounts: Accounts, event: Event): Resizing {
  const changes = MODES.flatMap((mode) => {
    const account = accounts[mode] ?? [];
    const capacity = event.places[mode]?.capacity ?? 0;
    if (account.length === 0 && capacity === 0) return [];
    const plan = planResize(account, capacity, keptPlaces(event, mode), segmentSize(event));
    if (plan !== undefined) return [[mode, plan] as const];
    throw new Problem(CapacityBelowConfirmed, 'More have a place than there would be.', {
      mode,
      taken: totals(account).committed,
    });
  });
  return Object.fromEntries(changes);
}

/** @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `event-state-conflict`, `idempotency-key-reused`, `busy` */
export async function cancelEvent(
  ports: Ports,
  request: EventUpdate<{ readonly reason: NonNullable<Event['cancellationReason']> }> & {
    readonly expectedVersion: number | undefined;
    readonly idempotencyKey: string | undefined;
  },
): Promise<Outcome<EventWithAccounts>> {
  const { permission, eventId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  return once(permission, {
    what: 'event',
    creation: () => creationOf(ports, { permission, body, idempotencyKey }, ['cancelEvent', eventId], eventId),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: () => getEventWithAccounts(ports, permission, eventId),
    write: async (creation) => {
      const event = await getEvent(ports, permission, eventId);
      refuseStale('event', event, expectedVersion);
      const next = cancelledEvent(event, body.reason, deedOf(ports, permission));
      return { outcome: await ports.events.change(event, next, {}, [], creation) };
    },
  });
}

/**
 * Events that all partners may see, or those of the caller's institution, or that it is invited to.
 * @param from a day: only what begins then or later, of those that all may see
 * @throws Problem `invalid-cursor`
 */
export async function listEvents(
  ports: ListPorts,
  request: PageRequest,
  view: 'published' | 'own' | 'invited',
  from?: string,
): Promise<Page<Event>> {
  const { permission } = request;
  const { institutionId } = permission.caller;
  permission.require(view === 'published' ? 'partner' : 'self');
  return pageOfIds(
    ports,
    view === 'published' ? `events:${from ?? ''}` : `events:${view}:${institutionId}`,
    request,
    (limit, after) =>
      view === 'published'
        ? ports.events.listPublished(limit, after ?? from)
        : ports.events.listOf(institutionId, view, limit, after),
    (id) => ports.events.get(id),
  );
}
