import * as z from 'zod/mini';

/** What the parent and the child say to each other of one request that is repeated. */

export const RepeatedJob = z.object({ moduleUrl: z.string(), event: z.unknown(), repetitions: z.int() });
export type RepeatedJob = z.infer<typeof RepeatedJob>;

export const RepeatedReport = z.object({
  /** Milliseconds. */
  times: z.array(z.number()),
  /** The last one. */
  answer: z.looseObject({ statusCode: z.int(), body: z.string() }),
});
