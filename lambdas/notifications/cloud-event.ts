import * as z from 'zod/mini';

import type { PublishedRow } from '../audit/published-rows.ts';
import { Id, Instant } from '../shared/values.ts';
import { EVENT_TYPES, eventTypeOf, TEST_EVENT_TYPE, toldOf } from './event-types.ts';

/**
 * What is told, as a CloudEvent in structured mode. Pure.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */

export const EventType = z.enum([...EVENT_TYPES, TEST_EVENT_TYPE]).register(z.globalRegistry, {
  id: 'EventType',
  description: 'What happened, and in which version it is told.',
  examples: ['org.oncology-hub.booking.offered.v1'],
});

const EventData = z
  .looseObject({
    id: z.string().register(z.globalRegistry, { description: 'Of what it happened to.' }),
    href: z.optional(z.string()).register(z.globalRegistry, { description: 'Where to read it, as it is now.' }),
    action: z.string().register(z.globalRegistry, { description: 'What was done, as the audit calls it.' }),
    version: z.optional(z.int()).register(z.globalRegistry, {
      description: 'Of what it happened to, after it: a higher one is a later one.',
    }),
    by: z
      .optional(Id)
      .register(z.globalRegistry, { description: 'The institution that did it; not there when the Hub did.' }),
  })
  .register(z.globalRegistry, {
    id: 'EventData',
    description:
      'Ids, status and a link, and whatever else has changed of the few things that are told. Nothing clinical.',
  });

export const CloudEvent = z
  .strictObject({
    specversion: z.literal('1.0'),
    id: z.string().register(z.globalRegistry, {
      description: '`<institution id>.<sequence>`: told again, it is the same.',
      examples: ['019a8f3e-7c00-7a11-8000-000000000001.0000000042'],
    }),
    source: z.string().register(z.globalRegistry, { description: '`/v1/institutions/<id>`: to whom it is told.' }),
    type: EventType,
    subject: z.string().register(z.globalRegistry, { description: '`<kind>/<id>` of what it happened to.' }),
    time: Instant,
    datacontenttype: z.literal('application/json'),
    sequence: z.string().register(z.globalRegistry, {
      description: 'Ten digits that grow along everything that is told to an institution; some are left out.',
    }),
    data: EventData,
  })
  .register(z.globalRegistry, { id: 'CloudEvent', description: 'Something that happened, as CloudEvents 1.0.' });
export type CloudEvent = z.infer<typeof CloudEvent>;

/** An event, and to whom it is told. */
export interface Told {
  readonly institutionId: string;
  readonly event: CloudEvent;
}

/** What a row of an institution's audit is told to it as; `undefined` when it is told of nothing. */
export function eventOf({
  chain,
  sequence,
  subjectType,
  subject,
  action,
  version,
  at,
  by,
  after,
}: PublishedRow): Told | undefined {
  const type = eventTypeOf(subjectType, action);
  if (type === undefined) return undefined;
  const { path, fields } = toldOf(subjectType);
  const event: CloudEvent = {
    specversion: '1.0',
    id: `${chain}.${sequence}`,
    source: `/v1/institutions/${chain}`,
    type,
    subject: `${subjectType}/${subject}`,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    sequence,
    data: {
      id: subject,
      ...(path === undefined ? {} : { href: path + subject }),
      action,
      ...(version === undefined ? {} : { version }),
      ...(by === undefined ? {} : { by }),
      ...Object.fromEntries(Object.entries(after).filter(([name]) => Object.hasOwn(fields, name))),
    },
  };
  return { institutionId: chain, event };
}
