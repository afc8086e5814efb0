import type { Permission } from '../auth/access.ts';
import type { Deed } from '../auth/agent.ts';
import type { Creation, Earlier } from '../dynamo/create-once.ts';
import { takeTurns } from '../dynamo/turns.ts';
import type { WriteOutcome } from '../dynamo/writes.ts';
import { keyReused } from './idempotency.ts';
import { Problem } from './problem.ts';
import { Busy, InstitutionNotActive, NamedInstitutionNotActive } from './problems.ts';

/** Carrying a request out once, however often it is sent: read, judge, write on the condition that nothing has moved, or look again. */

/** How often something that others keep changing is looked at again. */
export const MAX_ATTEMPTS = 6;

/** What an operation that can be repeated did. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier attempt of the same request had done it. */
  readonly replayed: boolean;
}

/** Who does something by a request, for which institution, and when. */
export function deedOf({ now }: { readonly now: () => Date }, { agent, caller: { institutionId } }: Permission): Deed {
  return { by: agent, institutionId, now: now() };
}

export interface Once<T> {
  /** What others may be changing, as the client is told. */
  readonly what: string;
  /** The request as it is remembered; made anew for each attempt, as the id of what is to be made may be. */
  readonly creation: () => Creation;
  readonly findEarlier: (creation: Creation) => Promise<Earlier | undefined>;
  /** What an earlier attempt has made or changed, by its id. */
  readonly read: (resourceId: string) => Promise<T>;
  /** Judges what is there now, and writes; `value` is what it has made, unless that has to be read. Throws what is refused. */
  readonly write: (creation: Creation) => Promise<{ readonly outcome: WriteOutcome; readonly value?: T }>;
}

/** @throws Problem `idempotency-key-reused`, `institution-not-active`, `named-institution-not-active`, `busy`, and what `write` throws */
export async function once<T>(
  permission: Permission,
  { what, creation, findEarlier, read, write }: Once<T>,
): Promise<Outcome<T>> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const request = creation();
    const earlier = await findEarlier(request);
    if (earlier?.kind === 'key-reused') throw keyReused();
    if (earlier !== undefined) return { value: await read(earlier.resourceId), replayed: true };
    const { outcome, value } = await write(request);
    if (outcome.kind === 'done') return { value: value ?? (await read(request.resourceId)), replayed: false };
    if (outcome.kind === 'replayed') return { value: await read(outcome.resourceId), replayed: true };
    // Otherwise something is not as it was when it was judged: look again.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy(what);
}

export const busy = (what: string): Problem => new Problem(Busy, `The ${what} is being changed by others.`, {}, 1);

/** What is said when a transaction was refused. */
export function refusalOf(outcome: Exclude<WriteOutcome, { kind: 'done' }>, { caller }: Permission): Problem {
  if (outcome.kind === 'key-reused') return keyReused();
  if (outcome.kind !== 'not-active') return busy('resource');
  return outcome.institutions.includes(caller.institutionId)
    ? new Problem(InstitutionNotActive, 'Your institution is not an active partner.')
    : new Problem(NamedInstitutionNotActive, 'Not all are active partners.', { institutions: outcome.institutions });
}
