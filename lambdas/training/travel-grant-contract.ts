import * as z from 'zod/mini';
import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NotFound, StaleVersion } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { distinct } from '../shared/meetings.ts';
import { Funds, MOST_FUNDS } from '../shared/money.ts';
import { Id, Instant, institutionFilter, PageQuery, pageOf } from '../shared/values.ts';
import { ApplicationStateConflict } from './errors.ts';
import { travelGrantParams } from './funding-contract-parts.ts';
import {
  BudgetExceeded,
  BudgetUnknown,
  CurrenciesMixed,
  MoreThanAgreed,
  TravelGrantExists,
  TravelGrantStateConflict,
} from './funding-errors.ts';

/** Travel grants: what it costs to come, and who has promised and paid it. */

export const TRAVEL_GRANT_STATUSES = [
  ...(['submitted', 'offered', 'accepted', 'disbursed', 'declined', 'withdrawn'] as const),
] as const;
export type TravelGrantStatus = (typeof TRAVEL_GRANT_STATUSES)[number];

export const ITEM_KINDS = ['ticket', 'per-diem', 'accommodation', 'visa', 'other'] as const;

/** Days of the longest cohort, and some to travel. */
const MOST_DAYS = 750;

interface ItemFields {
  readonly kind: string;
  readonly money: Funds;
  readonly rate?: Funds | undefined;
  readonly days?: number | undefined;
}

const hasRate = ({ kind, rate, days }: ItemFields): boolean =>
  kind === 'per-diem' ? rate !== undefined && days !== undefined : rate === undefined;
const addsUp = ({ money, rate, days = 0 }: ItemFields): boolean =>
  rate === undefined || rate.amount * days === money.amount;

const TravelItem = z
  .strictObject({
    kind: z.enum(ITEM_KINDS),
    money: Funds,
    rate: z.optional(Funds).register(z.globalRegistry, { description: 'Of a `per-diem`: for one day.' }),
    days: z
      .optional(z.int().check(z.minimum(1), z.maximum(MOST_DAYS)))
      .register(z.globalRegistry, { description: 'Of a `per-diem`, for how many; of others if it helps.' }),
  })
  .check(
    z.refine(hasRate, { error: 'must have a rate and days if it is a per-diem; others have no rate', path: ['rate'] }),
    z.refine(addsUp, { error: 'must be the rate times the days', path: ['money'] }),
  )
  .register(z.globalRegistry, { id: 'TravelItem', description: 'What something costs.' });

const Items = z.array(TravelItem).check(
  z.minLength(1),
  z.maxLength(20),
  z.refine((items) => items.reduce((sum, { money }) => sum + money.amount, 0) <= MOST_FUNDS, 'must not be so much'),
);

const Receipts = distinct(Id, 20).check(z.minLength(1)).register(z.globalRegistry, {
  description: 'Ids of the documents that show what was paid.',
});

export const RELEASE_REASONS = [
  ...(['application-withdrawn', 'application-lapsed', 'application-declined', 'cohort-cancelled'] as const),
] as const;

export const TravelGrant = z
  .strictObject({
    id: Id,
    applicationId: Id,
    cohortId: Id,
    programmeId: Id,
    hostId: Id,
    institutionId: Id.check().register(z.globalRegistry, { description: 'Whose staff it is for.' }),
    items: z.array(TravelItem),
    asked: Funds.check().register(z.globalRegistry, { description: 'The sum of the items.' }),
    status: z.enum(TRAVEL_GRANT_STATUSES),
    budgetId: z.optional(Id).register(z.globalRegistry, { description: 'Once it was offered.' }),
    offered: z.optional(Funds),
    paid: z.optional(Funds),
    receipts: z.optional(z.array(Id)),
    reason: z.optional(z.enum(RELEASE_REASONS)).register(z.globalRegistry, {
      description: 'Why the Hub has withdrawn it.',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'TravelGrant', description: 'Money for the travel of one trainee.' });
export type TravelGrantRepresentation = z.infer<typeof TravelGrant>;

/** What the actions on a travel grant share; each adds its name, roles and body. */
const action = {
  method: 'POST',
  scopes: ['hub/training.write'],
  params: travelGrantParams,
  body: z.strictObject({}),
  bodyOptional: true,
  idempotencyKey: 'optional',
  ifMatch: 'optional',
  response: { status: 200, description: 'The travel grant as it is then.', schema: TravelGrant, etag: true },
  problems: [NotFound, StaleVersion, TravelGrantStateConflict],
} as const;

export const travelGrantRoutes = defineRoutes({
  createTravelGrant: {
    operationId: 'createTravelGrant',
    method: 'POST',
    path: '/v1/travel-grants',
    summary: 'Ask for money for the travel of a nominee who has a seat',
    description: 'All items are in one currency; of a per-diem, `money` is the rate times the days.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'applicant'),
    body: z.strictObject({ applicationId: Id, items: Items }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The travel grant.', schema: TravelGrant, etag: true },
    problems: [NotFound, CurrenciesMixed, ApplicationStateConflict, TravelGrantExists, InstitutionNotActive],
  },
  listTravelGrants: {
    operationId: 'listTravelGrants',
    method: 'GET',
    path: '/v1/travel-grants',
    summary: 'Travel grants of your institution, or of a cohort',
    description: 'Of a cohort its host and its partners see all, others their own.',
    scopes: ['hub/training.read'],
    access: readBy('self', 'host', 'party', 'partner'),
    query: z.strictObject({ ...PageQuery, ...institutionFilter, cohortId: z.optional(Id) }),
    response: {
      status: 200,
      description: 'A page of travel grants, in no particular order.',
      schema: pageOf(TravelGrant, 'TravelGrantPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  getTravelGrant: {
    operationId: 'getTravelGrant',
    method: 'GET',
    path: '/v1/travel-grants/{travelGrantId}',
    summary: 'One travel grant',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party', 'applicant'),
    params: travelGrantParams,
    response: { status: 200, description: 'The travel grant.', schema: TravelGrant, etag: true },
    problems: [NotFound],
  },
  offerTravelGrant: {
    ...action,
    operationId: 'offerTravelGrant',
    path: '/v1/travel-grants/{travelGrantId}/offer',
    summary: 'submitted → offered: promise money of a budget',
    description: 'The budget has that much less from then on. No budget is ever promised twice.',
    access: doneBy(COORDINATORS, 'host'),
    body: z.strictObject({ budgetId: Id, amount: Funds }),
    bodyOptional: false,
    problems: [
      ...action.problems,
      ApplicationStateConflict,
      BudgetUnknown,
      BudgetExceeded,
      CurrenciesMixed,
      MoreThanAgreed,
    ],
  },
  acceptTravelGrant: {
    ...action,
    operationId: 'acceptTravelGrant',
    path: '/v1/travel-grants/{travelGrantId}/accept',
    summary: 'offered → accepted',
    access: doneBy(COORDINATORS, 'applicant'),
    problems: [...action.problems, ApplicationStateConflict],
  },
  declineTravelGrant: {
    ...action,
    operationId: 'declineTravelGrant',
    path: '/v1/travel-grants/{travelGrantId}/decline',
    summary: 'submitted → declined by the host; offered → declined by who has asked',
    description: 'What was promised goes back to the budget.',
    access: doneBy(COORDINATORS, 'host', 'applicant'),
  },
  disburseTravelGrant: {
    ...action,
    operationId: 'disburseTravelGrant',
    path: '/v1/travel-grants/{travelGrantId}/disburse',
    summary: 'accepted → disbursed: say what was paid, with the receipts',
    description: 'What was promised and is not paid goes back to the budget.',
    access: doneBy(COORDINATORS, 'host'),
    body: z.strictObject({ paid: Funds, receipts: Receipts }),
    bodyOptional: false,
    problems: [...action.problems, ApplicationStateConflict, CurrenciesMixed, MoreThanAgreed],
  },
  withdrawTravelGrant: {
    ...action,
    operationId: 'withdrawTravelGrant',
    path: '/v1/travel-grants/{travelGrantId}/withdraw',
    summary: 'submitted, offered, accepted → withdrawn',
    description: 'What was promised goes back to the budget. The Hub does this when the application ends.',
    access: doneBy(COORDINATORS, 'applicant'),
  },
});
export type TravelGrantBody = z.output<typeof travelGrantRoutes.createTravelGrant.body>;
