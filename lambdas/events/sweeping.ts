import { contradictsItself } from '../shared/capacity/account.ts';
import { sweepAccount } from '../shared/capacity/sweep.ts';
import { assignReviewers } from './assigning.ts';
import { cancelRegistrations } from './cancelling.ts';
import { MODES } from './contract-parts.ts';
import { statusAt } from './event-model.ts';
import { accountKey } from './keys.ts';
import type { Ports } from './ports.ts';
import { registrationsAsClaims } from './registrations-as-claims.ts';

/** What a visit has found and put right. */
export interface Visit {
  readonly expired: number;
  readonly settled: number;
  readonly abandoned: number;
  readonly offered: number;
  readonly cancelled: number;
  /** Abstracts that were given reviewers. */
  readonly assigned: number;
  readonly drifted: boolean;
}

/**
 * Visits an event: gives places back that nobody took or will use, on to who waits, also those whose release day has come;
 * ends what is left of one that was cancelled; assigns reviewers to abstracts once the call is closed.
 */
export async function sweepEvent(ports: Ports, eventId: string): Promise<Visit> {
  const store = registrationsAsClaims(ports);
  const swept = [];
  for (const mode of MODES) swept.push(await sweepAccount(store, accountKey(eventId, mode)));
  const findings = swept.flatMap((each) => each.findings);
  const found = (what: string): number => findings.filter((finding) => finding === what).length;
  const event = await ports.events.get(eventId);
  const is = event && statusAt(event, ports.now());
  const assigned = event === undefined ? 0 : await assignReviewers(ports, event);
  const cancelled = is === 'cancelled' ? await cancelRegistrations(ports, eventId) : 0;
  const held = swept.some(({ account }) =>
    account.some(({ holders }) => holders.some(({ state }) => state === 'held')),
  );
  const isDone = is === 'cancelled' || is === 'completed';
  if (isDone && !held && cancelled === 0) await ports.events.retire(eventId);
  return {
    ...{ expired: found('expired'), settled: found('settled'), abandoned: found('abandoned') },
    ...{ offered: found('offered'), cancelled, assigned },
    drifted: swept.some(({ account }) => contradictsItself(account)),
  };
}
