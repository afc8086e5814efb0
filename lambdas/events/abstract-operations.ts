import { notFound, type Permission } from '../shared/auth/access.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { creationOf } from '../shared/http/creation.ts';
import { deedOf, type Outcome, once } from '../shared/http/once.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { bookOf } from './abstract-book.ts';
import type { AbstractBody, ReviewerBody } from './abstract-contract.ts';
import { CallClosed, ReviewerExists } from './abstract-errors.ts';
import { type Abstract, newAbstract, type Reviewer, requireTopics, type Viewer } from './abstract-model.ts';
import { type Event, eventConflict, relationsTo, requireNotOver } from './event-model.ts';
import { getEvent } from './event-operations.ts';
import type { ListPorts, Ports } from './ports.ts';

/** Submitting and reading abstracts, and appointing who judges them. What becomes of them is in `abstract-actions.ts`. */

/** An abstract, and to whom it is shown. */
export interface SeenAbstract {
  readonly abstract: Abstract;
  readonly viewer: Viewer;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getAbstract(ports: Ports, permission: Permission, abstractId: string): Promise<SeenAbstract> {
  const abstract = await ports.abstracts.get(abstractId);
  const event = abstract && (await ports.events.get(abstract.eventId));
  if (abstract === undefined || event === undefined) throw notFound();
  const { institutionId, subject } = permission.caller;
  const isAssigned = abstract.assigned.some((each) => each.subject === subject);
  const isHost = relationsTo(event, institutionId).includes('host');
  const isApplicant = abstract.institutionId === institutionId;
  permission.require(
    ...(isHost ? (['host'] as const) : []),
    ...(isApplicant ? (['applicant'] as const) : []),
    ...(isAssigned ? (['reviewer'] as const) : []),
    ...(isHost || isApplicant || isAssigned ? [] : (['none'] as const)),
  );
  return { abstract, viewer: viewerOf(abstract, event, permission) };
}

/** As whom a caller who may see an abstract sees it. */
function viewerOf(
  { assigned, institutionId: theirs }: Abstract,
  event: Event,
  { caller: { institutionId, subject, roles } }: Permission,
): Viewer {
  const isHost = relationsTo(event, institutionId).includes('host');
  const isAssigned = assigned.some((each) => each.subject === subject);
  // Whoever reviews at the organiser's, and does not organise, judges without knowing whose it is, too.
  if (isAssigned && !(isHost && roles.includes('coordinator'))) return { is: 'reviewer', subject };
  return theirs === institutionId && !isHost ? { is: 'applicant' } : { is: 'host' };
}

export interface AbstractCreation {
  readonly permission: Permission;
  readonly eventId: string;
  readonly body: AbstractBody;
  readonly idempotencyKey: string;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `event-state-conflict`, `call-closed`, `abstract-too-long`, `call-mismatch`,
 *   `institution-not-active`, `idempotency-key-reused`, `busy`
 */
export async function submitAbstract(ports: Ports, request: AbstractCreation): Promise<Outcome<Abstract>> {
  const { permission, eventId, body } = request;
  await getEvent(ports, permission, eventId);
  const remembered = creationOf(ports, request, ['createAbstract', eventId], '');
  const id = deriveId(eventId, remembered.request);
  return once(permission, {
    what: 'event',
    creation: () => ({ ...remembered, resourceId: id }),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: async () => {
      const abstract = await ports.abstracts.get(id);
      if (abstract === undefined) throw notFound();
      return abstract;
    },
    write: async (creation) => {
      const event = await getEvent(ports, permission, eventId);
      requireNotOver(event, ports.now());
      if (event.status === 'draft') throw eventConflict('draft');
      const value = newAbstract(id, event, body, deedOf(ports, permission));
      return { value, outcome: await ports.abstracts.create(creation, value) };
    },
  });
}

/** All for the organisers, their own for others, or those that the caller is to review. @throws Problem `not-found`, `invalid-cursor` */
export async function listAbstracts(
  ports: ListPorts,
  request: PageRequest,
  eventId: string,
  assigned: boolean,
): Promise<Page<SeenAbstract>> {
  const { permission, limit, cursor } = request;
  const { institutionId, subject, roles } = permission.caller;
  const event = await getEvent(ports, permission, eventId);
  const organises = relationsTo(event, institutionId).includes('host');
  const seesAll = organises || roles.some((role) => role === 'hub-admin' || role === 'auditor');
  if (assigned || !seesAll) {
    const page = await pageOfIds(
      ports,
      `abstracts:${eventId}:${assigned ? subject : institutionId}`,
      request,
      (most, after) =>
        assigned
          ? ports.abstracts.listAssigned(subject, eventId, most, after)
          : ports.abstracts.listBy(institutionId, eventId, most, after),
      (id) => ports.abstracts.get(id),
    );
    const viewer: Viewer = assigned ? { is: 'reviewer', subject } : { is: 'applicant' };
    return { ...page, items: page.items.map((abstract) => ({ abstract, viewer })) };
  }
  const list = `abstracts:${eventId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { abstracts, next } = await ports.abstracts.listOf(eventId, limit, after);
  return {
    items: abstracts.map((abstract) => ({ abstract, viewer: viewerOf(abstract, event, permission) })),
    next: next === undefined ? undefined : ports.cursors.write(list, next),
  };
}

/** The accepted abstracts of an event as a page. @throws Problem `not-found`, `role-not-permitted` */
export async function getBook(ports: Ports, permission: Permission, eventId: string): Promise<string> {
  const event = await getEvent(ports, permission, eventId);
  const abstracts = await ports.abstracts.allOf(eventId);
  return bookOf(
    event,
    abstracts.filter(({ status }) => status === 'accepted'),
  );
}

export interface ReviewerCreation {
  readonly permission: Permission;
  readonly eventId: string;
  readonly body: ReviewerBody;
  readonly idempotencyKey: string;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `event-state-conflict`, `call-mismatch`, `reviewer-exists`,
 *   `named-institution-not-active`, `idempotency-key-reused`, `busy`
 */
export async function appointReviewer(ports: Ports, request: ReviewerCreation): Promise<Outcome<Reviewer>> {
  const { permission, eventId, body } = request;
  await getEvent(ports, permission, eventId);
  const remembered = creationOf(ports, request, ['appointReviewer', eventId], '');
  const id = deriveId(eventId, remembered.request);
  return once(permission, {
    what: 'event',
    creation: () => ({ ...remembered, resourceId: id }),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: async () => {
      const reviewer = await ports.abstracts.getReviewer(eventId, body.subject);
      if (reviewer === undefined) throw notFound();
      return reviewer;
    },
    write: async (creation) => {
      const event = await getEvent(ports, permission, eventId);
      requireNotOver(event, ports.now());
      if (event.call === undefined)
        throw new Problem(CallClosed, 'The event has no call.', { timeZone: event.timeZone });
      requireTopics(event.call.topics, body.topics, '/topics');
      const known = await ports.abstracts.getReviewer(eventId, body.subject);
      if (known !== undefined) throw new Problem(ReviewerExists, 'They review already.', { reviewerId: known.id });
      const value = { id, eventId, ...body, createdAt: ports.now().toISOString() };
      return { value, outcome: await ports.abstracts.appoint(creation, value) };
    },
  });
}

/** @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listReviewers(ports: ListPorts, request: PageRequest, eventId: string): Promise<Page<Reviewer>> {
  const { permission, limit, cursor } = request;
  await getEvent(ports, permission, eventId);
  const list = `reviewers:${eventId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { reviewers, next } = await ports.abstracts.listReviewers(eventId, limit, after);
  return { items: reviewers, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}
