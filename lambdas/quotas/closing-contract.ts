import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id } from '../shared/values.ts';
import {
  NextGrantMissing,
  NextPoolMissing,
  NextPoolUnsuitable,
  PeriodClosed,
  PeriodNotOver,
} from './closing-errors.ts';
import { poolParams } from './contract-parts.ts';
import { PoolCapacityExceeded } from './errors.ts';
import { GRANT_STATUSES } from './grant-contract.ts';

/** The end of a period: what becomes of the courses nobody used. */

const count = (description: string) => z.int().register(z.globalRegistry, { description });

const ClosingOfGrant = z
  .strictObject({
    grantId: Id,
    beneficiaryId: Id,
    status: z.enum(GRANT_STATUSES),
    holdsReleased: count('Holds that nobody had confirmed.'),
    waitingWithdrawn: count('Bookings that waited for a course or had been offered one.'),
    lentReturned: count('Courses that came back from borrowers.'),
    lentKept: count('Courses that stayed with borrowers for good, because patients have them.'),
    borrowedReturned: count('Courses that went back to lenders.'),
    borrowedKept: count('Courses that stayed with this grant for good.'),
    committed: count('Courses used, or to be used: bookings with a date keep theirs.'),
    carriedOut: count('Unused courses that went into the next period.'),
    expired: count('Unused courses that went back to the pool.'),
  })
  .register(z.globalRegistry, { id: 'ClosingOfGrant', description: 'What the end of a period did to a grant.' });
export type ClosingOfGrant = z.infer<typeof ClosingOfGrant>;

const PeriodClosing = z
  .strictObject({
    poolId: Id,
    nextPoolId: z.optional(Id),
    status: z.enum(['open', 'dry-run', 'closing', 'closed']),
    grants: z.array(ClosingOfGrant),
  })
  .register(z.globalRegistry, {
    id: 'PeriodClosing',
    description:
      'The end of a pool’s period, grant by grant. While it is `closing`, what is not done yet counts as 0; with `dry-run` it is what would happen now.',
  });
export type PeriodClosing = z.infer<typeof PeriodClosing>;

export const closingRoutes = defineRoutes({
  closePeriod: {
    operationId: 'closePeriod',
    method: 'POST',
    path: '/v1/pools/{poolId}/close-period',
    summary: 'End the pool’s period: settle, carry over, let the rest expire',
    description:
      'Nothing more is booked; holds are released and who waits is withdrawn; loans are settled; bookings with a date keep their course. Of what is then unused each grant’s `carryOver` policy takes its part into the partner’s grant in `nextPoolId`, and the rest expires. It is done step by step after the answer: read how far it is with `getClosing`. Asking again takes it up where it stopped.',
    scopes: ['hub/quotas.write'],
    access: doneBy(COORDINATORS, 'provider'),
    params: poolParams,
    body: z.strictObject({
      nextPoolId: z.optional(Id),
      dryRun: z._default(z.boolean(), false).register(z.globalRegistry, {
        description: 'Only show what would happen. Possible at any time.',
      }),
    }),
    idempotencyKey: 'required',
    response: { status: 200, description: 'What has been done, or would be.', schema: PeriodClosing },
    problems: [
      NotFound,
      PeriodNotOver,
      PeriodClosed,
      NextPoolMissing,
      NextPoolUnsuitable,
      NextGrantMissing,
      PoolCapacityExceeded,
    ],
  },
  getClosing: {
    operationId: 'getClosing',
    method: 'GET',
    path: '/v1/pools/{poolId}/closing',
    summary: 'How far the end of the pool’s period is, and what it did',
    description:
      'Computed from the ledgers. Before the period is being closed it is `open`, and nothing has been done.',
    scopes: ['hub/quotas.read'],
    access: readBy('provider'),
    params: poolParams,
    response: { status: 200, description: 'What has been done so far.', schema: PeriodClosing },
    problems: [NotFound],
  },
});
