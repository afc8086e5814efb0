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
import { BOOKING_STATUSES } from './booking-contract.ts';
import { Period } from './contract-parts.ts';
import { Grant as GrantShape } from './grant-contract.ts';
import { grantStep, reasonFor, stepBetween } from './ledger.ts';
import { Loan as LoanShape, type LoanStatus, Transfer as TransferShape } from './loan-contract.ts';
import { Pool as PoolShape } from './pool-contract.ts';

/** What the audit may know of pools, grants, bookings, loans and transfers. Nothing that says who a patient is. Pure. */

const period = z.object({ ...Period.shape, timeZone: z.string() });

const { id, providerId, service, status, nextPoolId, cancellationPolicy, noShowPolicy } = PoolShape.shape;
const PoolItem = z.object({
  ...{ id, providerId, service, period, nextPoolId, cancellationPolicy, noShowPolicy },
  capacity: z.int(),
  status: z._default(status, 'open'),
  name: z.optional(z.unknown()),
  ...stamp,
});
type PoolItem = z.infer<typeof PoolItem>;

const pool: Told<PoolItem> = {
  subjectType: 'pool',
  item: PoolItem,
  subject: (after) => after.id,
  concerns: ({ after }) => [after.providerId],
  action: ({ before, after }) => {
    if (before === undefined) return 'offer';
    if (before.status === after.status) return 'update';
    return after.status === 'closed' ? 'end-period' : 'close-period';
  },
  shown: only('service', 'period', 'capacity', 'status', 'nextPoolId', 'cancellationPolicy', 'noShowPolicy'),
  sealed: only('name'),
};

const { balance: _, ...grantShape } = GrantShape.shape;
const GrantItem = z.object({
  ...grantShape,
  period,
  nominal: z.int(),
  lendingLimit: z.int(),
  borrowingLimit: z.int(),
  loansNeedApproval: z._default(z.boolean(), false),
  usageVersion: z.optional(z.int()),
  cause: z.optional(z.string()),
  reason: z.optional(z.string()),
  ...stamp,
});
type GrantItem = z.infer<typeof GrantItem>;

const grant: Told<GrantItem> = {
  subjectType: 'grant',
  item: GrantItem,
  subject: (after) => after.id,
  concerns: ({ after }) => [after.providerId, after.beneficiaryId],
  action: ({ before, after }) => grantStep(before, after),
  reason: ({ after }) => after.reason,
  // The period is the pool's.
  shown: only(
    ...(['poolId', 'beneficiaryId', 'service', 'nominal', 'lendingLimit', 'borrowingLimit'] as const),
    ...(['loansNeedApproval', 'adjustments', 'paediatricReserve', 'carryOver', 'carriedUntil', 'status'] as const),
    ...(['agreementId', 'agreementVersion', 'agreementHash', 'usageVersion', 'cause'] as const),
  ),
};

const BookingItem = z.object({
  id,
  providerId,
  beneficiaryId: grantShape.beneficiaryId,
  grantId: z.string(),
  status: z.enum(BOOKING_STATUSES),
  expiresAt: z.optional(z.string()),
  unitForfeited: z.optional(z.boolean()),
  cancellationReason: z.exactOptional(z.string()),
  waiting: z.optional(
    z.object({ priorityClass: z.int(), offersNotTaken: z.int(), overrideReason: z.exactOptional(z.string()) }),
  ),
  patient: z.unknown(),
  ageBand: z.unknown(),
  diagnosis: z.unknown(),
  ...stamp,
});
type BookingItem = z.infer<typeof BookingItem>;

const booking: Told<BookingItem> = {
  subjectType: 'booking',
  item: BookingItem,
  subject: (after) => after.id,
  concerns: ({ after }) => [after.beneficiaryId, after.providerId],
  action: ({ before, after }) => stepBetween(before, after),
  reason: ({ before, after }) => reasonFor(stepBetween(before, after), after),
  shown: ({ grantId, status: is, expiresAt, unitForfeited, waiting }) => ({
    ...{ grantId, status: is, expiresAt, unitForfeited },
    priorityClass: waiting?.priorityClass,
  }),
  sealed: only('patient', 'ageBand', 'diagnosis'),
};

const LoanItem = z.object({ ...LoanShape.shape, ...stamp });
type LoanItem = z.infer<typeof LoanItem>;

const LOAN_ACTIONS: Readonly<Record<LoanStatus, string>> = {
  proposed: 'propose',
  approved: 'approve',
  active: 'approve',
  'partly-returned': 'give-back',
  returned: 'give-back',
  settled: 'settle',
  'written-off': 'write-off',
  declined: 'decline',
  withdrawn: 'withdraw',
};

const loan: Told<LoanItem> = {
  subjectType: 'loan',
  item: LoanItem,
  subject: (after) => after.id,
  concerns: ({ after }) => [after.lenderId, after.borrowerId, after.providerId],
  action: ({ after }) => LOAN_ACTIONS[after.status],
  shown: only(
    ...(['lendingGrantId', 'lenderId', 'borrowingGrantId', 'borrowerId', 'dueDate', 'status'] as const),
    ...(['units', 'outstanding', 'returned', 'kept'] as const),
  ),
};

const { version, by } = stamp;
/** It never changes. */
const TransferItem = z.pipe(
  z.object({ ...TransferShape.shape, version, by }),
  z.transform((item) => ({ ...item, updatedAt: item.createdAt })),
);
type TransferItem = z.infer<typeof TransferItem>;

const transfer: Told<TransferItem> = {
  subjectType: 'transfer',
  item: TransferItem,
  subject: (after) => after.id,
  concerns: ({ after }) => [after.giverId, after.receiverId, after.providerId],
  action: () => 'transfer',
  reason: ({ after }) => after.reason,
  shown: only('givingGrantId', 'giverId', 'receivingGrantId', 'receiverId', 'units'),
};

/**
 * What the quotas' stream, or an item of their table, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function quotasChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  const { sk } = items.after;
  if (sk === 'POOL') return changeOf(pool, items, seal);
  if (sk === 'GRANT') return changeOf(grant, items, seal);
  if (sk === 'LOAN') return changeOf(loan, items, seal);
  if (sk === 'TRANSFER') return changeOf(transfer, items, seal);
  if (String(sk).startsWith('REMINDER#')) return reminded(Reminder.parse(items.after));
  return String(sk).startsWith('BOOKING#') ? changeOf(booking, items, seal) : undefined;
}

/** That an institution was reminded of a deadline, as it is stored until the audit has it. */
const Reminder = z.object({
  bookingId: z.string(),
  beneficiaryId: z.string(),
  status: z.enum(BOOKING_STATUSES),
  expiresAt: z.string(),
  at: z.string(),
});
export type Reminder = z.infer<typeof Reminder>;

/** It is no version of the booking: nothing has changed. */
function reminded({ bookingId, beneficiaryId, status: is, expiresAt, at }: Reminder): AuditedChange {
  const after = { status: is, expiresAt };
  return {
    concerns: [beneficiaryId],
    subjectType: 'booking',
    subject: bookingId,
    action: 'remind',
    at,
    by: HUB,
    after,
  };
}

/** That bookings were shown to another institution than theirs. @returns `undefined` when the item is something else @throws ZodError */
export function quotasReading(item: Item): AuditedReading | undefined {
  return item['sk'] === 'READING' ? Reading.parse(item) : undefined;
}
