import * as z from 'zod/mini';

import type { Item, Key, SingleTable } from '../dynamo/single-table.ts';
import type { AccountKey } from './account-table.ts';
import type { Place } from './place.ts';

/**
 * Waiting lines in DynamoDB: one small item per place, in a partition of their own, in the order in which units are
 * offered. The first of a line is read by a query for one item, however long the line is.
 */

const PlaceItem = z.object({ id: z.string(), rank: z.string(), reserve: z.boolean() });
const ReviewItem = z.object({ id: z.string(), sk: z.string() });

const REVIEW = 'REVIEW#';

/** A line has two parts, so that the first of those whom reserved units are meant for can be asked for alone. */
const PARTS = [true, false] as const;
const prefixOf = (reserve: boolean): string => (reserve ? 'RESERVE#' : 'OTHERS#');
const partitionOf = ({ pk }: AccountKey): string => `LINE#${pk}`;

const positionOf = ({ id, rank }: Pick<Place, 'id' | 'rank'>): string => `${rank}#${id}`;

function placeKey(key: AccountKey, { id, rank, reserve }: Place): Key {
  return { pk: partitionOf(key), sk: prefixOf(reserve) + positionOf({ id, rank }) };
}

function readPlace(item: Item): Place {
  return PlaceItem.parse(item);
}

const inOrder = (a: Place, b: Place): number => (positionOf(a) < positionOf(b) ? -1 : 1);

export class LineTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  /** Takes a place. Taking it again changes nothing. */
  async enter(key: AccountKey, place: Place): Promise<void> {
    const { id, rank, reserve, reviewAt } = place;
    if (reviewAt !== undefined) {
      await this.#table.putNew({ pk: partitionOf(key), sk: `${REVIEW}${reviewAt}#${id}`, id });
    }
    await this.#table.putNew({ ...placeKey(key, place), id, rank, reserve });
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
  }

  /** The first in line. @param reserveOnly of those whom reserved units are meant for */
  async first(key: AccountKey, reserveOnly: boolean): Promise<Place | undefined> {
    const parts = reserveOnly ? [true] : PARTS;
    const heads = await Promise.all(
      parts.map((reserve) => this.#table.list(partitionOf(key), prefixOf(reserve), 1, undefined, { consistent: true })),
    );
    const [first] = heads.flatMap(({ items }) => items.map(readPlace)).toSorted(inOrder);
    return first;
  }

  /** The ids in the order of the line, `limit` at most. @param after position of the last one of the page before */
  async list(
    key: AccountKey,
    limit: number,
    after?: string,
  ): Promise<{ readonly ids: readonly string[]; readonly next: string | undefined }> {
    const parts = await Promise.all(
      // The other part goes on behind the same position.
      PARTS.map((reserve) =>
        this.#table.list(partitionOf(key), prefixOf(reserve), limit, after && prefixOf(reserve) + after),
      ),
    );
    const places = parts.flatMap(({ items }) => items.map(readPlace)).toSorted(inOrder);
    const shown = places.slice(0, limit);
    const last = shown.at(-1);
    const more = places.length > limit || parts.some(({ next }) => next !== undefined);
    return { ids: shown.map(({ id }) => id), next: more && last ? positionOf(last) : undefined };
  }

  /**
   * How many of a class are ahead of a place.
   * @param className text that the ranks of the class begin with
   * @param limit counts no further, in each part of the line
   */
  async countAhead(key: AccountKey, place: Place, className: string, limit: number): Promise<number> {
    const counts = await Promise.all(
      PARTS.map(async (reserve) => {
        const prefix = prefixOf(reserve);
        const to = prefix + positionOf(place);
        const items = await this.#table.listBetween(partitionOf(key), prefix + className, to, limit);
        return items.filter(({ sk }) => sk !== to).length;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }
}
