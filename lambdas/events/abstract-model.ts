import type { Agent, Deed, Versioned } from '../shared/auth/agent.ts';
import { momentOf } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import { AlreadyReviewed, MustRecuse, ReviewsMissing } from '../shared/meeting-errors.ts';
import type {
  AbstractBody,
  AbstractChange,
  AbstractRepresentation,
  AbstractStatus,
  ReviewerRepresentation,
} from './abstract-contract.ts';
import type { Author, Call } from './abstract-contract-parts.ts';
import { AbstractStateConflict, AbstractTooLong, CallClosed, CallMismatch } from './abstract-errors.ts';
import type { Event } from './event-model.ts';

/** Abstracts as the Hub keeps them, and every decision about them. Pure. */

export interface Reviewer extends ReviewerRepresentation {
  /** Opaque id of the person. */
  readonly subject: string;
}

/** Who is to review it: the opaque id of the person, and of which institution they are. */
export interface Assignment {
  readonly subject: string;
  readonly institutionId: string;
}

type Shown = 'institutionId' | 'authors' | 'reviews' | 'discussion' | 'reviewersAssigned';

export interface Abstract extends Omit<AbstractRepresentation, Shown>, Versioned {
  readonly institutionId: string;
  readonly authors: readonly Author[];
  readonly assigned: readonly Assignment[];
  readonly reviews: readonly {
    readonly reviewer: string;
    readonly score: number;
    readonly comment?: string;
    readonly at: string;
  }[];
  readonly discussion: readonly {
    readonly by: 'organiser' | 'reviewer';
    readonly text: string;
    readonly at: string;
  }[];
}

const JUDGED = ['submitted', 'under-review'] as const;

export const TRANSITIONS = {
  change: { from: ['submitted'], to: 'submitted' },
  assign: { from: JUDGED, to: 'under-review' },
  review: { from: ['under-review'], to: 'under-review' },
  discuss: { from: [...JUDGED, 'accepted', 'rejected'], to: 'same' },
  accept: { from: ['under-review'], to: 'accepted' },
  reject: { from: JUDGED, to: 'rejected' },
  withdraw: { from: [...JUDGED, 'accepted'], to: 'withdrawn' },
  place: { from: ['accepted'], to: 'accepted' },
} as const satisfies Record<string, { readonly from: readonly AbstractStatus[]; readonly to: AbstractStatus | 'same' }>;
export type Action = keyof typeof TRANSITIONS;

/** What changes beside what follows from the action. */
export type Change = Partial<Abstract> & { readonly by: Agent };

/** @throws Problem `abstract-state-conflict` */
export function mustStep(abstract: Abstract, action: Action, now: Date, change: Change): Abstract {
  const { from, to } = TRANSITIONS[action];
  const { status, version } = abstract;
  if (!from.some((each) => each === status)) {
    const allowedFrom = from;
    throw new Problem(AbstractStateConflict, `The abstract is ${status}.`, { abstractStatus: status, allowedFrom });
  }
  return {
    ...abstract,
    ...change,
    status: to === 'same' ? status : to,
    version: version + 1,
    updatedAt: now.toISOString(),
  };
}

/** @throws Problem `call-closed` */
export function requireOpenCall({ call, timeZone }: Event, now: Date): Call {
  const isOpen = call !== undefined && momentOf(call.opens, timeZone) <= now && now < momentOf(call.closes, timeZone);
  if (isOpen) return call;
  throw new Problem(CallClosed, 'The event takes no abstracts now.', {
    ...(call === undefined ? {} : { call: { opens: call.opens, closes: call.closes } }),
    timeZone,
  });
}

/** Whether reviewers are assigned: once nothing is submitted or changed any more. */
export function isCallOver({ call, timeZone }: Event, now: Date): boolean {
  return call !== undefined && momentOf(call.closes, timeZone) <= now;
}

/** @throws Problem `abstract-too-long`, `call-mismatch` */
function requireFit(
  { text, type, topic, authors }: Abstract,
  { maxCharacters, maxAuthors, types, topics }: Call,
): void {
  const tooMany = (pointer: string, given: number, most: number): Problem =>
    new Problem(AbstractTooLong, `The field has ${String(given)}, and may have ${String(most)}.`, {
      errors: [{ pointer, message: `must have ${String(most)} at most` }],
      ...{ given, most },
    });
  const characters = Array.from(text).length;
  if (characters > maxCharacters) throw tooMany('/text', characters, maxCharacters);
  if (authors.length > maxAuthors) throw tooMany('/authors', authors.length, maxAuthors);
  if (!types.includes(type)) throw mismatch('/type', 'must be a type of the call');
  requireTopics(topics, [topic], '/topic');
}

const mismatch = (pointer: string, message: string): Problem =>
  new Problem(CallMismatch, `The field ${message}.`, { errors: [{ pointer, message }] });

/** @throws Problem `call-mismatch` */
export function requireTopics(topics: Call['topics'], named: readonly string[], pointer: string): void {
  if (named.some((each) => !topics.some(({ id }) => id === each)))
    throw mismatch(pointer, 'must be of the call’s topics');
}

/** @throws Problem `call-closed`, `abstract-too-long`, `call-mismatch` */
export function newAbstract(id: string, event: Event, body: AbstractBody, { by, institutionId, now }: Deed): Abstract {
  const call = requireOpenCall(event, now);
  const { consent: _, ...said } = body;
  const at = now.toISOString();
  const abstract: Abstract = {
    ...{ id, eventId: event.id, organiserId: event.organiserId, institutionId, ...said, status: 'submitted' },
    ...{ assigned: [], reviews: [], discussion: [], createdAt: at, updatedAt: at, version: 1, by },
  };
  requireFit(abstract, call);
  return abstract;
}

/** @throws Problem `abstract-state-conflict`, `call-closed`, `abstract-too-long`, `call-mismatch` */
export function changedAbstract(abstract: Abstract, event: Event, change: AbstractChange, { by, now }: Deed): Abstract {
  const next = mustStep(abstract, 'change', now, { ...change, by });
  requireFit(next, requireOpenCall(event, now));
  return next;
}

/** The institutions that an abstract is from: whoever is of one of them does not judge it. */
export function institutionsOf({ institutionId, authors }: Pick<Abstract, 'institutionId' | 'authors'>): Set<string> {
  return new Set([institutionId, ...authors.flatMap(({ affiliation }) => affiliation.institutionId ?? [])]);
}

/** @throws Problem `already-reviewed`, `must-recuse`, `abstract-state-conflict` */
export function reviewed(
  abstract: Abstract,
  { score, comment }: { readonly score: number; readonly comment?: string | undefined },
  { by, institutionId, now }: Deed,
): Abstract {
  if (institutionsOf(abstract).has(institutionId))
    throw new Problem(MustRecuse, 'The abstract is from your own institution.');
  if (abstract.reviews.some(({ reviewer }) => reviewer === by.actor)) {
    throw new Problem(AlreadyReviewed, 'You have reviewed this abstract.');
  }
  const review = { reviewer: by.actor, score, ...(comment === undefined ? {} : { comment }), at: now.toISOString() };
  return mustStep(abstract, 'review', now, { by, reviews: [...abstract.reviews, review] });
}

/** @throws Problem `reviews-missing`, `abstract-state-conflict` */
export function accepted(abstract: Abstract, { call }: Event, { by, now }: Deed): Abstract {
  const next = mustStep(abstract, 'accept', now, { by });
  const [needed, given] = [call?.reviewsPerAbstract ?? 0, abstract.reviews.length];
  if (given >= needed) return next;
  throw new Problem(ReviewsMissing, `The call asks for ${String(needed)} reviews.`, { needed, given });
}

/**
 * Who else is to review an abstract: of those who know its topic, are of none of its institutions and have room, those who
 * have the fewest to review.
 * @param loads how many each has, by subject
 */
export function reviewersFor(
  abstract: Abstract,
  reviewers: readonly Reviewer[],
  loads: ReadonlyMap<string, number>,
  needed: number,
): Assignment[] {
  const own = institutionsOf(abstract);
  const loadOf = ({ subject }: Reviewer): number => loads.get(subject) ?? 0;
  return reviewers
    .filter(({ topics, institutionId }) => topics.includes(abstract.topic) && !own.has(institutionId))
    .filter((reviewer) => loadOf(reviewer) < reviewer.most)
    .filter(({ subject }) => !abstract.assigned.some((each) => each.subject === subject))
    .toSorted((a, b) => loadOf(a) - loadOf(b) || (a.id < b.id ? -1 : 1))
    .slice(0, Math.max(0, needed - abstract.assigned.length))
    .map(({ subject, institutionId }) => ({ subject, institutionId }));
}

/** Who an abstract is shown to. */
export type Viewer =
  | { readonly is: 'host' }
  | { readonly is: 'applicant' }
  | { readonly is: 'reviewer'; readonly subject: string };

/** Reviewers do not see whose it is; authors do not see who says what of it. */
export function showAbstract(abstract: Abstract, viewer: Viewer): AbstractRepresentation {
  const { version: _, by: __, assigned, reviews, discussion, authors, institutionId, ...shown } = abstract;
  const plain = { ...shown, reviewersAssigned: assigned.length };
  const without = (all: Abstract['reviews']) => all.map(({ reviewer: ___, ...review }) => review);
  if (viewer.is === 'applicant') return { ...plain, institutionId, authors: [...authors] };
  if (viewer.is === 'host') {
    return { ...plain, institutionId, authors: [...authors], reviews: without(reviews), discussion: [...discussion] };
  }
  const own = reviews.filter(({ reviewer }) => reviewer === viewer.subject);
  return { ...plain, reviews: without(own), discussion: [...discussion] };
}
