import { HOLDER_STATES, type Holder, type HolderState, isLive } from './holder.ts';

/**
 * A capacity account: how many units its owner is entitled to, and who holds one. Pure.
 *
 * An account is kept in segments, so that each stays within the KiB that DynamoDB writes for one unit. A segment has its
 * own share of the entitlement; a unit is taken in one segment, and the account's numbers are the sums.
 */

/** Units in a full segment: twenty-five holders and the segment's own attributes fill three quarters of a KiB. */
export const SEGMENT_UNITS = 25;

/** That units are kept: for those whom the owner has in mind, or, where it keeps some for several, for whom by name. */
export type Kept = boolean | string;

export interface Segment {
  readonly number: number;
  readonly entitled: number;
  readonly committed: number;
  /** No new holders; those there are stay. */
  readonly closed: boolean;
  /** Its units are kept for some until a day: which ones and until when, the owner says. */
  readonly reserved?: Kept;
  /** Somebody waits in line: only who is offered a unit may take one. The text tells one who joined from another. */
  readonly queue?: string;
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

/** Whether the units of some holders can still come to another use. */
export function hasLiveHolders(account: Account): boolean {
  return account.some(({ holders }) => holders.some(isLive));
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

/** What somebody may do with reserved units: use them before all others, use them, too, or not at all. */
export type Reserve = 'first' | 'too' | 'no' | ReserveByName;

/** Where units are kept by name: whose are used before all others, and whose, too, because their day has come. */
export interface ReserveByName {
  readonly own: string;
  readonly released: readonly string[];
}

/** Whether a unit of the segment is free for whoever is next. */
export function hasRoom(segment: Segment, reserve: Reserve): boolean {
  return !segment.closed && segment.committed < segment.entitled && mayUse(segment, reserve);
}

function mayUse({ reserved = false }: Segment, reserve: Reserve): boolean {
  if (reserved === false) return true;
  if (typeof reserve === 'string') return reserve !== 'no';
  return typeof reserved === 'string' && (reserved === reserve.own || reserve.released.includes(reserved));
}

/** The sooner to be tried the smaller. */
function turnOf({ reserved = false }: Segment, reserve: Reserve): number {
  if (reserve === 'too' || reserve === 'no' || reserved === false) return 1;
  return reserve === 'first' || reserved === reserve.own ? 0 : 1;
}

/** Whether anybody waits in line for a unit of the account. */
export function isQueued(account: Account): boolean {
  return account.some(({ queue }) => queue !== undefined);
}

/**
 * The segments with room in the order to try them. Each id begins elsewhere, so that a crowd spreads over the segments;
 * the same id always begins at the same one.
 */
export function segmentsToTry(account: Account, id: string, reserve: Reserve): Segment[] {
  const start = account.length === 0 ? 0 : Number.parseInt(id.slice(-8), 16) % account.length;
  const open = [...account.slice(start), ...account.slice(0, start)].filter((segment) => hasRoom(segment, reserve));
  return open.toSorted((a, b) => turnOf(a, reserve) - turnOf(b, reserve));
}

/** The segments in which so many units can be taken, one entry for each unit; `undefined` when there are too few. */
export function segmentsFor(account: Account, id: string, units: number, reserve: Reserve): number[] | undefined {
  const free = segmentsToTry(account, id, reserve).flatMap(({ number, entitled, committed }) =>
    Array<number>(entitled - committed).fill(number),
  );
  return free.length < units ? undefined : free.slice(0, units);
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
  /** For a segment that is to be made. */
  readonly reserved?: Kept;
  /** The line as it was seen: the change is refused when it was opened or closed meanwhile. */
  readonly queue?: string;
}

/**
 * How the segments change when the account's entitlement changes. A rise fills segments up before it makes new ones; a
 * cut takes free units from the last segments first. Reserved units have segments of their own.
 * @param reserved how many of the units are reserved, or how many for whom; as many as now unless said
 * @param fullSegment units in a full segment: more where an account has very many, all of which one transaction may have to write
 * @returns `undefined` when fewer units, of any kind, than are committed would be left
 */
export function planResize(
  account: Account,
  entitled: number,
  reserved: number | ReadonlyMap<string, number> = reservedUnits(account),
  fullSegment = SEGMENT_UNITS,
): SegmentChange[] | undefined {
  const plan: ShareChange[] = [];
  for (const [kind, share] of sharesOf(account, entitled, reserved)) {
    const segments = account.filter(({ reserved: is = false }) => is === kind);
    const made = plan.filter(({ from }) => from === undefined).length;
    const changes = planShare(segments, share, account.length + made, fullSegment);
    if (changes === undefined) return undefined;
    plan.push(
      ...changes.map((change) => ({
        ...change,
        ...(change.from === undefined && kind !== false ? { reserved: kind } : {}),
      })),
    );
  }
  return withLine(account, plan);
}

/** What each kind of units is to have: those that are not reserved first. */
function sharesOf(
  account: Account,
  entitled: number,
  reserved: number | ReadonlyMap<string, number>,
): (readonly [Kept, number])[] {
  if (typeof reserved === 'number') {
    return [
      [false, entitled - reserved],
      [true, reserved],
    ];
  }
  // Whoever has had some kept may have none now.
  const before = account.flatMap(({ reserved: kept }) => (typeof kept === 'string' ? [kept] : []));
  const kept = new Map([...before.map((name) => [name, 0] as const), ...reserved]);
  const sum = [...kept.values()].reduce((total, units) => total + units, 0);
  return [[false, entitled - sum], ...kept];
}

/** How many units of the account are reserved. */
export function reservedUnits(account: Account): number {
  return totals(account.filter(({ reserved }) => reserved)).entitled;
}

type ShareChange = Omit<SegmentChange, 'queue'>;

/** As `planResize`, for the segments of one kind. @param nextNumber of a segment that is to be made */
function planShare(
  segments: readonly Segment[],
  share: number,
  nextNumber: number,
  fullSegment: number,
): ShareChange[] | undefined {
  let difference = share - totals(segments).entitled;
  const changes: ShareChange[] = [];
  const change = ({ number, entitled: from }: Segment, by: number): void => {
    changes.push({ number, from, to: from + by });
    difference -= by;
  };
  if (difference > 0) {
    for (const segment of segments) {
      const by = Math.min(difference, Math.max(0, fullSegment - segment.entitled));
      if (by > 0) change(segment, by);
    }
    for (let number = nextNumber; difference > 0; number++) {
      const to = Math.min(difference, fullSegment);
      changes.push({ number, to });
      difference -= to;
    }
  }
  for (const segment of segments.toReversed()) {
    const by = Math.min(-difference, segment.entitled - segment.committed);
    if (by > 0) change(segment, -by);
  }
  return difference === 0 ? changes : undefined;
}

/** The changes of some segments, and of the others that they are written, too: all change at the same moment. */
export function everySegment(account: Account, changes: readonly SegmentChange[]): SegmentChange[] {
  const untouched = account.filter(({ number }) => !changes.some((change) => change.number === number));
  return [
    ...changes,
    ...untouched.map(({ number, entitled, queue }) => ({
      number,
      from: entitled,
      to: entitled,
      ...(queue === undefined ? {} : { queue }),
    })),
  ];
}

/**
 * Has the changes know the line. A segment that is made is in the same state as the others: one of those is written, too,
 * so that the line cannot be opened or closed in between. An account has at least one segment, which shows its line.
 */
function withLine(account: Account, changes: readonly ShareChange[]): SegmentChange[] {
  const [first] = account;
  const all = [...changes];
  if (first === undefined && all.length === 0) all.push({ number: 0, to: 0 });
  const makesSome = all.some(({ from }) => from === undefined);
  if (first !== undefined && makesSome && !all.some(({ number }) => number === first.number)) {
    all.push({ number: first.number, from: first.entitled, to: first.entitled });
  }
  return all.map((change) => {
    const { queue } = account.find(({ number }) => number === change.number) ?? first ?? {};
    return queue === undefined ? change : { ...change, queue };
  });
}
