import * as z from 'zod/mini';

import { ROLES } from './vocabulary.ts';

/**
 * Who did something, and in which exchange [FHIR Provenance.agent]. It is written with everything that changes, so that
 * whatever is derived from a change can say whose it was. Ids only, nothing personal.
 */
export const Agent = z.object({
  /** Subject of the token; `hub` for what the Hub does by itself, `operator` for an admin's commands. */
  actor: z.string(),
  /** The role that permitted it. */
  role: z.enum([...ROLES, 'system']),
  institutionId: z.optional(z.string()),
  /** Of the request that asked for it. */
  correlationId: z.optional(z.string()),
});
export type Agent = z.infer<typeof Agent>;

/** The Hub itself: time passing, and what follows from it. */
export const HUB: Agent = { actor: 'hub', role: 'system' };

/** Whoever has the deployment's credentials, by a command for admins. Who it was, the account's own trail says. */
export const OPERATOR: Agent = { actor: 'operator', role: 'hub-admin' };

export interface Versioned {
  /** Counts the changes; what an ETag says. */
  readonly version: number;
  /** Who made this version. */
  readonly by: Agent;
}

/** Who does something, for which institution, and when. */
export interface Deed {
  readonly by: Agent;
  readonly institutionId: string;
  readonly now: Date;
}
