import { HOLDER_STATES, type Holder, type HolderState, isLive } from './holder.ts';

/**
 * A capacity account: how many units its owner is entitled to, and who holds one. Pure.
 *
 * An account is kept in segments, so that each stays within the KiB that DynamoDB writes for one unit. A segment has its
 * own share of the entitlement; a unit is taken in one segment, and the account's numbers are the sums.
 */

/** Units in a full segment: twenty-five holders and the segment's own attributes fill three quarters of a KiB. */
export const SEGMENT_UNITS = 25;

export interface Segment {
  readonly number: number;
  readonly entitled: number;
  readonly committed: number;
  /** No new holders; those there are stay. */
  readonly closed: boolean;
  readonly holders: readonly Holder[];
  /** When a unit was last given back, in seconds since 1970. */
  readonly freedAt?: number;
}

/** Segments in the order of their numbers. */
export type Account = readonly Segment[];

export interface Totals extends Readonly<Record<HolderState, number>> {
  readonly entitled: number;
  readonly committed: number;
  readonly available: number;
}

export function totals(account: Account): Totals {
  const sum = (of: (segment: Segment) => number): number => account.reduce((total, segment) => total + of(segment), 0);
  const inState = (state: HolderState): number =>
    sum(({ holders }) => holders.filter((holder) => holder.state === state).length);
  const entitled = sum((segment) => segment.entitled);
  const committed = sum((segment) => segment.committed);
  const [held = 0, confirmed = 0, arrived = 0, fulfilled = 0, forfeited = 0] = HOLDER_STATES.map(inState);
  return { entitled, committed, available: entitled - committed, held, confirmed, arrived, fulfilled, forfeited };
}

/**
 * Whether an account contradicts itself: a segment that counts other than its holders, or more than its share. Neither
 * can come from a write of the Hub's, each of which changes both or refuses.
 */
export function contradictsItself(account: Account): boolean {
  return account.some(({ committed, entitled, holders }) => committed !== holders.length || committed > entitled);
}

export interface Holding {
  readonly holder: Holder;
  readonly segment: number;
}

/**
 * Where in the account something is held. More than one place only between two attempts of one request that took
 * different segments, until the second of them looks.
 */
export function holdingsOf(account: Account, id: string): Holding[] {
  return account.flatMap(({ number, holders }) =>
    holders.filter((holder) => holder.id === id).map((holder) => ({ holder, segment: number })),
  );
}

/** Live holders for a subject, other than `exceptId`. */
export function liveHoldersFor(account: Account, subject: string, exceptId: string): Holder[] {
  return account
    .flatMap(({ holders }) => holders)
    .filter((holder) => holder.subject === subject && holder.id !== exceptId && isLive(holder));
}

export function hasRoom(segment: Segment): boolean {
  return !segment.closed && segment.committed < segment.entitled;
}

/**
 * The segments with room in the order to try them. Each id begins elsewhere, so that a crowd spreads over the segments;
 * the same id always begins at the same one.
 */
export function segmentsToTry(account: Account, id: string): Segment[] {
  const start = account.length === 0 ? 0 : Number.parseInt(id.slice(-8), 16) % account.length;
  return [...account.slice(start), ...account.slice(0, start)].filter(hasRoom);
}

/** Latest moment a unit was given back in, in seconds since 1970; 0 if never. */
export function lastFreedAt(account: Account): number {
  return Math.max(0, ...account.map(({ freedAt = 0 }) => freedAt));
}

/** A segment's new share of the entitlement. `from` is absent for a segment that is to be made. */
export interface SegmentChange {
  readonly number: number;
  readonly from?: number;
  readonly to: number;
}

/**
 * How the segments change when the account's entitlement becomes `entitled`. A rise fills segments up before it makes
 * new ones; a cut takes free units from the last segments first.
 * @returns `undefined` when fewer units than are committed would be left
 */
export function planResize(account: Account, entitled: number): SegmentChange[] | undefined {
  const shares = account.map((segment) => ({ ...segment }));
  let difference = entitled - totals(account).entitled;
  const changes: SegmentChange[] = [];
  const change = ({ number, entitled: from }: Segment, by: number): void => {
    changes.push({ number, from, to: from + by });
    difference -= by;
  };
  if (difference > 0) {
    for (const segment of shares) {
      const by = Math.min(difference, Math.max(0, SEGMENT_UNITS - segment.entitled));
      if (by > 0) change(segment, by);
    }
    for (let number = account.length; difference > 0; number++) {
      const to = Math.min(difference, SEGMENT_UNITS);
      changes.push({ number, to });
      difference -= to;
    }
  }
  for (const segment of shares.toReversed()) {
    const by = Math.min(-difference, segment.entitled - segment.committed);
    if (by > 0) change(segment, -by);
  }
  return difference === 0 ? changes : undefined;
}
