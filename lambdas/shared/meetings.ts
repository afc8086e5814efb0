import * as z from 'zod/mini';

import { Country } from './countries.ts';
import { Problem, type ProblemType } from './http/problem.ts';
import { CalendarDate, LocalizedText, looksPersonal } from './values.ts';

/** What cohorts and events have in common: people come to a place, on days, and some of them are chosen. Pure. */

export const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** A list of values, each named once. */
export const distinct = <T extends z.ZodMiniType>(value: T, most: number) =>
  z.array(value).check(z.maxLength(most), z.refine(isDistinct, 'must name each once'));

/** Text in the writer's own words, which names nobody. */
export const FreeText = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(2000),
  z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  z.refine((text) => !looksPersonal(text), 'must not contain an e-mail address, phone or identity number'),
);

/** First and last day, in the time zone of what they are for. */
const days = { from: CalendarDate, to: CalendarDate };
export const Days = z.strictObject(days).register(z.globalRegistry, { id: 'Days', description: 'First and last day.' });

export const Link = z.url({ protocol: /^https$/ }).check(
  z.maxLength(500),
  z.refine((link) => !looksPersonal(link), 'must not contain an e-mail address, phone or identity number'),
);

export const Venue = z
  .strictObject({
    place: z.optional(z.strictObject({ country: Country, city: LocalizedText })),
    link: z.optional(Link),
  })
  .check(z.refine(({ place, link }) => place !== undefined || link !== undefined, 'must have a place or a link'))
  .register(z.globalRegistry, { id: 'Venue', description: 'Where it is held: a place, a link, or both.' });

export const CANCELLATION_REASONS = [
  'too-few-participants',
  'host-unavailable',
  'security',
  'budget',
  'other',
] as const;

export const ImpossibleDates: ProblemType = {
  code: 'impossible-dates',
  status: 422,
  title: 'The dates cannot be kept, or overlap where they must not',
  advice:
    'What ends does so after it begins, and is not over; applications and registrations end by the day they are for; what is kept for an institution is released by then, too; days of attendance, agendas and sessions lie within the dates of what they belong to. `errors` names the field at fault.',
};

export const NotInvited: ProblemType = {
  code: 'not-invited',
  status: 409,
  uncounted: true,
  title: 'This is for institutions that were invited',
  advice: '`invited` names them. Ask its host for an invitation. Nothing was stored.',
};

export const InvitationMissing: ProblemType = {
  code: 'invitation-missing',
  status: 409,
  uncounted: true,
  title: 'Nobody is invited',
  advice:
    'An expert visit, and an event that only those see who are invited, are by invitation: name them in `invited`, then publish it.',
};

export const MustRecuse: ProblemType = {
  code: 'must-recuse',
  status: 409,
  uncounted: true,
  title: 'Nobody reviews what is of their own institution',
  advice: 'A reviewer of another institution scores it.',
};

export const AlreadyReviewed: ProblemType = {
  code: 'already-reviewed',
  status: 409,
  uncounted: true,
  title: 'You have reviewed this already',
  advice: 'A review stands as it was given; others of your institution may give theirs.',
};

export const ReviewsMissing: ProblemType = {
  code: 'reviews-missing',
  status: 409,
  uncounted: true,
  title: 'There are too few reviews for a decision',
  advice: '`needed` says how many are asked for, `given` how many there are.',
};

/** @param pointer to the field at fault @param message what it must be */
export function impossible(pointer: string, message: string): Problem {
  return new Problem(ImpossibleDates, `The field ${message}.`, { errors: [{ pointer, message }] });
}

export const MEETING_PROBLEMS: readonly ProblemType[] = [
  ImpossibleDates,
  NotInvited,
  InvitationMissing,
  MustRecuse,
  AlreadyReviewed,
  ReviewsMissing,
];
