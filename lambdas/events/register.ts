import { createHash } from 'node:crypto';

import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Agent } from '../shared/auth/agent.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { fingerprintOf, keyReused, requestId } from '../shared/http/idempotency.ts';
import { busy, type Outcome } from '../shared/http/once.ts';
import { Problem } from '../shared/http/problem.ts';
import { InstitutionNotActive } from '../shared/http/problems.ts';
import { claimPlace, finishWaiting, joinLine, type Wanting } from './claim-place.ts';
import { type Event, endOf, relationsTo, requireInvitation } from './event-model.ts';
import type { PartnerPorts, Ports } from './ports.ts';
import type { Attendee, RegistrationBody } from './registration-contract.ts';
import { AlreadyRegistered } from './registration-errors.ts';
import { isGivenUp, newRegistration, type Registration, requireRegistrable } from './registration-model.ts';

/** Registering for an event. How a place is claimed is in `claim-place.ts`; who may, when, and for whom is here. */

export interface RegistrationRequest {
  readonly permission: Permission;
  readonly eventId: string;
  readonly body: RegistrationBody;
  readonly idempotencyKey: string;
}

/** Milliseconds. What a request has announced and not written down by then, it never will. */
const ABANDONED_AFTER = 60_000;
/** At what another request has announced, in turns: a second or so, in which it has most likely been carried out. */
const MOST_LOOKS = 14;
const DAY_MS = 86_400_000;
/** Days after the event, in which who has cooked or built may still have to answer for it. */
const NEEDS_KEPT = 30;

/**
 * Registers the caller's people, or the caller. Each attendee is announced first, so that nobody is registered twice; then a
 * place is claimed, or a place in line.
 * @returns the registration, of several that of the first attendee
 * @throws Problem `not-found`, `role-not-permitted`, `not-invited`, `institution-not-active`, `event-state-conflict`,
 *   `registration-window-closed`, `mode-not-offered`, `already-registered`, `places-exhausted`, `idempotency-key-reused`, `busy`
 */
export async function register(ports: PartnerPorts, request: RegistrationRequest): Promise<Outcome<Registration>> {
  const { permission, eventId, body, idempotencyKey } = request;
  const { caller } = permission;
  const event = await eventFor(ports, request);
  const sameness = requestId({ caller, target: ['createRegistration', eventId], idempotencyKey });
  const attendees: readonly Attendee[] = body.attendees ?? [themselves(caller.subject, body)];
  const ids = attendees.map((_, index) => deriveId(eventId, sameness, String(index)));
  const fingerprint = fingerprintOf(body);
  const wanting = attendees.map((attendee, index): Wanting => {
    const id = ids[index] ?? '';
    const several = ids.length === 1 ? {} : { group: ids, ...(body.together ? { together: true } : {}) };
    const whose = { institutionId: caller.institutionId, attendee: attendee.pseudonym, mode: body.mode };
    return { id, ...whose, ...several, fingerprint };
  });
  const [first] = wanting;
  if (first === undefined) throw new Error('A registration is for nobody');

  const earlier = await announceAll(ports, event, wanting);
  if (earlier !== undefined) {
    return { value: await finishWaiting(ports, event, same(earlier, fingerprint), body), replayed: true };
  }
  try {
    requireRegistrable(event, body.mode, ports.now());
    requireInvitation(event, caller.institutionId);
    await requireActive(ports, caller.institutionId);
    await keepNeeds(ports, event, attendees, ids);
    const made = await begin(ports, event, wanting, body, permission.agent);
    return { value: same(made, fingerprint), replayed: false };
  } catch (error) {
    // Or whoever asks again would be told for a minute that somebody else is registering them.
    if (error instanceof Problem) await forgetAll(ports, event, wanting);
    throw error;
  }
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
async function eventFor({ events }: Ports, { permission, eventId, body }: RegistrationRequest): Promise<Event> {
  // What this read does not show yet is looked at again by the jobs that follow.
  const event = (await events.get(eventId, { consistent: false })) ?? (await events.get(eventId));
  if (event === undefined) throw notFound();
  const relations = relationsTo(event, permission.caller.institutionId);
  // Whoever may see an event may register themselves; their institution's staff, others.
  const mayRegister = body.attendees === undefined && !relations.includes('none');
  permission.require(...relations, ...(mayRegister ? (['self'] as const) : []));
  return event;
}

/** Who registers themselves is known by a pseudonym that is made of the token's opaque subject. */
function themselves(subject: string, { needs }: RegistrationBody): Attendee {
  const digest = createHash('sha256').update(subject).digest('hex').slice(0, 16);
  return { pseudonym: `SELF-0${digest}`, ...(needs === undefined ? {} : { needs }) };
}

function same(registration: Registration, fingerprint: string): Registration {
  if (registration.fingerprint !== fingerprint) throw keyReused();
  return registration;
}

/**
 * Announces each attendee's registration, in the order of their pseudonyms, so that two requests never wait for each other.
 * @returns the first registration, where an earlier attempt of the request has made all of them
 * @throws Problem `already-registered`, `busy`
 */
async function announceAll(ports: Ports, event: Event, wanting: readonly Wanting[]): Promise<Registration | undefined> {
  const announced: Wanting[] = [];
  const made: Registration[] = [];
  try {
    for (const wanted of wanting.toSorted((a, b) => (a.attendee < b.attendee ? -1 : 1))) {
      const earlier = await announce(ports, event, wanted);
      if (earlier === 'announced') announced.push(wanted);
      else if (earlier !== undefined) made.push(earlier);
    }
  } catch (error) {
    await forgetAll(ports, event, announced);
    throw error;
  }
  return made.length < wanting.length ? undefined : made.find(({ id }) => id === wanting[0]?.id);
}

/**
 * @returns `announced` if this call did it, the registration if an earlier attempt has made it, `undefined` if that one has
 *   only announced it
 */
export async function announce(
  { registrations, now }: Ports,
  { id: eventId }: Event,
  wanted: Pick<Registration, 'id' | 'institutionId' | 'attendee'>,
): Promise<'announced' | Registration | undefined> {
  const attendee = { eventId, ...wanted };
  const announced = { registrationId: wanted.id, at: now().toISOString() };
  // Most have never been registered: then nothing needs to be read.
  if (await registrations.announce(attendee, announced, undefined)) return 'announced';
  for (let attempt = 1; attempt <= MOST_LOOKS; attempt++) {
    const before = await registrations.getAnnounced(attendee);
    const other = before && (await registrations.get(before.registrationId));
    if (before?.registrationId === wanted.id) return other;
    // Of one that was changed since, somebody else is the attendee.
    if (other?.attendee === wanted.attendee && !isGivenUp(other)) {
      throw new Problem(AlreadyRegistered, 'There is a registration for this attendee.', { registrationId: other.id });
    }
    const age = before === undefined ? 0 : now().getTime() - Date.parse(before.at);
    const isUnderWay = before !== undefined && other === undefined && age < ABANDONED_AFTER;
    if (!isUnderWay && (await registrations.announce(attendee, announced, before?.registrationId))) return 'announced';
    await takeTurns(attempt);
  }
  throw busy('registration');
}

/** What was announced and has not been made is forgotten; what was made meanwhile stays. */
async function forgetAll({ registrations }: Ports, { id: eventId }: Event, wanting: readonly Wanting[]): Promise<void> {
  for (const wanted of wanting) {
    const made = await registrations.get(wanted.id);
    if (made === undefined) await registrations.eraseNeeds(wanted.id);
    // A key that is used again for somebody else has the id of what it was used for first.
    if (made?.attendee !== wanted.attendee) await registrations.forget({ eventId, ...wanted }, wanted.id);
  }
}

/** @throws Problem `institution-not-active` */
async function requireActive({ partners }: PartnerPorts, institutionId: string): Promise<void> {
  if ((await partners.get(institutionId))?.status === 'active') return;
  throw new Problem(InstitutionNotActive, 'Your institution is not an active partner.');
}

export async function keepNeeds(
  { registrations }: Ports,
  event: Event,
  attendees: readonly Pick<Attendee, 'needs'>[],
  ids: readonly string[],
): Promise<void> {
  const until = new Date(endOf(event).getTime() + NEEDS_KEPT * DAY_MS);
  for (const [index, { needs }] of attendees.entries()) {
    const id = ids[index];
    if (needs !== undefined && id !== undefined) await registrations.putNeeds(id, needs, until);
  }
}

/** Makes the registrations of a request. @returns the first @throws Problem `places-exhausted`, `idempotency-key-reused`, `busy` */
async function begin(
  ports: Ports,
  event: Event,
  wanting: readonly Wanting[],
  body: RegistrationBody,
  by: Agent,
): Promise<Registration> {
  if (event.approval) return submitAll(ports, event, wanting, by);
  if (body.together && wanting.length > 1) return joinLine(ports, event, wanting, { ...body, by });
  let first: Registration | undefined;
  for (const wanted of wanting) {
    const made = await claimPlace(ports, event, wanted, { ...body, by });
    first ??= made;
  }
  if (first === undefined) throw new Error('A registration is for nobody');
  return first;
}

/** Asks the organiser. */
async function submitAll(ports: Ports, event: Event, wanting: readonly Wanting[], by: Agent): Promise<Registration> {
  let first: Registration | undefined;
  for (const wanted of wanting) {
    const submitted = newRegistration(event, wanted, { status: 'submitted' }, by, ports.now());
    const made = (await ports.registrations.putNew(submitted)) ?? submitted;
    first ??= made;
  }
  if (first === undefined) throw new Error('A registration is for nobody');
  return first;
}
