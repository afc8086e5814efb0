import * as z from 'zod/mini';

/** Value types every context shares. Pure: nothing but zod. */

/** Looks like a UUID of any version. What does can be repeated and logged: it carries nobody's words. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

export const Id = z.uuid().register(z.globalRegistry, {
  id: 'Id',
  description: 'A UUID. Made by the Hub; opaque to clients.',
  examples: ['019a8f3e-7c00-7a11-8000-000000000001'],
});

/** RFC 3339 instant in UTC. */
export const Instant = z.iso.datetime().register(z.globalRegistry, {
  id: 'Instant',
  description: 'RFC 3339 instant in UTC.',
  examples: ['2026-03-02T09:30:00.000Z'],
});

/** ISO 8601 calendar date. */
export const CalendarDate = z.iso.date().register(z.globalRegistry, {
  id: 'CalendarDate',
  description: 'ISO 8601 calendar date.',
  examples: ['2026-12-31'],
});

/** ISO 8601 date and time of day, as the clocks of a place show it. */
export const LocalDateTime = z
  .string()
  .check(
    z.regex(/^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a date and time such as 2026-05-14T09:00'),
    z.refine((text) => isDate(text.slice(0, 10)), 'must be a day that there is'),
  )
  .register(z.globalRegistry, {
    id: 'LocalDateTime',
    description: 'Date and time of day, to the minute, in the time zone of what it is said of.',
    examples: ['2026-05-14T09:00'],
  });

function isDate(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Whether the IANA time zone database, as this Node.js has it, knows the name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A name of the IANA time zone database. */
export const TimeZone = z
  .string()
  .check(
    z.regex(/^[A-Za-z][A-Za-z0-9/_+-]{0,63}$/, 'must be an IANA time zone such as Europe/Minsk'),
    z.refine(isTimeZone, 'must be an IANA time zone such as Europe/Minsk'),
  )
  .register(z.globalRegistry, {
    id: 'TimeZone',
    description: 'IANA time zone.',
    examples: ['Europe/Minsk'],
  });

/** BCP 47 language tags as people write names in: language, optional script, optional region. */
export const LanguageTag = z
  .string()
  .check(
    z.regex(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$/, 'must be a BCP 47 language tag such as ru or uz-Cyrl'),
  );

/** SHA-256 in hexadecimal. */
export const Sha256 = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 small hexadecimal digits'))
  .register(z.globalRegistry, { id: 'Sha256', description: 'SHA-256 in hexadecimal.' });

/** Names of things need neither; names of people do not belong here. */
export const looksPersonal = (text: string): boolean => /@|\d(?:[ ().-]?\d){6}/.test(text);

export const LocalizedText = z
  .record(LanguageTag, z.string().check(z.trim(), z.minLength(1), z.maxLength(200)))
  .check(
    z.refine((text) => Object.keys(text).length > 0, 'must have at least one language'),
    // What is no Unicode would be stored, and hashed, as something else.
    z.refine((text) => Object.values(text).every((each) => each.isWellFormed()), 'must be well-formed Unicode'),
    z.refine(
      (text) => !Object.values(text).some(looksPersonal),
      'must not contain an e-mail address, phone or identity number',
    ),
  )
  .register(z.globalRegistry, {
    id: 'LocalizedText',
    description: 'Text by BCP 47 language tag, at least one language.',
    examples: [{ en: 'Proton therapy 2026', ru: 'Протонная терапия 2026' }],
  });
export type LocalizedText = z.infer<typeof LocalizedText>;

/**
 * What a centre can offer. A table in code: a service is added by a change to the Hub, not by free text, so that the
 * same thing always has the same name.
 */
export const SERVICES = [
  'proton-therapy',
  'gamma-knife',
  'brachytherapy',
  'radiotherapy',
  'pet-ct',
  'expert-endoscopy',
  'molecular-genetics',
  'anticancer-drug-therapy',
  'head-and-neck-surgery',
  'neurosurgery',
] as const;

export const Service = z.enum(SERVICES).register(z.globalRegistry, {
  id: 'Service',
  description: 'A service a centre offers.',
});
export type Service = z.infer<typeof Service>;

/** What is taught, and how: a visit is by invitation, a workshop has an invited specialist. */
export const ProgrammeKind = z.enum(['course', 'seminar', 'fellowship', 'expert-visit', 'workshop']);

/** `limit` and `cursor` of every list. */
export const PageQuery = {
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 25),
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
};

/** Lists show the caller's own institution; those who see everything may name another. */
export const institutionFilter = {
  institutionId: z
    .optional(Id)
    .register(z.globalRegistry, { description: 'Another institution’s view; for auditors and admins of the Hub.' }),
};

/** A page of a list: `next` is the cursor of the following page, absent on the last one. @param id its name in the OpenAPI document */
export function pageOf<T extends z.ZodMiniType>(item: T, id: string) {
  return z.strictObject({ items: z.array(item), next: z.optional(z.string()) }).register(z.globalRegistry, { id });
}
