import * as z from 'zod/mini';

/** What is served of an event source mapping's resource; where failures are parked is the cloud's business. */
export const MappingProperties = z.looseObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 100),
  StartingPosition: z._default(z.enum(['TRIM_HORIZON', 'LATEST']), 'TRIM_HORIZON'),
  BisectBatchOnFunctionError: z._default(z.boolean(), false),
  /** −1: no limit. */
  MaximumRetryAttempts: z._default(z.int(), -1),
  /** Seconds; −1: no limit. */
  MaximumRecordAgeInSeconds: z._default(z.int(), -1),
  FunctionResponseTypes: z._default(z.array(z.string()), []),
  FilterCriteria: z.optional(
    z.looseObject({ Filters: z._default(z.array(z.looseObject({ Pattern: z.string() })), []) }),
  ),
});
export type MappingProperties = z.infer<typeof MappingProperties>;
