import * as z from 'zod/mini';

import { Country } from '../shared/countries.ts';
import { distinct } from '../shared/meetings.ts';
import { Id, LocalDateTime, LocalizedText, looksPersonal } from '../shared/values.ts';
import { Slug } from './contract-parts.ts';

/** What abstracts, and the call for them, are made of. */

export const AbstractType = z.enum(['oral', 'poster', 'video', 'case-report']);

const topicsOnce = (topics: readonly { readonly id: string }[]): boolean =>
  new Set(topics.map(({ id }) => id)).size === topics.length;

export const Call = z
  .strictObject({
    opens: LocalDateTime,
    closes: LocalDateTime.check().register(z.globalRegistry, {
      description: 'The deadline, in the event’s time zone.',
    }),
    types: distinct(AbstractType, 4).check(z.minLength(1)),
    topics: z
      .array(z.strictObject({ id: Slug, title: LocalizedText }))
      .check(z.minLength(1), z.maxLength(50), z.refine(topicsOnce, 'must name each topic once')),
    maxCharacters: z._default(z.int().check(z.minimum(100), z.maximum(10_000)), 2500),
    maxAuthors: z._default(z.int().check(z.minimum(1), z.maximum(30)), 10),
    reviewsPerAbstract: z._default(z.int().check(z.minimum(1), z.maximum(5)), 2),
  })
  .register(z.globalRegistry, { id: 'CallForAbstracts', description: 'What abstracts are wanted, and until when.' });
export type Call = z.infer<typeof Call>;

/** The check digit of ISO 7064, MOD 11-2, as ORCID has it. @see https://support.orcid.org/hc/en-us/articles/360006897674 */
export function isOrcid(text: string): boolean {
  const match = /^https:\/\/orcid\.org\/((?:\d{4}-){3}\d{3})([\dX])$/.exec(text);
  if (match === null) return false;
  const [, body = '', check] = match;
  const sum = Array.from(body.replaceAll('-', '')).reduce((total, digit) => (total + Number(digit)) * 2, 0);
  const expected = (12 - (sum % 11)) % 11;
  return check === (expected === 10 ? 'X' : String(expected));
}

const name = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(120),
  z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  z.refine((text) => !looksPersonal(text), 'must be a name, without an address or number'),
);

const Author = z
  .strictObject({
    displayName: name,
    affiliation: z.strictObject({ name, country: Country, institutionId: z.optional(Id) }),
    orcid: z
      .optional(
        z.string().check(z.refine(isOrcid, 'must be an ORCID iD such as https://orcid.org/0000-0002-1825-0097')),
      )
      .register(z.globalRegistry, { description: 'Its last digit is checked.' }),
    presenting: z._default(z.boolean(), false),
  })
  .register(z.globalRegistry, {
    id: 'AbstractAuthor',
    description: 'Who has written an abstract, as it is to be published.',
  });
export type Author = z.infer<typeof Author>;

const onePresents = (authors: readonly Author[]): boolean =>
  authors.filter(({ presenting }) => presenting).length === 1;
export const Authors = z
  .array(Author)
  .check(z.minLength(1), z.maxLength(30), z.refine(onePresents, 'must name one who presents'));

/** Science has numbers that look like telephones: what an abstract says is its authors' to answer for. */
const words = (most: number) =>
  z.string().check(
    z.trim(),
    z.minLength(1),
    z.maxLength(most),
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  );
export const Title = words(300);
export const AbstractText = words(20_000);
/** What those who judge say to each other is no science. */
export const Comment = words(2000).check(
  z.refine((text) => !looksPersonal(text), 'must not contain an e-mail address, phone or identity number'),
);
