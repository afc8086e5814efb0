import * as z from 'zod/mini';

import { readBy } from '../shared/auth/rules.ts';
import { Country } from '../shared/countries.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { CSV, defineRoutes } from '../shared/http/route.ts';
import { Id, institutionFilter, PageQuery, ProgrammeKind } from '../shared/values.ts';
import { Field } from './contract-parts.ts';
import { Payer } from './funding-contract-parts.ts';

/** What became of a year's training: a report from applications and travel grants. */

const count = (description: string) => z.int().register(z.globalRegistry, { description });

const cost = {
  payer: Payer,
  currency: z.string(),
  committed: count('Offered or accepted, and not paid; in minor units.'),
  disbursed: count('Paid; in minor units.'),
};

const TrainingCost = z
  .strictObject(cost)
  .register(z.globalRegistry, { id: 'TrainingCost', description: 'What one payer has promised and paid.' });
export type TrainingCost = z.infer<typeof TrainingCost>;

const TrainingReportRow = z
  .strictObject({
    year: count('Of the first day of the cohorts, in their own time zones.'),
    programmeId: Id,
    hostId: Id,
    kind: ProgrammeKind,
    fields: z.array(Field),
    country: z.optional(Country).register(z.globalRegistry, {
      description: 'Of the trainees’ institutions. Absent where nobody has applied, or it is not known.',
    }),
    cohorts: count('Of the programme in the year that are held; the same in all of its rows.'),
    seats: count('Seats offered in these; the same in all rows of the programme.'),
    applied: count(
      'Applications. They are one of: undecided, waiting, unconfirmed, confirmed, declined, lapsed, withdrawn, cancelled.',
    ),
    undecided: count('Submitted or under review.'),
    waiting: count('Accepted, and wait for a seat.'),
    accepted: count('Those that have ever had a seat.'),
    unconfirmed: count('Have a seat that is not confirmed yet.'),
    confirmed: count('Confirmed, or completed.'),
    completed: count('Completed.'),
    declined: count('Declined.'),
    lapsed: count('Had a seat that nobody confirmed in time.'),
    withdrawn: count('Withdrawn.'),
    cancelled: count('Ended as their cohort was cancelled.'),
    costs: z.array(TrainingCost).register(z.globalRegistry, { description: 'By payer and currency.' }),
  })
  .register(z.globalRegistry, { id: 'TrainingReportRow', description: 'A programme’s trainees from one country.' });
export type TrainingReportRow = z.infer<typeof TrainingReportRow>;

const TrainingReport = z
  .strictObject({
    items: z.array(TrainingReportRow),
    payers: z.array(TrainingCost).register(z.globalRegistry, {
      description: 'Sums of this page by payer and currency, each sponsor by its name. Add those of the other pages.',
    }),
    next: z.optional(z.string()),
  })
  .register(z.globalRegistry, { id: 'TrainingReport', description: 'A page of the report.' });

export const reportRoutes = defineRoutes({
  reportTraining: {
    operationId: 'reportTraining',
    method: 'GET',
    path: '/v1/reports/training',
    summary: 'A year’s training, by programme and country, and what it cost',
    description:
      'Of programmes that your institution is the host or a partner of, all trainees; of others, only your own. A page has the rows of `limit` programmes. As CSV with `Accept: text/csv`; its next page is in the `Link` header.',
    scopes: ['hub/training.read'],
    access: readBy('self'),
    query: z.strictObject({
      ...PageQuery,
      ...institutionFilter,
      year: z
        .optional(z.coerce.number().check(z.int(), z.minimum(2000), z.maximum(2999)))
        .register(z.globalRegistry, { description: 'This year, in UTC, unless said.' }),
      groupBy: z._default(z.enum(['country', 'payer']), 'country').register(z.globalRegistry, {
        description: 'The lines of the CSV: by programme and country, or the sums by payer. The JSON has both.',
      }),
    }),
    response: {
      status: 200,
      description: 'A page of the report. It can have no row and still have a `next`.',
      schema: TrainingReport,
      alternatives: [CSV],
    },
    problems: [NotFound, InvalidCursor],
  },
});
