import * as z from 'zod/mini';

import type { Item, Key, SingleTable } from '../dynamo/single-table.ts';
import type { Kept } from './account.ts';
import type { AccountKey } from './account-table.ts';
import type { Place } from './place.ts';

/**
 * Waiting lines in DynamoDB: one small item per place, in a partition of their own, in the order in which units are
 * offered. The first of a line is read by a query for one item, however long the line is.
 */

const PlaceItem = z.object({
  id: z.string(),
  rank: z.string(),
  reserve: z.union([z.boolean(), z.string()]),
  units: z.exactOptional(z.int()),
});
const ReviewItem = z.object({ id: z.string(), sk: z.string() });

const REVIEW = 'REVIEW#';

/** A line has two parts, so that the first of those whom reserved units are meant for can be asked for alone. */
const PARTS = [true, false] as const;
/** Or, where units are kept by name, one for each name, and one with all places, so that the first of all is found at once. */
const NAMED = 'FOR#';
const ALL = 'ALL#';
const prefixOf = (reserve: Kept): string => {
  if (typeof reserve === 'string') return `${NAMED}${reserve}#`;
  return reserve ? 'RESERVE#' : 'OTHERS#';
};

/** Parts of a line, by what is to be left out of them: places that wait for so many units or more. */
export type TooMany = ReadonlyMap<Kept, number>;
const partitionOf = ({ pk }: AccountKey): string => `LINE#${pk}`;

const positionOf = ({ id, rank }: Pick<Place, 'id' | 'rank'>): string => `${rank}#${id}`;

function placeKey(key: AccountKey, { id, rank, reserve }: Place): Key {
  return { pk: partitionOf(key), sk: prefixOf(reserve) + positionOf({ id, rank }) };
}

function allKey(key: AccountKey, place: Pick<Place, 'id' | 'rank'>): Key {
  return { pk: partitionOf(key), sk: ALL + positionOf(place) };
}

function readPlace(item: Item): Place {
  return PlaceItem.parse(item);
}

const inOrder = (a: Place, b: Place): number => (positionOf(a) < positionOf(b) ? -1 : 1);

export class LineTable {
  readonly #table: SingleTable;
  readonly #byName: boolean;

  /** @param parts whether units are kept for some, or by name */
  constructor(table: SingleTable, parts: 'reserve' | 'names' = 'reserve') {
    this.#table = table;
    this.#byName = parts === 'names';
  }

  /** Takes a place. Taking it again changes nothing. */
  async enter(key: AccountKey, place: Place): Promise<void> {
    const { id, rank, reserve, units, reviewAt } = place;
    if (reviewAt !== undefined) {
      await this.#table.putNew({ pk: partitionOf(key), sk: `${REVIEW}${reviewAt}#${id}`, id });
    }
    const size = units === undefined ? {} : { units };
    // Whoever is in the part of a name is in that of all.
    if (this.#byName) await this.#table.putNew({ ...allKey(key, place), id, rank, reserve, ...size });
    await this.#table.putNew({ ...placeKey(key, place), id, rank, reserve, ...size });
  }

  /** Whose places have to be looked at again by now; `limit` at most. */
  async due(
    key: AccountKey,
    now: Date,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly sk: string }[]> {
    const items = await this.#table.listBetween(partitionOf(key), REVIEW, `${REVIEW}${now.toISOString()}~`, limit);
    return items.map((item) => ReviewItem.parse(item));
  }

  /** Forgets that a place had to be looked at. */
  async reviewed(key: AccountKey, { sk }: { readonly sk: string }): Promise<void> {
    await this.#table.remove({ pk: partitionOf(key), sk });
  }

  /** Gives a place up. Giving it up again changes nothing. */
  async leave(key: AccountKey, place: Place): Promise<void> {
    await this.#table.remove(placeKey(key, place));
    if (this.#byName) await this.#table.remove(allKey(key, place));
  }

  /** The first in line. @param tooMany what is left out */
  async first(key: AccountKey, tooMany: TooMany): Promise<Place | undefined> {
    if (this.#byName && tooMany.size === 0) return (await this.#firstIn(key, ALL))[0];
    const parts = this.#byName ? await this.#names(key) : PARTS;
    const heads = await Promise.all(parts.map((reserve) => this.#firstOf(key, reserve, tooMany.get(reserve))));
    const [first] = heads.flat().toSorted(inOrder);
    return first;
  }

  /** The first of a part, as a list of one. @param tooMany units it does not wait for */
  async #firstOf(key: AccountKey, reserve: Kept, tooMany: number | undefined): Promise<Place[]> {
    if (tooMany === 1) return [];
    const prefix = prefixOf(reserve);
    if (tooMany === undefined) return this.#firstIn(key, prefix);
    const all = (await this.#table.listAll(partitionOf(key), prefix, { consistent: true })).map(readPlace);
    return all.filter(({ units = 1 }) => units < tooMany).slice(0, 1);
  }

  async #firstIn(key: AccountKey, prefix: string): Promise<Place[]> {
    const { items } = await this.#table.list(partitionOf(key), prefix, 1, undefined, { consistent: true });
    return items.map(readPlace);
  }

  /** The names in the line: one read for each, however many wait under it. */
  async #names(key: AccountKey): Promise<string[]> {
    const names: string[] = [];
    for (let after: string | undefined; ; ) {
      const { items } = await this.#table.list(partitionOf(key), NAMED, 1, after, { consistent: true });
      const [name] = items.map((item) => readPlace(item).reserve);
      if (typeof name !== 'string') return names;
      names.push(name);
      after = `${prefixOf(name)}~`;
    }
  }

  /** Of parts that together have every place once. */
  #prefixes(): readonly string[] {
    return this.#byName ? [ALL] : PARTS.map(prefixOf);
  }

  /** The ids in the order of the line, `limit` at most. @param after position of the last one of the page before */
  async list(
    key: AccountKey,
    limit: number,
    after?: string,
  ): Promise<{ readonly ids: readonly string[]; readonly next: string | undefined }> {
    const parts = await Promise.all(
      // The other part goes on behind the same position.
      this.#prefixes().map((prefix) => this.#table.list(partitionOf(key), prefix, limit, after && prefix + after)),
    );
    const places = parts.flatMap(({ items }) => items.map(readPlace)).toSorted(inOrder);
    const shown = places.slice(0, limit);
    const last = shown.at(-1);
    const more = places.length > limit || parts.some(({ next }) => next !== undefined);
    return { ids: shown.map(({ id }) => id), next: more && last ? positionOf(last) : undefined };
  }

  /**
   * How many of a class are ahead of a place.
   * @param className text that the ranks of the class begin with; empty for all
   * @param limit counts no further, in each part of the line
   */
  async countAhead(key: AccountKey, place: Place, className: string, limit: number): Promise<number> {
    const counts = await Promise.all(
      this.#prefixes().map(async (prefix) => {
        const to = prefix + positionOf(place);
        const items = await this.#table.listBetween(partitionOf(key), prefix + className, to, limit);
        return items.filter(({ sk }) => sk !== to).length;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }
}
