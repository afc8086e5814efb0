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
import { APPLICATION_STATUSES, type ApplicationStatus } from './application-contract.ts';
import { budget, travelGrant } from './funding-changes.ts';

/** What the audit may know of training; of money in `funding-changes.ts`. Nobody's name, and no free text. Pure. */

const ProgrammeItem = z.object({
  ...{ id: z.string(), hostId: z.string(), kind: z.string(), status: z.string() },
  ...{ partners: z.array(z.string()), fields: z.array(z.string()), agreementId: z.optional(z.string()) },
  ...{ agreementVersion: z.optional(z.int()), reviewsNeeded: z.int(), completion: z.unknown() },
  ...{
    credits: z.optional(z.unknown()),
    languages: z.unknown(),
    prerequisites: z.unknown(),
    title: z.unknown(),
    syllabus: z.unknown(),
  },
  ...stamp,
});
type ProgrammeItem = z.infer<typeof ProgrammeItem>;

/** Of a draft nobody knows but its host. */
function partiesOf({ status, hostId, partners }: ProgrammeItem): string[] {
  return status === 'draft' ? [hostId] : [hostId, ...partners];
}

const programme: Told<ProgrammeItem> = {
  subjectType: 'programme',
  item: ProgrammeItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => partiesOf(after),
  action: ({ before, after }) => {
    if (before === undefined) return 'draft';
    if (before.status === after.status) return 'update';
    return after.status === 'published' ? 'publish' : 'retire';
  },
  shown: (item) => ({
    ...only<ProgrammeItem>(
      ...(['kind', 'status', 'partners', 'fields', 'languages', 'prerequisites'] as const),
      ...(['completion', 'credits', 'reviewsNeeded', 'agreementId', 'agreementVersion'] as const),
    )(item),
    parties: partiesOf(item),
  }),
  sealed: only('title', 'syllabus'),
};

const CohortItem = z.object({
  ...{ id: z.string(), hostId: z.string(), programmeId: z.string(), status: z.string() },
  ...{ dates: z.unknown(), timeZone: z.string(), days: z.optional(z.unknown()), applications: z.unknown() },
  seats: z.object({ total: z.int(), minimum: z.int(), kept: z.array(z.looseObject({ institutionId: z.string() })) }),
  ...{ confirmWithinDays: z.int(), cancellationReason: z.optional(z.string()), venue: z.unknown() },
  ...{ invited: z._default(z.array(z.string()), []), agenda: z.unknown(), results: z.optional(z.unknown()) },
  funding: z.optional(z.object({ source: z.string(), sponsor: z.optional(z.unknown()) })),
  ...stamp,
});
type CohortItem = z.infer<typeof CohortItem>;

const cohort: Told<CohortItem> = {
  subjectType: 'cohort',
  item: CohortItem,
  subject: ({ id }) => id,
  concerns: ({ after }) =>
    after.status === 'draft'
      ? [after.hostId]
      : [after.hostId, ...after.invited, ...after.seats.kept.map(({ institutionId }) => institutionId)],
  action: ({ before, after }) => {
    if (before === undefined) return 'draft';
    if (before.status === after.status) return 'update';
    return after.status === 'published' ? 'publish' : 'cancel';
  },
  reason: ({ after }) => after.cancellationReason,
  shown: ({ seats, funding, ...item }) => ({
    ...only<typeof item>(
      ...([
        'programmeId',
        'status',
        'dates',
        'timeZone',
        'days',
        'applications',
        'confirmWithinDays',
        'invited',
      ] as const),
    )(item),
    ...{ seats: seats.total, minimum: seats.minimum, kept: seats.kept, funding: funding?.source },
  }),
  sealed: ({ venue, agenda, results, funding }) => ({
    ...{ venue, agenda, results },
    ...(funding?.sponsor === undefined ? {} : { sponsor: funding.sponsor }),
  }),
};

const ApplicationItem = z.object({
  ...{ id: z.string(), cohortId: z.string(), hostId: z.string(), institutionId: z.string() },
  ...{ status: z.enum(APPLICATION_STATUSES), named: z.boolean(), group: z.optional(z.array(z.string())) },
  ...{ confirmBy: z.optional(z.string()), declineReason: z.optional(z.string()) },
  reviews: z.array(z.object({ score: z.int() })),
  attendance: z.record(z.string(), z.string()),
  ...{ nominee: z.unknown(), motivation: z.optional(z.unknown()), documents: z.unknown() },
  ...stamp,
});
type ApplicationItem = z.infer<typeof ApplicationItem>;

/** What has brought an application to a status. */
const STATUS_ACTIONS: Readonly<Record<ApplicationStatus, string>> = {
  submitted: 'apply',
  'under-review': 'review',
  waitlisted: 'wait',
  accepted: 'accept',
  confirmed: 'confirm',
  completed: 'complete',
  declined: 'decline',
  lapsed: 'lapse',
  withdrawn: 'withdraw',
  cancelled: 'cancel',
};

const CredentialItem = z.object({
  ...{ id: z.string(), hostId: z.string(), institutionId: z.string() },
  ...{ applicationId: z.optional(z.string()), cohortId: z.optional(z.string()) },
  ...{ registrationId: z.optional(z.string()), eventId: z.optional(z.string()) },
  ...{ status: z.string(), reason: z.optional(z.string()) },
  ...stamp,
});
type CredentialItem = z.infer<typeof CredentialItem>;

const credential: Told<CredentialItem> = {
  subjectType: 'credential',
  item: CredentialItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId, after.hostId],
  action: ({ before }) => (before === undefined ? 'issue' : 'revoke'),
  reason: ({ after }) => after.reason,
  shown: only('applicationId', 'cohortId', 'registrationId', 'eventId', 'status'),
};

const application: Told<ApplicationItem> = {
  subjectType: 'application',
  item: ApplicationItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId, after.hostId],
  action: ({ before, after }) => {
    if (before?.status !== after.status) return STATUS_ACTIONS[after.status];
    if (before.reviews.length !== after.reviews.length) return 'review';
    if (before.named !== after.named) return after.named ? 'name' : 'erase';
    return JSON.stringify(before.attendance) === JSON.stringify(after.attendance) ? 'update' : 'attend';
  },
  reason: ({ after }) => after.declineReason,
  shown: ({ cohortId, hostId, institutionId, status, confirmBy, group, reviews, attendance, named }) => ({
    ...{
      cohortId,
      parties: [institutionId, hostId],
      status,
      group,
      named,
      reviews: reviews.length,
      daysRecorded: Object.keys(attendance).length,
    },
    expiresAt: status === 'accepted' ? confirmBy : undefined,
  }),
  sealed: ({ nominee, motivation, documents, reviews, attendance }) => ({
    ...{ nominee, motivation, documents, attendance, scores: reviews.map(({ score }) => score) },
  }),
};

/**
 * What the training's stream, or an item of its table, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function trainingChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  const { sk } = items.after;
  if (sk === 'PROGRAMME') return changeOf(programme, items, seal);
  if (sk === 'COHORT') return changeOf(cohort, items, seal);
  if (sk === 'CREDENTIAL') return changeOf(credential, items, seal);
  const [kind] = String(sk).split('#');
  if (kind === 'REMINDER') return reminded(Reminder.parse(items.after));
  // The lists of an institution have such keys, too.
  if (!String(items.after['pk']).startsWith('COHORT#')) return undefined;
  if (kind === 'BUDGET') return changeOf(budget, items, seal);
  if (kind === 'TRAVEL-GRANT') return changeOf(travelGrant, items, seal);
  return kind === 'APPLICATION' ? changeOf(application, items, seal) : undefined;
}

/** That an institution was reminded of a deadline, as it is stored until the audit has it. */
const Reminder = z.object({
  applicationId: z.string(),
  institutionId: z.string(),
  expiresAt: z.string(),
  at: z.string(),
});
export type Reminder = z.infer<typeof Reminder>;

/** It is no version of the application: nothing has changed. */
function reminded({ applicationId, institutionId, expiresAt, at }: Reminder): AuditedChange {
  return {
    ...{ concerns: [institutionId], subjectType: 'application', subject: applicationId, action: 'remind', at, by: HUB },
    after: { status: 'accepted', expiresAt },
  };
}

/** That a name was shown to another institution than its own. @returns `undefined` when the item is something else @throws ZodError */
export function trainingReading(item: Item): AuditedReading | undefined {
  return item['sk'] === 'READING' ? Reading.parse(item) : undefined;
}
