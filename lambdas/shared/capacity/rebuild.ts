import { type Account, planResize, reservedUnits, SEGMENT_UNITS, type Segment } from './account.ts';
import type { Holder } from './holder.ts';

/** What an account has to be, from what its claims say and what is known of its owner. Pure. */

/** A unit and who has it. */
export interface DueHolder {
  readonly segment: number;
  readonly holder: Holder;
  /** Whether it may have a reserved unit at any time. */
  readonly reserve: boolean;
}

export interface DueAccount {
  readonly entitled: number;
  /** How many of the units are reserved. */
  readonly reserved: number;
  /** Says that somebody waits, if anybody does. */
  readonly queue: string | undefined;
  readonly closed: boolean;
  readonly holders: readonly DueHolder[];
  /**
   * Now, in seconds since 1970. When units of a segment that is lost were given back, nobody knows: that it was just now
   * makes requests look whether they are repeated.
   */
  readonly madeAt: number;
  /** Whether a holder whose claim does not show it stays: who took it may be about to write that. */
  readonly mayStay: (holder: Holder) => boolean;
}

/**
 * The account as it has to be. What is right stays as it is: a segment's share, also a holder that shows the right state.
 * @param account what can be read of it
 * @returns `undefined` when more is committed than the owner is entitled to
 */
export function rebuiltAccount(account: Account, due: DueAccount): Account | undefined {
  const now = new Map(account.map((segment) => [segment.number, segment]));
  const claimed = new Set(due.holders.map(({ holder }) => holder.id));
  const last = Math.max(-1, ...now.keys(), ...due.holders.map(({ segment }) => segment));
  let missing = due.reserved - reservedUnits(account);
  const queue = account.find((segment) => segment.queue !== undefined)?.queue ?? due.queue;
  const common = { closed: due.closed, ...(queue === undefined ? {} : { queue }) };
  const segments = Array.from({ length: last + 1 }, (_, number): Segment => {
    const there = now.get(number);
    const shown = there?.holders ?? [];
    const mine = due.holders.filter(({ segment }) => segment === number);
    const holders = [
      ...mine.map(({ holder }) => asShown(holder, shown)),
      ...shown.filter((holder) => !claimed.has(holder.id) && due.mayStay(holder)),
    ];
    const committed = holders.length;
    const entitled = Math.min(Math.max(there?.entitled ?? 0, committed), Math.max(SEGMENT_UNITS, committed));
    if (there !== undefined) return { ...there, ...common, entitled, committed, holders };
    // Nobody knows of which kind a segment was that is lost: of the reserved one, if those are too few and it can be.
    const reserved = missing > 0 && committed <= missing && mine.every(({ reserve }) => reserve);
    if (reserved) missing -= committed;
    const kind = reserved ? { reserved } : {};
    return { number, entitled, committed, ...common, ...kind, holders, freedAt: due.madeAt };
  });
  const changes = planResize(segments, due.entitled, due.reserved);
  if (changes === undefined) return undefined;
  const shares = new Map(changes.map(({ number, to }) => [number, to]));
  const made = changes
    .filter(({ from }) => from === undefined)
    .map(({ number, to, reserved }): Segment => {
      const kind = reserved === true ? { reserved } : {};
      return { number, entitled: to, committed: 0, ...common, ...kind, holders: [], freedAt: due.madeAt };
    });
  const kept = segments.map((segment) => ({ ...segment, entitled: shares.get(segment.number) ?? segment.entitled }));
  return [...kept, ...made];
}

/** A holder as it is shown already, if it is the right one in the right state. */
function asShown(due: Holder, shown: readonly Holder[]): Holder {
  return shown.find(({ id, subject, state }) => id === due.id && subject === due.subject && state === due.state) ?? due;
}

/** Whether two segments count and hold the same, and are open to the same. */
export function isSameSegment(a: Segment, b: Segment): boolean {
  return describe(a) === describe(b);
}

function describe({ entitled, committed, closed, reserved = false, queue, holders }: Segment): string {
  const all = holders.map(({ id, subject, state }) => [id, subject, state]).toSorted();
  return JSON.stringify([entitled, committed, closed, reserved, queue !== undefined, all]);
}
