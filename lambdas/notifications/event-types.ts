import type { SubjectType } from '../shared/chain/change.ts';
import { SUBJECTS, type Subject } from './event-type-subjects.ts';

/**
 * The catalogue: what partners are told of, by the change that it tells of. A type once published is never changed or
 * taken away; what means something else gets the next version. Pure.
 */

const PREFIX = 'org.oncology-hub';

/** A type of event, as it is documented. */
export interface EventTypeEntry {
  readonly type: string;
  readonly subjectType: string;
  readonly description: string;
  readonly fields: Subject['fields'];
}

/** `booking`, `offered` → `org.oncology-hub.booking.offered.v1` */
const typeOf = (subjectType: string, name: string): string => `${PREFIX}.${subjectType}.${name}.v1`;

/** What is sent to a webhook when somebody asks for a trial. It is in no feed. */
export const TEST_EVENT_TYPE = typeOf('webhook', 'test');

/** Everything that partners are told of. */
export const CATALOGUE: readonly EventTypeEntry[] = Object.entries(SUBJECTS).flatMap(
  ([subjectType, { happenings, fields }]) =>
    Object.values(happenings).map(({ name, description }) => ({
      type: typeOf(subjectType, name),
      subjectType,
      description,
      fields,
    })),
);

export const EVENT_TYPES: readonly string[] = CATALOGUE.map(({ type }) => type);

/** The type that a change is told as; `undefined` when nobody is told of it. */
export function eventTypeOf(subjectType: SubjectType, action: string): string | undefined {
  const { happenings } = SUBJECTS[subjectType];
  const happening = Object.hasOwn(happenings, action) ? happenings[action] : undefined;
  return happening && typeOf(subjectType, happening.name);
}

/** What an event of a kind of thing tells of it beside its id, and where it is found. */
export function toldOf(subjectType: SubjectType): Pick<Subject, 'path' | 'fields'> {
  return SUBJECTS[subjectType];
}
