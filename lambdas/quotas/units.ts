import * as z from 'zod/mini';

/** What the contracts of this context say about numbers of courses, and why such a number changes. Pure. */

/** The most courses one pool or grant can have: what one change of a grant can still write in one transaction. */
export const MAX_UNITS = 2000;

export const Units = z.int().check(z.minimum(0), z.maximum(MAX_UNITS));

/** A number of courses that moves: at least one. */
export const SomeUnits = z.int().check(z.minimum(1), z.maximum(MAX_UNITS));

/** Why courses are added or handed on. A list, not a text: a text could say something about a person. */
export const ChangeReason = z
  .enum(['emergency', 'agreement-amended', 'demand-shifted', 'correction'])
  .register(z.globalRegistry, { id: 'ChangeReason', description: 'Why courses are added or handed on.' });
export type ChangeReason = z.infer<typeof ChangeReason>;
