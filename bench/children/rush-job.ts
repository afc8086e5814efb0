import * as z from 'zod/mini';

/** What the parent and the child of the rush say to each other. */

const Sender = z.object({ institutionId: z.string() });
const Grant = z.object({ poolId: z.string(), grantId: z.string(), provider: Sender, beneficiary: Sender });
const Event = z.object({ eventId: z.string(), organiser: Sender, guest: Sender });

const Round = z.object({
  /** What there is a rush on. */
  target: z.union([Grant, Event]),
  /** Partition key of a bare counter with as many seats. */
  counter: z.string(),
  attempts: z.int(),
  /** How many of them are under way at a time, as many as there are functions. */
  atOnce: z.int(),
});
export type Round = z.infer<typeof Round>;

/** The first round warms up and is not reported. */
export const Job = z.object({ moduleUrl: z.string(), rounds: z.array(Round), alone: z.optional(Round) });
export type Job = z.infer<typeof Job>;

export const Report = z.object({
  rounds: z.array(z.object({ outcomes: z.array(z.string()), seconds: z.number(), bareSeconds: z.number() })),
  aloneMs: z.optional(z.number()),
});
export type Report = z.infer<typeof Report>;
