import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Deed } from '../shared/auth/agent.ts';
import { creationOf } from '../shared/http/creation.ts';
import { deedOf, type Outcome, once } from '../shared/http/once.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { AbstractChange } from './abstract-contract.ts';
import { type Abstract, accepted, changedAbstract, mustStep, reviewed } from './abstract-model.ts';
import { getAbstract, type SeenAbstract } from './abstract-operations.ts';
import type { Event } from './event-model.ts';
import type { Ports } from './ports.ts';
import type { Session } from './session-model.ts';

/** What happens to an abstract after it was submitted. */

export interface ActionRequest<B = unknown> {
  readonly permission: Permission;
  readonly abstractId: string;
  readonly body: B;
  readonly idempotencyKey?: string | undefined;
  readonly expectedVersion: number | undefined;
}

type Done = Promise<Outcome<SeenAbstract>>;

/** What an action makes of an abstract, and of the sessions that change with it. */
interface Judged {
  readonly next: Abstract;
  readonly sessions?: readonly Session[];
}

/**
 * Carries an action out.
 * Repeating it with the same idempotency key changes nothing and answers with the abstract as it is now.
 * @param operationId names the action
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `idempotency-key-reused`, `busy`, what `judge` throws
 */
function act(
  ports: Ports,
  request: ActionRequest,
  operationId: string,
  judge: (abstract: Abstract, deed: Deed) => Judged | Promise<Judged>,
): Done {
  const { permission, abstractId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  return once(permission, {
    what: 'abstract',
    creation: () => creationOf(ports, { permission, body, idempotencyKey }, [operationId, abstractId], abstractId),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: () => getAbstract(ports, permission, abstractId),
    write: async (creation) => {
      const { abstract } = await getAbstract(ports, permission, abstractId);
      refuseStale('abstract', abstract, expectedVersion);
      const { next, sessions } = await judge(abstract, deedOf(ports, permission));
      return { outcome: await ports.abstracts.change(creation, next, sessions) };
    },
  });
}

/** @throws Problem as `act`, `abstract-state-conflict`, `call-closed`, `abstract-too-long`, `call-mismatch` */
export function changeAbstract(ports: Ports, request: ActionRequest<AbstractChange>): Done {
  return act(ports, request, 'updateAbstract', async (abstract, deed) => ({
    next: changedAbstract(abstract, await eventOf(ports, abstract), request.body, deed),
  }));
}

/** @throws Problem as `act`, `already-reviewed`, `must-recuse`, `abstract-state-conflict` */
export function review(
  ports: Ports,
  request: ActionRequest<{ readonly score: number; readonly comment?: string | undefined }>,
): Done {
  return act(ports, request, 'reviewAbstract', (abstract, deed) => ({ next: reviewed(abstract, request.body, deed) }));
}

/** @throws Problem as `act`, `abstract-state-conflict` */
export function discuss(ports: Ports, request: ActionRequest<{ readonly text: string }>): Done {
  const { text } = request.body;
  return act(ports, request, 'discussAbstract', (abstract, { by, now }) => {
    const isReviewer = abstract.assigned.some(({ subject }) => subject === by.actor);
    const said = { by: isReviewer ? ('reviewer' as const) : ('organiser' as const), text, at: now.toISOString() };
    return { next: mustStep(abstract, 'discuss', now, { by, discussion: [...abstract.discussion, said] }) };
  });
}

/** @throws Problem as `act`, `reviews-missing`, `abstract-state-conflict` */
export function accept(ports: Ports, request: ActionRequest): Done {
  return act(ports, request, 'acceptAbstract', async (abstract, deed) => ({
    next: accepted(abstract, await eventOf(ports, abstract), deed),
  }));
}

/** @throws Problem as `act`, `abstract-state-conflict` */
export function reject(
  ports: Ports,
  request: ActionRequest<{ readonly reason?: NonNullable<Abstract['decisionReason']> | undefined }>,
): Done {
  const { reason } = request.body;
  return act(ports, request, 'rejectAbstract', (abstract, { by, now }) => ({
    next: mustStep(abstract, 'reject', now, { by, ...(reason === undefined ? {} : { decisionReason: reason }) }),
  }));
}

/** Its place in a session is free then. @throws Problem as `act`, `abstract-state-conflict` */
export function withdraw(ports: Ports, request: ActionRequest): Done {
  return act(ports, request, 'withdrawAbstract', async (abstract, deed) => {
    const { sessionId: _, ...left } = abstract;
    return {
      next: mustStep(left, 'withdraw', deed.now, { by: deed.by }),
      sessions: await vacated(ports, abstract, deed),
    };
  });
}

/** It has one place: that in another session is free then. @throws Problem as `act`, `abstract-state-conflict`, `not-found` for a session that there is not */
export function place(ports: Ports, request: ActionRequest<{ readonly sessionId: string }>): Done {
  const { sessionId } = request.body;
  return act(ports, request, 'placeAbstract', async (abstract, deed) => {
    const session = await ports.sessions.get(sessionId);
    if (session?.eventId !== abstract.eventId || session.status === 'cancelled') throw notFound();
    const next = mustStep(abstract, 'place', deed.now, { by: deed.by, sessionId });
    if (abstract.sessionId === sessionId) return { next };
    const joined = withAbstracts(session, [...session.abstracts, abstract.id], deed);
    return { next, sessions: [joined, ...(await vacated(ports, abstract, deed))] };
  });
}

/** The session in which an abstract has its place, without it. */
async function vacated({ sessions }: Ports, { id, sessionId }: Abstract, deed: Deed): Promise<Session[]> {
  const session = sessionId === undefined ? undefined : await sessions.get(sessionId);
  if (session === undefined) return [];
  return [
    withAbstracts(
      session,
      session.abstracts.filter((each) => each !== id),
      deed,
    ),
  ];
}

/** Calendars need not hear of it. */
function withAbstracts(session: Session, abstracts: string[], { by, now }: Deed): Session {
  return { ...session, abstracts, version: session.version + 1, updatedAt: now.toISOString(), by };
}

async function eventOf({ events }: Ports, { eventId }: Abstract): Promise<Event> {
  const event = await events.get(eventId);
  if (event === undefined) throw new Error('An abstract has no event');
  return event;
}
