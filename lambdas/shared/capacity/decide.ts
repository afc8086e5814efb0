import type { Permission } from '../auth/access.ts';
import type { Deed } from '../auth/agent.ts';
import type { Creation, Earlier } from '../dynamo/create-once.ts';
import { takeTurns } from '../dynamo/turns.ts';
import type { WriteOutcome } from '../dynamo/writes.ts';
import { keyReused } from '../http/idempotency.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, refusalOf } from '../http/once.ts';
import { refuseStale } from '../http/versions.ts';
import type { Claim, ClaimStore } from './claim.ts';
import { promote } from './line.ts';
import { expire, settle } from './settle.ts';

/**
 * What happens to a claim after it was made, where people decide about it: one transaction over it, or over all of its group,
 * on the condition that each is as it was judged. The account and the line follow.
 */

interface Decided extends Claim {
  readonly version: number;
  readonly status: string;
}

/** What an action makes of one claim. @throws Problem when it may not */
export type Judge<C> = (claim: C, deed: Deed) => C | Promise<C>;

export interface Decision<C extends Decided, S> {
  /** What is decided about, as the client is told. */
  readonly what: string;
  readonly store: ClaimStore<C>;
  readonly creation: Creation;
  readonly expectedVersion: number | undefined;
  /** The claim as the caller may see it. Throws where it may not. */
  readonly see: () => Promise<S>;
  readonly claimIn: (seen: S) => C;
  readonly findEarlier: (creation: Creation) => Promise<Earlier | undefined>;
  /** The ids of all of its group, itself among them, with which it shares what becomes of it at any time. */
  readonly groupOf: (claim: C) => readonly string[];
  /** Those to which the same is done now. */
  readonly partyOf: (claim: C) => readonly string[];
  readonly judge: Judge<C>;
  /** Puts claims in place of the versions before them, all or none. */
  readonly write: (creation: Creation, next: readonly C[]) => Promise<WriteOutcome>;
}

/**
 * Carries an action out.
 * Repeating it with the same idempotency key changes nothing and answers with the claim as it is now.
 * @throws Problem `stale-version`, `idempotency-key-reused`, `busy`, what `see` and `judge` throw
 */
export async function decide<C extends Decided, S>(
  ports: { readonly now: () => Date },
  permission: Permission,
  decision: Decision<C, S>,
): Promise<Outcome<S>> {
  const { what, store, creation, expectedVersion, see, claimIn, judge } = decision;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const claim = claimIn(await see());
    const earlier = await decision.findEarlier(creation);
    if (earlier?.kind === 'key-reused') throw keyReused();
    if (earlier !== undefined) {
      // What was done to a group has changed whether it acts as one: all of it is settled.
      const all = await read(store, decision.groupOf(claim));
      await follow(store, all, all);
      return { value: await see(), replayed: true };
    }
    refuseStale(what, claim, expectedVersion);
    const before = await read(store, decision.partyOf(claim));
    const over = before.filter((each) => store.expired(each, ports.now()) !== undefined);
    for (const each of over) await expire(store, each);
    // What is over is judged as that, by what is there now.
    const judged = over.length === 0 ? before : await read(store, decision.partyOf(claim));
    const deed = deedOf(ports, permission);
    const next: C[] = [];
    for (const each of judged) next.push(await judge(each, deed));
    const outcome = await decision.write(creation, next);
    if (outcome.kind === 'done' || outcome.kind === 'replayed') {
      const moves = next.some(({ status }, index) => status !== judged[index]?.status);
      if (moves) await follow(store, judged, next);
      return { value: await see(), replayed: outcome.kind === 'replayed' };
    }
    // Otherwise changed meanwhile, perhaps by this very attempt before its reply was lost: look again.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy(what);
}

async function read<C extends Claim>({ find }: ClaimStore<C>, ids: readonly string[]): Promise<C[]> {
  const found = await Promise.all(ids.map((id) => find(id, { consistent: true })));
  return found.filter((claim) => claim !== undefined);
}

/** Has the account and the line follow, and units that have become free go to who waits. */
async function follow<C extends Claim>(store: ClaimStore<C>, before: readonly C[], next: readonly C[]): Promise<void> {
  const { placeOf, table } = store.line;
  for (const claim of next) await settle(store, claim);
  for (const claim of before) {
    const place = placeOf(claim);
    const waits = next.some((each) => each.id === claim.id && placeOf(each)?.rank === place?.rank);
    // If the process dies before this, whoever reads the line removes it.
    if (place !== undefined && !waits) await table.leave(store.accountOf(claim), place);
  }
  const [first] = next;
  if (first !== undefined) await promote(store, store.accountOf(first));
}
