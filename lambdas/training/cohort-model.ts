import type { Deed, Versioned } from '../shared/auth/agent.ts';
import { type Account, isQueued, type ReserveByName, totals } from '../shared/capacity/account.ts';
import { endOf, hasBegun, isOver } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import { InvitationMissing, NotInvited } from '../shared/meeting-errors.ts';
import { impossible } from '../shared/meetings.ts';
import type { CohortBody, CohortChange, CohortRepresentation, CohortStatus } from './cohort-contract.ts';
import { ApplicationWindowClosed, CohortStateConflict, SeatsDoNotAddUp } from './errors.ts';
import { type Programme, programmeConflict } from './programme-model.ts';

/** Cohorts as the Hub keeps them, and every decision about them. Pure. */

type Derived = 'status' | 'balance' | 'waitlist' | 'minimumReached';

export interface Cohort extends Omit<CohortRepresentation, Derived>, Versioned {
  /** What its host has said; what follows from the days is `statusAt`. */
  readonly status: 'draft' | 'published' | 'cancelled';
}

/** A cohort with the account that says who has a seat. */
export interface CohortWithAccount {
  readonly cohort: Cohort;
  readonly account: Account;
}

const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 24 * 60;
/** A fellowship of two years is the longest there is. */
const LONGEST = 2 * 366;

type Dated = Pick<Cohort, 'dates' | 'days' | 'applications' | 'seats' | 'agenda'>;

/** @throws Problem `impossible-dates` */
function requirePossibleDates({ dates, days = [], applications, seats: { kept }, agenda }: Dated): void {
  if (dates.to < dates.from) throw impossible('/dates/to', 'must not be before from');
  if (Date.parse(dates.to) - Date.parse(dates.from) > LONGEST * DAY_MS) {
    throw impossible('/dates/to', 'must be within two years');
  }
  const isOutside = (day: string): boolean => day < dates.from || day > dates.to;
  if (days.some(isOutside)) throw impossible('/days', 'must lie within dates');
  const stray = agenda.findIndex(({ date }) => isOutside(date));
  if (stray >= 0) throw impossible(`/agenda/${String(stray)}/date`, 'must lie within dates');
  if (applications.to < applications.from) throw impossible('/applications/to', 'must not be before from');
  if (applications.to > dates.from) throw impossible('/applications/to', 'must not be after the first day');
  const late = kept.findIndex(({ releaseDate }) => releaseDate > dates.from);
  if (late >= 0) throw impossible(`/seats/kept/${String(late)}/releaseDate`, 'must not be after the first day');
}

/** What is said anew must not be over. @throws Problem `impossible-dates` */
function requireAhead(
  { dates, applications }: Pick<CohortChange, 'dates' | 'applications'>,
  timeZone: string,
  now: Date,
): void {
  if (dates !== undefined && isOver(dates.from, timeZone, now)) throw impossible('/dates/from', 'must not be over');
  if (applications !== undefined && isOver(applications.to, timeZone, now)) {
    throw impossible('/applications/to', 'must not be over');
  }
}

/** @throws Problem `seats-do-not-add-up` */
function requireSum({ minimum, total, kept }: Cohort['seats']): void {
  const refuse = (pointer: string, message: string): Problem =>
    new Problem(SeatsDoNotAddUp, `The field ${message}.`, { errors: [{ pointer, message }] });
  if (minimum > total) throw refuse('/seats/minimum', 'must not be more than the total');
  if (new Set(kept.map(({ institutionId }) => institutionId)).size < kept.length) {
    throw refuse('/seats/kept', 'must name each institution once');
  }
  if (kept.reduce((sum, { seats }) => sum + seats, 0) > total) {
    throw refuse('/seats/kept', 'must not be more than the total');
  }
}

/** @throws Problem `programme-state-conflict`, `impossible-dates`, `seats-do-not-add-up` */
export function newCohort(id: string, programme: Programme, body: CohortBody, { by, now }: Deed): Cohort {
  if (programme.status === 'retired') throw programmeConflict(programme);
  requireAhead(body, body.timeZone, now);
  requirePossibleDates(body);
  requireSum(body.seats);
  const at = now.toISOString();
  return {
    ...{ id, programmeId: programme.id, hostId: programme.hostId, ...body, status: 'draft' },
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
}

/**
 * A cohort as its host changes it: until it begins, and cancels it until it is completed. From its first day on its results
 * are written.
 * @throws Problem `cohort-state-conflict`, `programme-state-conflict`, `invitation-missing`, `impossible-dates`,
 *   `seats-do-not-add-up`
 */
export function changedCohort(cohort: Cohort, programme: Programme, change: CohortChange, { by, now }: Deed): Cohort {
  const { status, cancellationReason, results, ...said } = change;
  const is = statusAt(cohort, now);
  const cancels = status === 'cancelled';
  const isUnderWay = is === 'running' || is === 'completed';
  const refused =
    is === 'cancelled' ||
    (is === 'completed' && cancels) ||
    isUnderWay !== (results !== undefined || (is === 'running' && cancels)) ||
    (isUnderWay && Object.keys(said).length > 0) ||
    (status === 'published' && is !== 'draft') ||
    (cancellationReason !== undefined && !cancels);
  if (refused) throw new Problem(CohortStateConflict, `The cohort is ${is}.`, { cohortStatus: is });
  if (status === 'published' && programme.status !== 'published') throw programmeConflict(programme);
  const next: Cohort = { ...cohort, ...change, version: cohort.version + 1, updatedAt: now.toISOString(), by };
  // What it was planned by has been judged before.
  if (isUnderWay) return next;
  if (next.status === 'published' && programme.kind === 'expert-visit' && next.invited.length === 0) {
    throw new Problem(InvitationMissing, 'Nobody is invited.');
  }
  requireAhead(status === 'published' ? next : said, cohort.timeZone, now);
  requirePossibleDates(next);
  requireSum(next.seats);
  return next;
}

/** What it is today, in its host's time zone. */
export function statusAt({ status, dates, applications, timeZone }: Cohort, now: Date): CohortStatus {
  if (status !== 'published') return status;
  if (isOver(dates.to, timeZone, now)) return 'completed';
  if (hasBegun(dates.from, timeZone, now)) return 'running';
  if (isOver(applications.to, timeZone, now)) return 'closed';
  return hasBegun(applications.from, timeZone, now) ? 'open' : 'published';
}

/** @throws Problem `application-window-closed` */
export function requireWindow({ status, applications, timeZone }: Cohort, now: Date): void {
  const isOpen = hasBegun(applications.from, timeZone, now) && !isOver(applications.to, timeZone, now);
  if (status === 'published' && isOpen) return;
  throw new Problem(ApplicationWindowClosed, 'Applications are not taken today.', { applications, timeZone });
}

/** @throws Problem `not-invited` */
export function requireInvitation({ invited }: Cohort, institutionId: string): void {
  if (invited.length === 0 || invited.includes(institutionId)) return;
  throw new Problem(NotInvited, 'Your institution is not invited.', { invited });
}

/** Seats are given until the first day is over. */
export function givesSeats({ status, dates, timeZone }: Cohort, now: Date): boolean {
  return status === 'published' && !isOver(dates.from, timeZone, now);
}

/** @throws Problem `cohort-state-conflict` */
export function requireSeatsGiven(cohort: Cohort, now: Date): void {
  if (givesSeats(cohort, now)) return;
  const is = statusAt(cohort, now);
  throw new Problem(CohortStateConflict, `The cohort is ${is}.`, { cohortStatus: is });
}

/** Institutions that a cohort names, which have to be partners. */
export function namedIn({ seats: { kept }, invited }: Pick<Cohort, 'seats' | 'invited'>): ReadonlySet<string> {
  return new Set([...kept.map(({ institutionId }) => institutionId), ...invited]);
}

/** Which seats an institution may have: its own, and those of others that are released. */
export function reserveFor({ seats, timeZone }: Cohort, institutionId: string, now: Date): ReserveByName {
  const released = seats.kept.filter(({ releaseDate }) => hasBegun(releaseDate, timeZone, now));
  return { own: institutionId, released: released.map((kept) => kept.institutionId) };
}

/** How many seats are kept for whom. */
export function keptSeats({ seats: { kept } }: Pick<Cohort, 'seats'>): ReadonlyMap<string, number> {
  return new Map(kept.map(({ institutionId, seats }) => [institutionId, seats]));
}

/** For how many minutes a seat is held that is given now: no longer than the first day lasts. */
export function minutesToConfirm({ confirmWithinDays, dates, timeZone }: Cohort, now: Date): number {
  const left = Math.floor((endOf(dates.from, timeZone).getTime() - now.getTime()) / 60_000);
  return Math.max(1, Math.min(confirmWithinDays * MINUTES_A_DAY, left));
}

/** The days on which attendance counts. */
export function daysOf({ dates, days }: Pick<Cohort, 'dates' | 'days'>): readonly string[] {
  if (days !== undefined && days.length > 0) return days;
  const length = (Date.parse(dates.to) - Date.parse(dates.from)) / DAY_MS + 1;
  const dayAt = (index: number): string => new Date(Date.parse(dates.from) + index * DAY_MS).toISOString().slice(0, 10);
  return Array.from({ length }, (_, index) => dayAt(index));
}

export function showCohort({ cohort, account }: CohortWithAccount, now: Date): CohortRepresentation {
  const { version: _, by: __, ...shown } = cohort;
  const { held, confirmed, fulfilled, available } = totals(account);
  return {
    ...shown,
    status: statusAt(cohort, now),
    balance: { accepted: held, confirmed, completed: fulfilled, free: available },
    waitlist: isQueued(account),
    minimumReached: confirmed + fulfilled >= cohort.seats.minimum,
  };
}
