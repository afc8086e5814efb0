import * as z from 'zod/mini';

import { Country } from './countries.ts';
import { Problem } from './http/problem.ts';
import { ImpossibleDates } from './meeting-errors.ts';
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

/** @param pointer to the field at fault @param message what it must be */
export function impossible(pointer: string, message: string): Problem {
  return new Problem(ImpossibleDates, `The field ${message}.`, { errors: [{ pointer, message }] });
}
