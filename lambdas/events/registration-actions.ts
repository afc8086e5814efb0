import type { Permission } from '../shared/auth/access.ts';
import { inBatches } from '../shared/batches.ts';
import { decide, type Judge } from '../shared/capacity/decide.ts';
import { settle } from '../shared/capacity/settle.ts';
import { creationOf } from '../shared/http/creation.ts';
import { deedOf, MAX_ATTEMPTS, type Outcome } from '../shared/http/once.ts';
import { Problem } from '../shared/http/problem.ts';
import { takeOffers } from './claim-place.ts';
import { type Event, eventConflict, statusAt } from './event-model.ts';
import { getEvent } from './event-operations.ts';
import type { Ports } from './ports.ts';
import type { CheckInResult } from './registration-contract.ts';
import {
  type Action,
  actsTogether,
  approved,
  canHaveCome,
  checkedIn,
  givesPlaces,
  isGivenUp,
  mustStep,
  type Registration,
  requireBegun,
} from './registration-model.ts';
import { getRegistration } from './registration-operations.ts';
import { registrationsAsClaims } from './registrations-as-claims.ts';

/** What happens to a registration after it was made. */

export interface ActionRequest {
  readonly permission: Permission;
  readonly registrationId: string;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

type Done = Promise<Outcome<Registration>>;

/** Registrations written together in a batch of check-ins. */
const AT_ONCE = 25;

/**
 * Carries an action out.
 * Repeating it with the same idempotency key changes nothing and answers with the registration as it is now.
 * @param operationId names the action
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `idempotency-key-reused`, `busy`, what `judge` throws
 */
function act(ports: Ports, request: ActionRequest, operationId: string, judge: Judge<Registration>): Done {
  const { permission, registrationId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const target = [operationId, registrationId];
  const groupOf = ({ id, group = [id], together }: Registration) => (together === true ? group : [id]);
  return decide(ports, permission, {
    what: 'registration',
    store: registrationsAsClaims(ports),
    creation: creationOf(ports, { permission, body, idempotencyKey }, target, registrationId),
    expectedVersion,
    see: () => getRegistration(ports, permission, registrationId),
    claimIn: (registration) => registration,
    findEarlier: (creation) => ports.events.findEarlier(creation),
    groupOf,
    partyOf: (registration) => (actsTogether(registration) ? groupOf(registration) : [registration.id]),
    judge,
    write: (creation, next) => ports.registrations.change(creation, next),
  });
}

/** Confirms, takes, declines or gives up. @throws Problem as `act`, `registration-state-conflict`, `offer-late` */
export async function takeStep(ports: Ports, request: ActionRequest, operationId: string, action: Action): Done {
  const done = await act(ports, request, operationId, (registration, { by, now }) =>
    mustStep(registration, action, now, { by }),
  );
  // Nobody has to cook for who does not come.
  if (isGivenUp(done.value)) await ports.registrations.eraseNeeds(done.value.id);
  return done;
}

/** @throws Problem as `act`, `registration-state-conflict`, `event-state-conflict` */
export async function approve(ports: Ports, request: ActionRequest): Done {
  const done = await act(ports, request, 'approveRegistration', async (registration, deed) => {
    const event = await eventOf(ports, registration);
    if (!givesPlaces(event, registration.mode, deed.now)) throw eventConflict(statusAt(event, deed.now));
    return approved(registration, deed);
  });
  const { id, group = [id], together } = done.value;
  const all = await Promise.all((together === true ? group : [id]).map((each) => ports.registrations.get(each)));
  await takeOffers(
    ports,
    all.filter((registration) => registration !== undefined),
  );
  return { ...done, value: await getRegistration(ports, request.permission, id) };
}

/** Doing it again changes nothing. @throws Problem as `act`, `registration-state-conflict`, `check-in-too-early` */
export async function checkIn(ports: Ports, request: ActionRequest): Done {
  const registration = await getRegistration(ports, request.permission, request.registrationId);
  if (registration.status === 'attended') return { value: registration, replayed: true };
  return act(ports, request, 'checkInRegistration', async (each, deed) => {
    requireBegun(await eventOf(ports, each), deed.now);
    return checkedIn(each, deed.now, deed) ?? each;
  });
}

interface CheckIn {
  readonly registrationId: string;
  readonly at: string;
}

export interface CheckInBatch {
  readonly permission: Permission;
  readonly eventId: string;
  readonly body: { readonly checkIns: readonly CheckIn[] };
}

/** Checks many in, each by itself. @throws Problem `not-found`, `role-not-permitted` */
export async function checkInAll(
  ports: Ports,
  { permission, eventId, body: { checkIns } }: CheckInBatch,
): Promise<{ registrationId: string; result: CheckInResult }[]> {
  const event = await getEvent(ports, permission, eventId);
  // Of several times of one registration the earliest is enough; the others are answered as it is.
  const earliest = new Map<string, string>();
  for (const { registrationId, at } of checkIns) {
    const before = earliest.get(registrationId);
    if (before === undefined || Date.parse(at) < Date.parse(before)) earliest.set(registrationId, at);
  }
  const results = await inBatches([...earliest], AT_ONCE, async ([id, at]) => {
    return [id, await checkOneIn(ports, permission, event, id, new Date(at))] as const;
  });
  const byId = new Map(results);
  return checkIns.map(({ registrationId }) => ({ registrationId, result: byId.get(registrationId) ?? 'unknown' }));
}

async function checkOneIn(
  ports: Ports,
  permission: Permission,
  event: Event,
  registrationId: string,
  at: Date,
): Promise<CheckInResult> {
  const deed = deedOf(ports, permission);
  if (!canHaveCome(event, at, deed.now)) return 'impossible-time';
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const registration = await ports.registrations.get(registrationId);
    if (registration?.eventId !== event.id) return 'unknown';
    const next = judged(registration, at, deed);
    if (next === 'not-confirmed' || next === 'already') return next;
    if ((await ports.registrations.putNext(next)) === undefined) {
      if (registration.status === 'attended') return 'already';
      await settle(registrationsAsClaims(ports), next);
      return 'checked-in';
    }
  }
  return 'busy';
}

function judged(registration: Registration, at: Date, deed: Parameters<typeof checkedIn>[2]) {
  try {
    return checkedIn(registration, at, deed) ?? 'already';
  } catch (error) {
    if (error instanceof Problem) return 'not-confirmed';
    throw error;
  }
}

async function eventOf({ events }: Ports, { eventId }: Registration): Promise<Event> {
  const event = await events.get(eventId);
  if (event === undefined) throw new Error('A registration has no event');
  return event;
}
