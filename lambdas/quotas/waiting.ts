import type { Place } from '../shared/capacity/place.ts';
import { type OverrideReason, PRIORITY_RULES, type PriorityClass, priorityClassOf } from './priority-rules.ts';

/** Waiting for a unit: the order of the line, and what becomes of offers. Pure. */

/** What is known of a booking's wait; kept after it. */
export interface Waiting {
  readonly priorityClass: PriorityClass;
  /** Version of the rules the class was found by. */
  readonly ruleVersion: number;
  /** Why a commission gave it another class. */
  readonly overrideReason?: OverrideReason;
  /** The last day on which the treatment should begin. */
  readonly deadline?: string;
  readonly joinedAt: string;
  /** Offers that were declined or lapsed. */
  readonly offersNotTaken: number;
  /** When it moves up a class. */
  readonly ageingAt?: string;
}

const DAY_MS = 86_400_000;

/** Minutes an offer holds its unit. */
export const OFFER_MINUTES = PRIORITY_RULES.offers.hours * 60;

/** When somebody of a class that ages moves up, counted from a moment. */
function ageingFrom(priorityClass: PriorityClass, from: Date): Pick<Waiting, 'ageingAt'> {
  const { days, upTo } = PRIORITY_RULES.ageing;
  if (priorityClass <= upTo) return {};
  return { ageingAt: new Date(from.getTime() + days * DAY_MS).toISOString() };
}

/** How somebody joins the line. */
export function joining(
  patient: {
    readonly ageBand: '0-17' | '18+';
    readonly diagnosis: string;
    readonly deadline?: string | undefined;
  },
  now: Date,
): Waiting {
  const priorityClass = priorityClassOf(patient);
  return {
    priorityClass,
    ruleVersion: PRIORITY_RULES.version,
    ...(patient.deadline === undefined ? {} : { deadline: patient.deadline }),
    joinedAt: now.toISOString(),
    offersNotTaken: 0,
    ...ageingFrom(priorityClass, now),
  };
}

/** Text that the ranks of a class begin with. */
export const classPrefix = (priorityClass: PriorityClass): string => `${String(priorityClass)}#`;

/**
 * The order of the line: class, then offers not taken, so that nobody who says no stands in the way of the others, then
 * clinical deadline, then time of joining; equals are ordered by id.
 */
function rankOf({ priorityClass, offersNotTaken, deadline = '9999-12-31', joinedAt }: Waiting): string {
  return `${classPrefix(priorityClass)}${String(offersNotTaken)}#${deadline}#${joinedAt}`;
}

/** What of a booking says where it waits. */
interface InLine {
  readonly id: string;
  readonly status: string;
  readonly ageBand: '0-17' | '18+';
  readonly waiting?: Waiting;
}

/** A booking's place in line; `undefined` when it does not wait. */
export function placeOf({ id, status, ageBand, waiting }: InLine): Place | undefined {
  if (status !== 'waitlisted' || waiting === undefined) return undefined;
  const { ageingAt } = waiting;
  return {
    id,
    rank: rankOf(waiting),
    reserve: ageBand === '0-17',
    ...(ageingAt === undefined ? {} : { reviewAt: ageingAt }),
  };
}

/** What becomes of a booking whose offer was declined or has lapsed: it waits again, or leaves after the last one. */
export function afterOfferNotTaken({ waiting }: Pick<InLine, 'waiting'>): {
  readonly status: 'waitlisted' | 'withdrawn';
  readonly waiting: Waiting;
} {
  if (waiting === undefined) throw new Error('An offered booking has never waited');
  const offersNotTaken = waiting.offersNotTaken + 1;
  const status = offersNotTaken < PRIORITY_RULES.offers.most ? 'waitlisted' : 'withdrawn';
  return { status, waiting: { ...waiting, offersNotTaken } };
}

/** The wait after it has moved up a class; `undefined` when it is not time. */
export function aged({ ageingAt, ...waiting }: Waiting, now: Date): Waiting | undefined {
  if (ageingAt === undefined || ageingAt > now.toISOString()) return undefined;
  const priorityClass = Math.max(PRIORITY_RULES.ageing.upTo, waiting.priorityClass - 1);
  const moved = { ...waiting, priorityClass: asClass(priorityClass) };
  return { ...moved, ...ageingFrom(moved.priorityClass, now) };
}

function asClass(value: number): PriorityClass {
  if (value === 1 || value === 2 || value === 3 || value === 4) return value;
  throw new Error(`There is no priority class ${String(value)}`);
}

/** The wait in another class, by a commission. */
export function overridden(
  { ageingAt: _, ...waiting }: Waiting,
  priorityClass: PriorityClass,
  overrideReason: OverrideReason,
  now: Date,
): Waiting {
  return { ...waiting, priorityClass, overrideReason, ...ageingFrom(priorityClass, now) };
}
