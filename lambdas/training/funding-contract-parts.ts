import * as z from 'zod/mini';

import { Id, LocalizedText } from '../shared/values.ts';

/** What budgets, travel grants and cohorts say of who pays. */

export const budgetParams = z.strictObject({ budgetId: Id });
export const travelGrantParams = z.strictObject({ travelGrantId: Id });

export const PAYER_SOURCES = ['own', 'host', 'sponsor', 'programme'] as const;

export const Payer = z
  .strictObject({
    source: z.enum(PAYER_SOURCES).register(z.globalRegistry, {
      description:
        '`own`: the institution that sends somebody; `programme`: one of a state or of several institutions.',
    }),
    sponsor: z.optional(LocalizedText).register(z.globalRegistry, {
      description: 'The name of the organisation, if it is a `sponsor`; of nobody else.',
    }),
  })
  .check(
    z.refine(({ source, sponsor }) => (source === 'sponsor') === (sponsor !== undefined), {
      error: 'must be named if a sponsor pays, and only then',
      path: ['sponsor'],
    }),
  )
  .register(z.globalRegistry, { id: 'Payer', description: 'Who pays.' });
export type Payer = z.infer<typeof Payer>;
