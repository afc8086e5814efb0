import type { Agent, Deed, Versioned } from '../shared/auth/agent.ts';
import type { HolderState } from '../shared/capacity/holder.ts';
import type { Place } from '../shared/capacity/place.ts';
import { hasBegun } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import { AlreadyReviewed, MustRecuse, ReviewsMissing } from '../shared/meeting-errors.ts';
import type { ApplicationRepresentation, ApplicationStatus } from './application-contract.ts';
import { type Cohort, daysOf } from './cohort-model.ts';
import {
  ApplicationStateConflict,
  AttendanceOutsideDates,
  AttendanceTooEarly,
  CompletionRuleNotMet,
  ConfirmationLate,
} from './errors.ts';
import type { Programme } from './programme-model.ts';

/** Applications as the Hub keeps them, and every decision about them. Pure. */

/** A review with the reviewer's opaque id, so that nobody gives two. */
type Review = NonNullable<ApplicationRepresentation['reviews']>[number] & { readonly reviewer: string };

export interface Application extends Omit<ApplicationRepresentation, 'reviews' | 'position'>, Versioned {
  readonly reviews: readonly Review[];
  /** When it was given a seat, in seconds since 1970. Absent before. */
  readonly acceptedAt?: number;
  /** The segment of the cohort's account its seat is in, or was. Absent before it was given one. */
  readonly segment?: number;
}

interface Transition {
  readonly from: readonly ApplicationStatus[];
  readonly to: ApplicationStatus | 'same';
}

const UNDECIDED = ['submitted', 'under-review'] as const;
const LIVE = [...UNDECIDED, 'waitlisted', 'accepted', 'confirmed'] as const;

export const TRANSITIONS = {
  review: { from: UNDECIDED, to: 'under-review' },
  accept: { from: UNDECIDED, to: 'waitlisted' },
  offer: { from: ['waitlisted'], to: 'accepted' },
  decline: { from: [...UNDECIDED, 'waitlisted'], to: 'declined' },
  confirm: { from: ['accepted'], to: 'confirmed' },
  lapse: { from: ['accepted'], to: 'lapsed' },
  withdraw: { from: LIVE, to: 'withdrawn' },
  cancel: { from: LIVE, to: 'cancelled' },
  attend: { from: ['confirmed'], to: 'same' },
  complete: { from: ['confirmed'], to: 'completed' },
  name: { from: ['confirmed', 'completed'], to: 'same' },
  erase: { from: [...LIVE, 'completed', 'declined', 'lapsed', 'withdrawn', 'cancelled'], to: 'same' },
} as const satisfies Record<string, Transition>;
export type Action = keyof typeof TRANSITIONS;

/** Whether something can still become of it. */
export function isLive({ status }: Pick<Application, 'status'>): boolean {
  return LIVE.some((each) => each === status);
}

/** Whether the nominee is, or was, expected on the days of the cohort. */
export function isPresent({ status }: Pick<Application, 'status'>): boolean {
  return status === 'confirmed' || status === 'completed';
}

/** Whether the nominee can be applied for again. */
export function isGivenUp({ status }: Pick<Application, 'status'>): boolean {
  return status === 'withdrawn' || status === 'lapsed';
}

/** What is done to one of a group is done to all, as long as they are in one of these. */
export function actsWithGroup({ status, group }: Application): boolean {
  return group !== undefined && isLive({ status }) && status !== 'confirmed';
}

/** A seat that was not confirmed is dead from `confirmBy` on, whoever looks. */
export function isExpired({ status, confirmBy = '' }: Application, now: Date): boolean {
  return status === 'accepted' && confirmBy <= now.toISOString();
}

/** What is known of whoever is applied for. */
type Wanted = Pick<Application, 'id' | 'institutionId' | 'nominee' | 'motivation' | 'documents' | 'group'>;

export function newApplication({ id: cohortId, programmeId, hostId }: Cohort, wanted: Wanted, by: Agent, now: Date) {
  const at = now.toISOString();
  return {
    ...{ ...wanted, cohortId, programmeId, hostId, status: 'submitted', reviews: [], attendance: {}, named: false },
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  } satisfies Application;
}

/** What changes beside what follows from the action. */
export type Change = Partial<Application> & { readonly by: Agent };

/** A step; `undefined` where the status does not allow it. `lapse` is for what is over, the others for all else. */
export function step(application: Application, action: Action, now: Date, change: Change): Application | undefined {
  const { from, to }: Transition = TRANSITIONS[action];
  const { status } = application;
  if (!from.includes(status)) return undefined;
  if (isExpired(application, now) !== (action === 'lapse') && action !== 'cancel' && action !== 'erase')
    return undefined;
  return {
    ...application,
    ...change,
    status: to === 'same' ? status : to,
    version: application.version + 1,
    updatedAt: now.toISOString(),
  };
}

/** The same for who asks for it. @throws Problem `application-state-conflict`, `confirmation-late` */
export function mustStep(application: Application, action: Action, now: Date, change: Change): Application {
  const next = step(application, action, now, change);
  if (next !== undefined) return next;
  const { status, confirmBy } = statusAt(application, now);
  if (action === 'confirm' && status === 'lapsed') {
    throw new Problem(ConfirmationLate, 'The time to confirm is over.', { confirmBy });
  }
  const allowedFrom = TRANSITIONS[action].from;
  throw new Problem(ApplicationStateConflict, `The application is ${status}.`, {
    applicationStatus: status,
    allowedFrom,
  });
}

/** @throws Problem `must-recuse`, `already-reviewed`, `application-state-conflict` */
export function reviewed(application: Application, score: number, { by, institutionId, now }: Deed): Application {
  if (application.institutionId === institutionId) {
    throw new Problem(MustRecuse, 'The nominee is of your own institution.');
  }
  if (application.reviews.some(({ reviewer }) => reviewer === by.actor)) {
    throw new Problem(AlreadyReviewed, 'You have reviewed this application.');
  }
  const review = { reviewer: by.actor, institutionId, score, at: now.toISOString() };
  return mustStep(application, 'review', now, { by, reviews: [...application.reviews, review] });
}

/** Puts it into the line. @throws Problem `reviews-missing`, `application-state-conflict` */
export function accepted(application: Application, { reviewsNeeded }: Programme, { by, now }: Deed): Application {
  const next = mustStep(application, 'accept', now, { by, waitingSince: now.toISOString() });
  const given = application.reviews.length;
  if (given >= reviewsNeeded) return next;
  throw new Problem(ReviewsMissing, `The programme asks for ${String(reviewsNeeded)} reviews.`, {
    needed: reviewsNeeded,
    given,
  });
}

/** The order of the line: the highest mean of the scores, then who was accepted first; equals are ordered by id. */
function rankOf({ reviews, waitingSince = '' }: Application): string {
  const sum = reviews.reduce((total, { score }) => total + score, 0);
  const mean = reviews.length === 0 ? 0 : Math.round((sum / reviews.length) * 100);
  return `${String(10_000 - mean).padStart(5, '0')}#${waitingSince}`;
}

/** Its place in line; `undefined` when it does not wait, or waits in that of the first of its group. */
export function placeOf(application: Application): Place | undefined {
  const { id, status, institutionId, group = [id] } = application;
  if (status !== 'waitlisted' || group[0] !== id) return undefined;
  const place = { id, rank: rankOf(application), reserve: institutionId };
  return group.length === 1 ? place : { ...place, units: group.length };
}

/** The state its seat is in; `undefined` when it has none. */
export function unitState({ status }: Application): HolderState | undefined {
  switch (status) {
    case 'accepted':
      return 'held';
    case 'confirmed':
      return 'confirmed';
    case 'completed':
      return 'fulfilled';
    default:
      return undefined;
  }
}

/** @throws Problem `attendance-outside-dates`, `attendance-too-early`, `application-state-conflict` */
export function attended(
  application: Application,
  cohort: Cohort,
  { date, presence }: { readonly date: string; readonly presence: Application['attendance'][string] },
  { by, now }: Deed,
): Application {
  if (!daysOf(cohort).includes(date)) throw new Problem(AttendanceOutsideDates, `The cohort has no day ${date}.`);
  if (!hasBegun(date, cohort.timeZone, now)) throw new Problem(AttendanceTooEarly, `The day ${date} has not begun.`);
  return mustStep(application, 'attend', now, { by, attendance: { ...application.attendance, [date]: presence } });
}

/** @throws Problem `completion-rule-not-met`, `application-state-conflict` */
export function completed(
  application: Application,
  cohort: Cohort,
  { completion: { attendancePercent, assessment } }: Programme,
  assessmentPassed: boolean,
  { by, now }: Deed,
): Application {
  const next = mustStep(application, 'complete', now, { by });
  const days = daysOf(cohort);
  const present = days.filter((day) => application.attendance[day] === 'present').length;
  const needed = Math.ceil((attendancePercent * days.length) / 100);
  const isAtEnd = hasBegun(cohort.dates.to, cohort.timeZone, now);
  if (isAtEnd && present >= needed && (assessmentPassed || !assessment)) return next;
  throw new Problem(CompletionRuleNotMet, 'The rule of completion is not met.', {
    ...{ attended: present, days: days.length, needed },
    ...(assessment ? { assessmentPassed } : {}),
  });
}

/** Without what somebody could be known by beside the pseudonym. */
export function erased(application: Application, { by, now }: Deed): Application {
  const { motivation: _, ...kept } = application;
  return mustStep(kept, 'erase', now, { by, named: false });
}

/** As of now: a seat is over as soon as its time is up, though nobody has written it yet. */
function statusAt(application: Application, now: Date): Application {
  return isExpired(application, now) ? { ...application, status: 'lapsed' } : application;
}

/** @param seesReviews whether it is shown to who decides @param position in line, where it was looked up */
export function showApplication(
  application: Application,
  now: Date,
  seesReviews: boolean,
  position?: number,
): ApplicationRepresentation {
  const {
    version: _,
    by: __,
    segment: ___,
    acceptedAt: ____,
    reviews,
    confirmBy,
    ...shown
  } = statusAt(application, now);
  const timed = confirmBy !== undefined && (shown.status === 'accepted' || shown.status === 'lapsed');
  return {
    ...shown,
    ...(timed ? { confirmBy } : {}),
    ...(position === undefined ? {} : { position }),
    ...(seesReviews ? { reviews: reviews.map(({ reviewer: _____, ...review }) => review) } : {}),
  };
}
