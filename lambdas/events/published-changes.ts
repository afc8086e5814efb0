import * as z from 'zod/mini';

import { HUB } from '../shared/auth/agent.ts';
import {
  type AuditedChange,
  type AuditedReading,
  changeOf,
  type Images,
  type Item,
  only,
  Reading,
  type Seal,
  stamp,
  type Told,
} from '../shared/chain/change.ts';

import { REGISTRATION_STATUSES, type RegistrationStatus } from './registration-contract.ts';

/** What the audit may know of events. Nobody's name, and no free text. Pure. */

const EventItem = z.object({
  ...{ id: z.string(), organiserId: z.string(), kind: z.string(), status: z.string(), visibility: z.string() },
  ...{ coOrganisers: z.array(z.string()), invited: z.array(z.string()), languages: z.array(z.string()) },
  ...{ timeZone: z.string(), starts: z.string(), ends: z.string(), registration: z.unknown(), places: z.unknown() },
  ...{ approval: z.boolean(), offerHours: z.int(), cancellationReason: z.optional(z.string()) },
  ...{ title: z.unknown(), summary: z.optional(z.unknown()), venue: z.unknown(), fee: z.optional(z.unknown()) },
  ...{ sponsors: z.unknown(), cases: z.unknown(), rooms: z.unknown(), tracks: z.unknown() },
  ...stamp,
});
type EventItem = z.infer<typeof EventItem>;

/** Of a draft nobody knows but its organisers. */
function partiesOf({ status, organiserId, coOrganisers, invited }: EventItem): string[] {
  const organisers = [organiserId, ...coOrganisers];
  return status === 'draft' ? organisers : [...new Set([...organisers, ...invited])];
}

const event: Told<EventItem> = {
  subjectType: 'event',
  item: EventItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => partiesOf(after),
  action: ({ before, after }) => {
    if (before === undefined) return 'draft';
    if (before.status === after.status) return 'update';
    return after.status === 'published' ? 'publish' : 'cancel';
  },
  reason: ({ after }) => after.cancellationReason,
  shown: (item) => ({
    ...only<EventItem>(
      ...(['kind', 'status', 'visibility', 'invited', 'coOrganisers', 'languages'] as const),
      ...(['timeZone', 'starts', 'ends', 'registration', 'places', 'approval', 'offerHours'] as const),
    )(item),
    parties: partiesOf(item),
  }),
  sealed: only('title', 'summary', 'venue', 'fee', 'sponsors', 'cases', 'rooms', 'tracks'),
};

const RegistrationItem = z.object({
  ...{ id: z.string(), eventId: z.string(), organiserId: z.string(), institutionId: z.string(), mode: z.string() },
  ...{
    status: z.enum(REGISTRATION_STATUSES),
    expiresAt: z.optional(z.string()),
    group: z.optional(z.array(z.string())),
  },
  ...{ attendee: z.string(), attendedAt: z.optional(z.string()) },
  ...stamp,
});
type RegistrationItem = z.infer<typeof RegistrationItem>;

/** What has brought a registration to a status. */
const STATUS_ACTIONS: Readonly<Record<RegistrationStatus, string>> = {
  submitted: 'submit',
  held: 'hold',
  waitlisted: 'wait',
  offered: 'offer',
  confirmed: 'confirm',
  attended: 'check-in',
  declined: 'decline',
  expired: 'expire',
  cancelled: 'cancel',
};

const registration: Told<RegistrationItem> = {
  subjectType: 'registration',
  item: RegistrationItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId, after.organiserId],
  action: ({ before, after }) => (before?.status === after.status ? 'update' : STATUS_ACTIONS[after.status]),
  shown: ({ eventId, organiserId, institutionId, mode, status, expiresAt, group }) => ({
    ...{ eventId, parties: [institutionId, organiserId], mode, status, group },
    expiresAt: status === 'held' || status === 'offered' ? expiresAt : undefined,
  }),
  sealed: only('attendee', 'attendedAt'),
};

/**
 * What the stream of the events table, or an item of it, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function eventsChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  const { sk } = items.after;
  if (sk === 'EVENT') return changeOf(event, items, seal);
  const [kind] = String(sk).split('#');
  if (kind === 'REMINDER') return reminded(Reminder.parse(items.after));
  // The lists of an institution have such keys, too.
  if (kind === 'ABSTRACT' && items.after['id'] !== undefined) return changeOf(abstract, items, seal);
  if (kind === 'SESSION') return changeOf(session, items, seal);
  return kind === 'REGISTRATION' ? changeOf(registration, items, seal) : undefined;
}

const SessionItem = z.object({
  ...{
    id: z.string(),
    eventId: z.string(),
    kind: z.string(),
    status: z.string(),
    starts: z.string(),
    ends: z.string(),
  },
  ...{ room: z.optional(z.string()), track: z.optional(z.string()), concerned: z.array(z.string()) },
  ...{ title: z.unknown(), link: z.optional(z.unknown()), languages: z.unknown() },
  ...{ chairs: z.unknown(), speakers: z.unknown(), abstracts: z.unknown() },
  ...stamp,
});
type SessionItem = z.infer<typeof SessionItem>;

const WHEN_AND_WHERE = ['starts', 'ends', 'room'] as const;

const session: Told<SessionItem> = {
  subjectType: 'session',
  item: SessionItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => after.concerned,
  action: ({ before, after }) => {
    if (before === undefined) return 'schedule';
    if (before.status !== after.status) return 'cancel';
    return WHEN_AND_WHERE.some((name) => before[name] !== after[name]) || before.link !== after.link
      ? 'move'
      : 'update';
  },
  shown: only('eventId', 'kind', 'status', 'starts', 'ends', 'room', 'track'),
  sealed: only('title', 'link', 'languages', 'chairs', 'speakers', 'abstracts'),
};

const AbstractItem = z.object({
  ...{ id: z.string(), eventId: z.string(), organiserId: z.string(), institutionId: z.string(), status: z.string() },
  ...{ type: z.string(), topic: z.string(), language: z.string(), decisionReason: z.optional(z.string()) },
  ...{
    title: z.unknown(),
    text: z.unknown(),
    authors: z.unknown(),
    discussion: z.unknown(),
    sessionId: z.optional(z.string()),
  },
  assigned: z.array(z.unknown()),
  reviews: z.array(z.looseObject({ score: z.int() })),
  ...stamp,
});
type AbstractItem = z.infer<typeof AbstractItem>;

const ABSTRACT_ACTIONS: Readonly<Record<string, string>> = {
  accepted: 'accept',
  rejected: 'reject',
  withdrawn: 'withdraw',
  'under-review': 'assign',
};

const abstract: Told<AbstractItem> = {
  subjectType: 'abstract',
  item: AbstractItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId, after.organiserId],
  action: ({ before, after }) => {
    if (before === undefined) return 'submit';
    if (before.status !== after.status) return ABSTRACT_ACTIONS[after.status] ?? 'update';
    if (before.sessionId !== after.sessionId) return 'place';
    return before.reviews.length === after.reviews.length ? 'update' : 'review';
  },
  reason: ({ after }) => after.decisionReason,
  shown: ({ eventId, institutionId, organiserId, status, type, topic, language, sessionId, assigned, reviews }) => ({
    ...{ eventId, parties: [institutionId, organiserId], status, type, topic, language, sessionId },
    ...{ reviewers: assigned.length, reviews: reviews.length },
  }),
  sealed: ({ title, text, authors, discussion, assigned, reviews }) => ({
    ...{ title, text, authors, discussion, assigned, scores: reviews.map(({ score }) => score) },
  }),
};

/** That an institution was reminded of a deadline, as it is stored until the audit has it. */
const Reminder = z.object({
  registrationId: z.string(),
  institutionId: z.string(),
  status: z.string(),
  expiresAt: z.string(),
  at: z.string(),
});
export type Reminder = z.infer<typeof Reminder>;

/** It is no version of the registration: nothing has changed. */
function reminded({ registrationId, institutionId, status, expiresAt, at }: Reminder): AuditedChange {
  return {
    ...{
      concerns: [institutionId],
      subjectType: 'registration',
      subject: registrationId,
      action: 'remind',
      at,
      by: HUB,
    },
    after: { status, expiresAt },
  };
}

/** That needs were shown to another institution than the attendee's. @returns `undefined` when the item is something else @throws ZodError */
export function eventsReading(item: Item): AuditedReading | undefined {
  return item['sk'] === 'READING' ? Reading.parse(item) : undefined;
}
