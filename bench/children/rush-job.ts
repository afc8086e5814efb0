import * as z from 'zod/mini';

/** What the parent and the child of the rush say to each other. */

const Sender = z.object({ institutionId: z.string() });

const Round = z.object({
  grant: z.object({ poolId: z.string(), grantId: z.string(), provider: Sender, beneficiary: Sender }),
  /** Partition key of a bare counter with as many seats. */
  counter: z.string(),
  attempts: z.int(),
});
export type Round = z.infer<typeof Round>;

/** The first round warms up and is not reported. */
export const Job = z.object({ moduleUrl: z.string(), rounds: z.array(Round), alone: Round });
export type Job = z.infer<typeof Job>;

export const Report = z.object({
  rounds: z.array(z.object({ statuses: z.array(z.int()), seconds: z.number(), bareSeconds: z.number() })),
  aloneMs: z.number(),
});
