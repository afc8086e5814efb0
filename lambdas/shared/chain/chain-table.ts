import { setTimeout as sleep } from 'node:timers/promises';

import type { Item, Key, SingleTable } from '../dynamo/single-table.ts';
import { type Entry, type Link, linked, sequenceText } from './chain.ts';

/** Chains in DynamoDB: the rows lie in their owner's partition, as `<prefix><sequence>`. */

/** A writer that always comes second gives up; the change it writes down comes again. */
const MAX_ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 50;

/** Rows to read at first, which is one unit of reading; the row wanted is nearly always the last. */
const FIRST_LOOK = 5;
const LATER_LOOKS = 100;

/** What the rows of a context's chains are. */
export interface RowKind<E extends Entry, R extends E & Link> {
  /** Of the sort keys, such as `LEDGER#`. */
  readonly prefix: string;
  /** Reads a row as it is stored. */
  readonly read: (item: Item) => R;
  /** What happened, apart from its place in the chain: the same for the same change, however often it comes. */
  readonly sourceOf: (entry: E) => string;
  /** Completes an entry by what follows from the row before. */
  readonly complete: (entry: E, last: R | undefined) => Omit<R, keyof Link>;
  /** What has to be there before the first row of a chain is. Done again, it changes nothing. */
  readonly begin?: (pk: string) => Promise<void>;
}

export interface RowPage<R> {
  readonly rows: readonly R[];
  /** Sequence of the last row; `undefined` on the last page. */
  readonly next: string | undefined;
}

export class ChainTable<E extends Entry, R extends E & Link> {
  readonly #table: SingleTable;
  readonly #kind: RowKind<E, R>;

  constructor(table: SingleTable, kind: RowKind<E, R>) {
    this.#table = table;
    this.#kind = kind;
  }

  /**
   * Writes changes down, each once, however often it comes and whoever else is writing.
   *
   * No mark is kept of what is done. A row is never dated before its change, nor before the row in front of it, so a
   * change that is written down already is found by reading back from the end to its date; and the next row is put on the
   * condition that there is none, so that nothing can have come in between.
   * @param entries in the order in which they happened
   * @returns how many rows were added
   */
  async append(pk: string, entries: readonly E[]): Promise<number> {
    let added = 0;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const end = await this.#readBack(pk, entries);
      if (end.last === undefined) await this.#kind.begin?.(pk);
      let overtaken = false;
      for (const entry of entries) {
        const source = this.#kind.sourceOf(entry);
        if (end.known.has(source)) continue;
        const row = this.#behind(entry, end.last);
        const there = await this.#table.putNew({
          ...Object.fromEntries(Object.entries(row)),
          ...this.#keyOf(pk, row.sequence),
        });
        // The same row is this very one, put before its reply was lost, or by another writer.
        overtaken = there !== undefined && there['hash'] !== row.hash;
        if (overtaken) break;
        if (there === undefined) added += 1;
        end.last = row;
        end.known.add(source);
      }
      if (!overtaken) return added;
      await sleep(LONGEST_PAUSE_MS * Math.random());
    }
    throw new Error('Others write to the chain all the time');
  }

  #read(item: Item): R {
    return this.#kind.read(withoutKey(item));
  }

  #keyOf(pk: string, sequence: number): Key {
    return { pk, sk: this.#kind.prefix + sequenceText(sequence) };
  }

  #behind(entry: E, last: R | undefined): R {
    return this.#kind.read(linked(this.#kind.complete(entry, last), last));
  }

  /** The end of the chain: its last row, and what is written down since the first of some changes happened. */
  async #readBack(pk: string, entries: readonly E[]): Promise<{ last: R | undefined; known: Set<string> }> {
    const oldest = entries.map(({ at }) => at).reduce((a, b) => (a < b ? a : b), '9999');
    const known = new Set<string>();
    let last: R | undefined;
    let before: string | undefined;
    do {
      const limit = last === undefined ? FIRST_LOOK : LATER_LOOKS;
      const page = await this.#table.listBack(pk, this.#kind.prefix, limit, before);
      for (const item of page.items) {
        const row = this.#read(item);
        last ??= row;
        if (row.at < oldest) return { last, known };
        known.add(this.#kind.sourceOf(row));
      }
      before = page.next;
    } while (before !== undefined);
    return { last, known };
  }

  /** The last row of a chain, as of now. */
  async last(pk: string): Promise<R | undefined> {
    const { items } = await this.#table.listBack(pk, this.#kind.prefix, 1);
    return items.map((item) => this.#read(item))[0];
  }

  /** @param after sequence of the last row of the page before */
  async list(pk: string, limit: number, after?: string): Promise<RowPage<R>> {
    const from = after === undefined ? undefined : this.#keyOf(pk, Number(after)).sk;
    const { items, next } = await this.#table.list(pk, this.#kind.prefix, limit, from);
    return {
      rows: items.map((item) => this.#read(item)),
      next: next === undefined ? undefined : String(Number(next.slice(this.#kind.prefix.length))),
    };
  }

  /** Every row, in the order of their sequence, as of now. */
  async all(pk: string): Promise<R[]> {
    const items = await this.#table.listAll(pk, this.#kind.prefix, { consistent: true });
    return items.map((item) => this.#read(item));
  }

  /** @param sequence from 1 */
  async get(pk: string, sequence: number): Promise<R | undefined> {
    const item = await this.#table.get(this.#keyOf(pk, sequence), { consistent: false });
    return item === undefined ? undefined : this.#read(item);
  }

  /** Every row as it is stored, whatever it says, in the order of the keys; without the keys. */
  async everything(pk: string): Promise<Item[]> {
    const items = await this.#table.listAll(pk, this.#kind.prefix, { consistent: true });
    return items.map(withoutKey);
  }
}

function withoutKey({ pk: _, sk: __, ...row }: Item): Item {
  return row;
}
