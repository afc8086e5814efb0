import * as z from 'zod/mini';

import { readBy } from '../shared/auth/rules.ts';
import { ROLES } from '../shared/auth/vocabulary.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, PageQuery, pageOf } from '../shared/values.ts';
import { givenUnder } from './grant-contract.ts';

/** The ledger of a grant: what it is made of, and how it is read. */

/** What can happen to a booking, and to the grant itself. */
export const LEDGER_TYPES = [
  'hold',
  'confirm',
  'release',
  'expire',
  'cancel',
  'arrive',
  'complete',
  'no-show',
  'join-waitlist',
  'offer',
  'accept-offer',
  'decline-offer',
  'lapse',
  'withdraw',
  'set-priority',
  'age',
  'grant',
  'resize',
  'loan',
  'transfer',
  'carry-over',
  'expire-units',
  'suspend',
  'resume',
  'cut-off',
  'close',
  'restate',
  'amend',
] as const;
export type LedgerType = (typeof LEDGER_TYPES)[number];

/** What adds up to `entitled`, each with the sign it counts with. */
export const ENTITLEMENT_PARTS = {
  nominal: 1,
  carriedIn: 1,
  carriedOut: -1,
  transferredIn: 1,
  transferredOut: -1,
  borrowedIn: 1,
  lentOut: -1,
  expired: -1,
} as const;
export type EntitlementPart = keyof typeof ENTITLEMENT_PARTS;

/** What adds up to `committed`. */
export const COMMITTED_STATES = ['held', 'booked', 'inTreatment', 'fulfilled', 'forfeited'] as const;
export type CommittedState = (typeof COMMITTED_STATES)[number];

const difference = z.optional(z.int());

const LedgerDeltas = z
  .strictObject({
    nominal: difference,
    carriedIn: difference,
    carriedOut: difference,
    transferredIn: difference,
    transferredOut: difference,
    borrowedIn: difference,
    lentOut: difference,
    expired: difference,
    held: difference,
    booked: difference,
    inTreatment: difference,
    fulfilled: difference,
    forfeited: difference,
  } satisfies Record<EntitlementPart | CommittedState, typeof difference>)
  .register(z.globalRegistry, {
    id: 'LedgerDeltas',
    description:
      'By how much each count changed; those that did not are left out. The first eight add up to `entitled`, with the signs of `Adjustments`, the others to `committed`.',
  });
export type LedgerDeltas = z.infer<typeof LedgerDeltas>;

const LedgerBalance = z
  .strictObject({
    entitled: z.int(),
    committed: z.int(),
    held: z.int(),
    booked: z.int(),
    inTreatment: z.int(),
    fulfilled: z.int(),
    forfeited: z.int(),
  })
  .register(z.globalRegistry, { id: 'LedgerBalance', description: 'The sums of all rows up to and with this one.' });
export type LedgerBalance = z.infer<typeof LedgerBalance>;

const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const LedgerRow = z
  .strictObject({
    sequence: z.int().check(z.minimum(1)),
    grantId: Id,
    type: z.enum(LEDGER_TYPES),
    bookingId: z.optional(Id).register(z.globalRegistry, {
      description: 'What it happened to; without it, it happened to the grant itself.',
    }),
    version: z.int().check(z.minimum(1)).register(z.globalRegistry, {
      description: 'Of the booking, or of the grant: each version has exactly one row.',
    }),
    segment: z.optional(z.int()).register(z.globalRegistry, {
      description: 'The part of the grant’s account in which the booking has its unit.',
    }),
    deltas: LedgerDeltas,
    balance: LedgerBalance,
    at: Instant.check().register(z.globalRegistry, {
      description: 'When it happened; never earlier than the row before.',
    }),
    actor: z.string().register(z.globalRegistry, {
      description: 'Subject of the token, or `hub` for what the Hub does by itself.',
    }),
    role: z.enum([...ROLES, 'system']).register(z.globalRegistry, { description: 'The role that permitted it.' }),
    institutionId: z.optional(Id),
    correlationId: z.optional(z.string()),
    reason: z.optional(z.string()),
    cause: z.optional(Id).register(z.globalRegistry, {
      description: 'The loan or transfer it happened by, or the grant courses were carried over from or to.',
    }),
    ...givenUnder,
    ruleVersion: z.optional(z.int()).register(z.globalRegistry, {
      description: 'Version of the priority rules by which the patient waits or has waited.',
    }),
    previous: hash.register(z.globalRegistry, {
      description: '`hash` of the row before; of the first row sixty-four zeros.',
    }),
    hash: hash.check().register(z.globalRegistry, {
      description: 'SHA-256 of the row without this member, as JSON by RFC 8785.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'LedgerRow',
    description: 'One change of a grant or of one of its bookings. Rows are never changed or removed.',
  });
export type LedgerRow = z.infer<typeof LedgerRow>;

export const ledgerRoutes = defineRoutes({
  listLedger: {
    operationId: 'listLedger',
    method: 'GET',
    path: '/v1/grants/{grantId}/ledger',
    summary: 'Everything that changed a grant’s balance',
    description:
      'In the order of `sequence`, from the beginning. A change has its row a moment after it was made. No row names a patient.',
    scopes: ['hub/quotas.read'],
    access: readBy('provider', 'beneficiary'),
    params: z.strictObject({ grantId: Id }),
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of the ledger.',
      schema: pageOf(LedgerRow, 'LedgerPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
});
