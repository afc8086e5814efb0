import * as z from 'zod/mini';

import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { CSV, defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, institutionFilter, PageQuery, pageOf, Service } from '../shared/values.ts';
import { PeriodNotClosed } from './closing-errors.ts';
import { Period, poolParams } from './contract-parts.ts';
import { ChangeReason } from './units.ts';

/** How courses were used: a report from the ledgers. */

const count = (description: string) => z.int().register(z.globalRegistry, { description });
const hours = (description: string) => z.optional(z.number()).register(z.globalRegistry, { description });

const Waits = z
  .strictObject({
    joined: count('Patients who began to wait.'),
    served: count('Those who took a course that was offered to them.'),
    withdrawn: count('Those who left without one.'),
    waiting: count('Those who still wait or have an offer.'),
    medianHours: hours('Half of the served waited no longer, from joining to taking; absent when none was.'),
    p90Hours: hours('Nine in ten of the served waited no longer.'),
  })
  .register(z.globalRegistry, { id: 'Waits', description: 'How long patients waited for a course.' });
export type Waits = z.infer<typeof Waits>;

const QuotaUsage = z
  .strictObject({
    grantId: Id,
    poolId: Id,
    providerId: Id,
    beneficiaryId: Id,
    service: Service,
    period: Period,
    version: z.optional(z.int()).register(z.globalRegistry, {
      description:
        'Of a closed period: 1 is how it was closed, and does not change; what happened later is only in later versions. Absent while the period is open.',
    }),
    asOf: Instant.check().register(z.globalRegistry, { description: 'When the last change that is counted happened.' }),
    sequence: count('The last row of the grant’s ledger that is counted.'),
    granted: count('Courses the provider promised: `nominal`.'),
    carriedIn: count('Courses from the period before.'),
    carriedOut: count('Unused courses that went into the next period.'),
    transferredIn: count('Courses that came from other partners for good, borrowed ones that were kept among them.'),
    transferredOut: count('Courses that went to other partners for good, lent ones that were kept among them.'),
    lent: count('Courses lent to other partners, whether they came back or not.'),
    borrowed: count('Courses borrowed from other partners, whether they went back or not.'),
    expired: count('Unused courses that went back to the pool.'),
    entitled: count('Courses the grant has in the end.'),
    used: count('Courses that were begun or completed.'),
    booked: count('Courses with a date, not yet begun.'),
    held: count('Courses held or offered, not confirmed.'),
    forfeited: count('Courses used up by patients who did not come, or cancelled under a policy that forfeits.'),
    unused: count('Courses nobody has: `entitled` less the four counts before.'),
    noShows: count('Patients who did not come.'),
    waits: Waits,
  })
  .register(z.globalRegistry, { id: 'QuotaUsage', description: 'What became of the courses of one grant.' });
export type QuotaUsage = z.infer<typeof QuotaUsage>;

const Restatement = z
  .strictObject({ poolId: Id, restated: z.array(z.strictObject({ grantId: Id, version: z.int() })) })
  .register(z.globalRegistry, { id: 'Restatement', description: 'The grants whose usage has a new version.' });

export const usageRoutes = defineRoutes({
  reportQuotaUsage: {
    operationId: 'reportQuotaUsage',
    method: 'GET',
    path: '/v1/reports/quota-usage',
    summary: 'How courses were used, by service, provider, beneficiary and period',
    description:
      'One row per grant your institution gives or holds, or per grant of one of your pools; computed from the ledgers. The report of a closed period is frozen: without `version` it is its latest version. As CSV with `Accept: text/csv`; its next page is in the `Link` header.',
    scopes: ['hub/quotas.read'],
    access: readBy('self', 'provider'),
    query: z.strictObject({
      ...PageQuery,
      ...institutionFilter,
      poolId: z.optional(Id),
      version: z.optional(z.coerce.number().check(z.int(), z.minimum(1))).register(z.globalRegistry, {
        description: 'Only closed periods, in this version.',
      }),
    }),
    response: {
      status: 200,
      description: 'A page of the report. It can be shorter than `limit` and still have a `next`.',
      schema: pageOf(QuotaUsage, 'QuotaUsagePage'),
      alternatives: [CSV],
    },
    problems: [NotFound, InvalidCursor],
  },
  restateUsage: {
    operationId: 'restateUsage',
    method: 'POST',
    path: '/v1/pools/{poolId}/restate-usage',
    summary: 'Make a new version of a closed period’s usage',
    description:
      'Counts what happened since the last version: courses that were begun or cancelled after the end of the period. Grants to which nothing happened keep their version. Earlier versions stay as they are.',
    scopes: ['hub/quotas.write'],
    access: doneBy(COORDINATORS, 'provider'),
    params: poolParams,
    body: z.strictObject({ reason: ChangeReason }),
    response: { status: 200, description: 'The grants with a new version.', schema: Restatement },
    problems: [NotFound, PeriodNotClosed],
  },
});
