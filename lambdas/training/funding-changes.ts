import * as z from 'zod/mini';

import { only, stamp, type Told } from '../shared/chain/change.ts';
import { TRAVEL_GRANT_STATUSES, type TravelGrantStatus } from './travel-grant-contract.ts';

/** What the audit may know of budgets and travel grants. No sponsor's name, and not what the money is for. Pure. */

const BudgetItem = z.object({
  ...{ id: z.string(), cohortId: z.string(), hostId: z.string(), limit: z.unknown() },
  payer: z.object({ source: z.string(), sponsor: z.optional(z.unknown()) }),
  ...stamp,
});
type BudgetItem = z.infer<typeof BudgetItem>;

export const budget: Told<BudgetItem> = {
  subjectType: 'budget',
  item: BudgetItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.hostId],
  action: ({ before }) => (before === undefined ? 'open' : 'update'),
  shown: ({ cohortId, limit, payer: { source } }) => ({ cohortId, limit, payer: source }),
  sealed: ({ payer: { sponsor } }) => ({ sponsor }),
};

const TravelGrantItem = z.object({
  ...{ id: z.string(), applicationId: z.string(), cohortId: z.string(), hostId: z.string(), institutionId: z.string() },
  ...{ status: z.enum(TRAVEL_GRANT_STATUSES), asked: z.unknown(), offered: z.optional(z.unknown()) },
  ...{ paid: z.optional(z.unknown()), budgetId: z.optional(z.string()), reason: z.optional(z.string()) },
  ...{ items: z.unknown(), receipts: z.optional(z.unknown()) },
  ...stamp,
});
type TravelGrantItem = z.infer<typeof TravelGrantItem>;

/** What has brought a travel grant to a status. */
const STATUS_ACTIONS: Readonly<Record<TravelGrantStatus, string>> = {
  submitted: 'ask',
  offered: 'offer',
  accepted: 'accept',
  disbursed: 'disburse',
  declined: 'decline',
  withdrawn: 'withdraw',
};

export const travelGrant: Told<TravelGrantItem> = {
  subjectType: 'travel-grant',
  item: TravelGrantItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.institutionId, after.hostId],
  action: ({ after }) => STATUS_ACTIONS[after.status],
  reason: ({ after }) => after.reason,
  shown: only('applicationId', 'cohortId', 'status', 'asked', 'offered', 'paid', 'budgetId'),
  sealed: only('items', 'receipts'),
};
