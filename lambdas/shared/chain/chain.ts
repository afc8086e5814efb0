import { sha256Of } from '../canonical.ts';

/**
 * A chain in which changes are written down. Each row has the hash of the row before it, so that none
 * can be changed, left out, moved or put in between without all behind it being made anew. Pure.
 *
 * A row depends on the row before and on its change alone, not on when or by whom it is written: two writers of one change
 * make the same row.
 */

/** What a row says of a change, before it has its place in a chain. */
export interface Entry {
  /** When it happened: RFC 3339, UTC. */
  readonly at: string;
}

/** A row's place in its chain. */
export interface Link {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** `hash` of the row before; of the first row sixty-four zeros. */
  readonly previous: string;
  /** SHA-256 in hexadecimal of the row without this member, as JSON by RFC 8785. */
  readonly hash: string;
}

const NOTHING_BEFORE = '0'.repeat(64);
const DIGITS = 10;

/** A sequence as a text whose order is that of the numbers. */
export function sequenceText(sequence: number): string {
  return String(sequence).padStart(DIGITS, '0');
}

/** The hash a row must have, whatever it says it has. */
export function hashOf(hashed: object): string {
  const { hash: _, ...row }: { readonly hash?: unknown } = hashed;
  return sha256Of(row);
}

/**
 * Puts an entry behind a row.
 * @param last of the chain; `undefined` at its beginning
 */
export function linked<E extends Entry>(entry: E, last: (Entry & Link) | undefined): E & Link {
  const row = {
    ...entry,
    // Never earlier than the row before: a reader who goes back from the end knows when to stop.
    at: last === undefined || last.at < entry.at ? entry.at : last.at,
    sequence: (last?.sequence ?? 0) + 1,
    previous: last?.hash ?? NOTHING_BEFORE,
  };
  return { ...row, hash: hashOf(row) };
}

/** What is wrong with a chain, at which place. */
export interface ChainFault {
  /** Counted from 1: the place in the chain as it was read. */
  readonly place: number;
  readonly kind: 'edited' | 'out-of-sequence' | 'not-linked' | 'out-of-time';
}

/**
 * Holds a whole chain against its own rules. What it cannot see is an end that was cut off: who reads it has to know from
 * elsewhere what must be there.
 * @param rows as they are stored, in the order of their keys
 */
export function faultsOfChain(rows: readonly Readonly<Record<string, unknown>>[]): ChainFault[] {
  const faults: ChainFault[] = [];
  let previous: unknown = NOTHING_BEFORE;
  let at = '';
  for (const [index, row] of rows.entries()) {
    const place = index + 1;
    if (row['hash'] !== hashOf(row)) faults.push({ place, kind: 'edited' });
    if (row['sequence'] !== place) faults.push({ place, kind: 'out-of-sequence' });
    if (row['previous'] !== previous) faults.push({ place, kind: 'not-linked' });
    if (String(row['at']) < at) faults.push({ place, kind: 'out-of-time' });
    previous = row['hash'];
    at = String(row['at']);
  }
  return faults;
}
