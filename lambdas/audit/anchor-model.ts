import * as z from 'zod/mini';

import { linked } from '../shared/chain/chain.ts';

/** Anchors: where each chain stood on a day, kept where nobody can change it. They are a chain themselves. Pure. */

export const ANCHORS = 'audit/anchors/';

/** Where a chain stood: its last row. */
const Head = z.object({ institutionId: z.string(), sequence: z.int(), hash: z.string() });
export type Head = z.infer<typeof Head>;

export const Anchor = z.object({
  /** The day, in UTC. */
  date: z.string(),
  at: z.string(),
  chains: z.array(Head),
  /** From 1, without gaps, though days may be missing. */
  sequence: z.int(),
  /** `hash` of the anchor before; of the first one sixty-four zeros. */
  previous: z.string(),
  /** SHA-256 of the anchor without this member, as JSON by RFC 8785. */
  hash: z.string(),
});
export type Anchor = z.infer<typeof Anchor>;

export const dateOf = (now: Date): string => now.toISOString().slice(0, 10);
export const anchorKey = (date: string): string => `${ANCHORS}${date}.json`;

export function nextAnchor(chains: readonly Head[], now: Date, last: Anchor | undefined): Anchor {
  return linked({ at: now.toISOString(), date: dateOf(now), chains: [...chains] }, last);
}
