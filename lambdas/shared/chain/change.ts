import * as z from 'zod/mini';

import { Agent, HUB } from '../auth/agent.ts';
import { sha256Of } from '../canonical.ts';

/**
 * What a context tells the audit of a change of one of its items. It is told by an allow-list: what is named is shown, what
 * is confidential is only compared, by a keyed hash, and nothing else leaves the context. Pure.
 */

/** What can be changed or read, as the audit calls it. */
export const SUBJECT_TYPES = [
  'abstract',
  'agreement',
  'application',
  'booking',
  'budget',
  'client',
  'cohort',
  'contacts',
  'credential',
  'document',
  'event',
  'grant',
  'institution',
  'loan',
  'person',
  'pool',
  'programme',
  'registration',
  'session',
  'transfer',
  'travel-grant',
  'webhook',
] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

type Fields = Readonly<Record<string, unknown>>;

/** The keyed hash of a value, which nobody can find by trying values without the key. */
export type Seal = (value: object) => string;

export interface AuditedChange {
  /** Ids of the institutions whose change it is. Who made it hears of it, too. */
  readonly concerns: readonly string[];
  readonly subjectType: SubjectType;
  readonly subject: string;
  readonly action: string;
  /** Of the subject: each is one change. Without one nothing has changed: somebody was reminded of a deadline. */
  readonly version?: number;
  /** When it was made: RFC 3339, UTC. */
  readonly at: string;
  readonly by: Agent;
  readonly reason?: string;
  /** What the fields were that are others now; nothing of what is new. */
  readonly before?: Fields;
  /** What they are. */
  readonly after?: Fields;
}

/** That something confidential of an institution was shown to somebody. */
export interface AuditedReading {
  /** Names the request, so that it is written down once. */
  readonly readingId: string;
  /** What was asked for: one booking or document, or the bookings of a grant, a pool or an institution. */
  readonly subjectType: SubjectType;
  readonly subject: string;
  readonly at: string;
  readonly by: Agent;
  /** Ids of what was shown, by whose it is. */
  readonly shown: Readonly<Record<string, readonly string[]>>;
}

/** The same, as it is stored until the audit has it. */
export const Reading = z.object({
  readingId: z.string(),
  subjectType: z.enum(SUBJECT_TYPES),
  subject: z.string(),
  at: z.string(),
  by: Agent,
  shown: z.record(z.string(), z.array(z.string())),
});

/** The states of an item before and after a change. */
export interface Images<T> {
  /** `undefined` where there was nothing. */
  readonly before: T | undefined;
  readonly after: T;
}

/** How the items of one kind are told of. */
export interface Told<T extends Stamped> {
  readonly subjectType: SubjectType;
  /** Takes of an item what is needed of it, and no more. */
  readonly item: z.ZodMiniType<T>;
  readonly subject: (after: T) => string;
  readonly concerns: (images: Images<T>) => readonly string[];
  readonly action: (images: Images<T>) => string;
  readonly reason?: (images: Images<T>) => string | undefined;
  /** The fields whose values are shown. */
  readonly shown: (item: T) => Fields;
  /** The fields whose values are confidential: free text, and whatever is about a person. */
  readonly sealed?: (item: T) => Fields;
}

/** What every item says of its last change. What was written before that was kept is the Hub's. */
export const stamp = { version: z.int(), updatedAt: z.string(), by: z._default(Agent, HUB) };
export type Stamped = z.infer<z.ZodMiniObject<typeof stamp>>;

export type Item = Readonly<Record<string, unknown>>;

/**
 * Tells of a change from the states of an item.
 * @param seal makes the hash of what is confidential
 * @returns `undefined` when it is no new version
 * @throws ZodError when the item is not of the kind
 */
export function changeOf<T extends Stamped>(told: Told<T>, items: Images<Item>, seal: Seal): AuditedChange | undefined {
  const after = told.item.parse(items.after);
  const before = items.before && told.item.parse(items.before);
  if (before?.version === after.version) return undefined;
  const images = { before, after };
  const subject = told.subject(after);
  const stateOf = (item: T | undefined) => item && { ...told.shown(item), ...sealedBy(told, subject, item, seal) };
  const [was, is] = [stateOf(before), stateOf(after)];
  const reason = told.reason?.(images);
  return {
    concerns: told.concerns(images),
    ...{ subjectType: told.subjectType, subject, action: told.action(images) },
    ...{ version: after.version, at: after.updatedAt, by: after.by },
    ...(reason === undefined ? {} : { reason }),
    ...given('before', differing(was, is)),
    ...given('after', differing(is, was)),
  };
}

/** Some fields of an item, by name. */
export function only<T extends object>(...names: readonly (keyof T & string)[]): (item: T) => Fields {
  return (item) => Object.fromEntries(names.map((name) => [name, item[name]]));
}

/** One hash for all that is confidential. The subject is in it: two subjects with the same content do not show that. */
function sealedBy<T extends Stamped>({ subjectType, sealed }: Told<T>, subject: string, item: T, seal: Seal) {
  return sealed === undefined ? {} : { confidential: seal({ subjectType, subject, content: sealed(item) }) };
}

/** The fields of one state that the other has not, or has otherwise. */
function differing(state: Fields = {}, other: Fields = {}): Fields {
  const same = (a: unknown, b: unknown): boolean => sha256Of({ value: a }) === sha256Of({ value: b });
  return Object.fromEntries(
    Object.entries(state).filter(([name, value]) => value !== undefined && !same(value, other[name])),
  );
}

function given(name: 'before' | 'after', fields: Fields) {
  return Object.keys(fields).length === 0 ? {} : { [name]: fields };
}
