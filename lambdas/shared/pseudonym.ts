import * as z from 'zod/mini';

import type { ProblemType } from './http/problem.ts';
import { isUuid } from './values.ts';

/**
 * The only name the Hub knows somebody by. Whoever sends a real name, a birth date, a phone number or a national identity
 * number here is stopped before anything is stored or logged. Pure.
 */

const MAX_LENGTH = 64;

/** A digest or random number in hexadecimal: long runs of digits are chance in it. */
const HEX_TOKEN = /^(?=.*[a-f])[0-9a-f]{24,64}$/i;
/** Capitalised words that are no names. */
const PLAIN_WORDS = 'Patient|Person|Child|Case|Subject|Anon|Pseudo|Test';

/** What a pseudonym may not look like, and how to say so without repeating the value. */
const GIVEAWAYS: readonly (readonly [RegExp, string])[] = [
  [/@/, 'looks like an e-mail address'],
  [/[^\p{ASCII}]/u, 'has letters outside A–Z, as a name would'],
  [/\s/, 'has a space, as a name would'],
  [/^[^0-9]*$/, 'has no digit, as a name would'],
  [/^\+/, 'looks like a phone number'],
  [/(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d)/, 'contains a date'],
  [/(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d{2}/, 'contains a date'],
  [/(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)/, 'contains a date'],
  [/(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}(?!\d)/, 'contains a date'],
  [/(?<!\d)(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.\d{2}(?!\d)/, 'contains a date'],
  [new RegExp(`(?<![A-Za-z])(?!(?:${PLAIN_WORDS})(?![a-z]))[A-Z][a-z]{3}`), 'has a capitalised word, as a name would'],
  [/^(?:tel|phone|mob|fax)(?![a-z])/i, 'looks like a phone number'],
  [/\d{9}/, 'contains a number as long as a national identity or phone number'],
  [/^(?=(?:\D*\d){7})[\d.()-]+$/, 'looks like a phone or identity number'],
  [/^\d{7}[A-Z]\d{3}[A-Z]{2}\d$/i, 'looks like a Belarusian identity number'],
  [/^[A-Z]{1,2}\d{7,8}$/i, 'looks like a passport number'],
];

function giveaway(value: string): string | undefined {
  // Too long for a pseudonym anyway, and nobody's patterns are kept busy by it.
  if (value.length > MAX_LENGTH) return undefined;
  if (isUuid(value) || HEX_TOKEN.test(value)) return undefined;
  return GIVEAWAYS.find(([pattern]) => pattern.test(value))?.[1];
}

/**
 * A pseudonym of one kind of people.
 * @param problem for what looks like personal data @param advice what to send instead @param named in the OpenAPI document
 */
export function pseudonymFor(
  problem: ProblemType,
  advice: string,
  named: { readonly id: string; readonly description: string; readonly examples: string[] },
) {
  return z
    .string()
    .check(
      z.superRefine((value, context) => {
        const reason = giveaway(value);
        if (reason !== undefined) {
          context.addIssue({ code: 'custom', params: { problem }, message: `${reason}. ${advice}` });
        }
      }),
      z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{2,63}$/, {
        message: 'must be 3 to 64 letters, digits, dots, colons, dashes or underscores',
      }),
    )
    .register(z.globalRegistry, named);
}
