import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

import { sequenceText } from '../shared/chain/chain.ts';
import { ChainTable } from '../shared/chain/chain-table.ts';
import type { IdPage, Item, SingleTable } from '../shared/dynamo/single-table.ts';
import { AuditRow } from './contract.ts';
import { type AuditEntry, completed, sourceOf } from './model.ts';

/**
 * The audit table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | row of an institution's chain | `CHAIN#<institution>` | `ROW#<sequence, 10 digits>` |
 * | institutions that have a chain | `CHAINS` | `<institution>` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 *
 * Two indexes, `BySubject` and `ByActor`, hold the keys of rows by `subject` and `actor`, in the order of `place`.
 */

const ROWS = 'ROW#';
const CHAINS = 'CHAINS';

/** What a later version of the Hub adds to rows stays in them: their hash counts it. */
const RowItem = z.looseObject(AuditRow.shape);
const Placed = z.object({ place: z.string() });

export const chainKey = (institutionId: string): string => `CHAIN#${institutionId}`;

/** Which rows of a chain: all, or those of a subject or an actor; from one sequence to another, both included. */
export interface RowListing {
  readonly institutionId: string;
  readonly by?:
    | { readonly index: 'BySubject'; readonly subject: string }
    | { readonly index: 'ByActor'; readonly actor: string };
  readonly lowest: number;
  readonly highest: number;
}

export class AuditTable {
  readonly #table: SingleTable;
  readonly #rows: ChainTable<AuditEntry, AuditRow>;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#rows = new ChainTable<AuditEntry, AuditRow>(table, {
      prefix: ROWS,
      read: (item) => RowItem.parse(item),
      sourceOf,
      complete: (entry, last) => completed(entry, last, sequenceText((last?.sequence ?? 0) + 1)),
      begin: async (pk) => {
        await table.putNew({ pk: CHAINS, sk: pk.slice(chainKey('').length) });
      },
    });
  }

  /** Writes down what happened, each once. @param entries all of this institution's chain @returns how many rows were added */
  append(institutionId: string, entries: readonly AuditEntry[]): Promise<number> {
    return this.#rows.append(chainKey(institutionId), entries);
  }

  /** The last row of a chain, as of now; `undefined` when it has none. */
  last(institutionId: string): Promise<AuditRow | undefined> {
    return this.#rows.last(chainKey(institutionId));
  }

  row(institutionId: string, sequence: number): Promise<AuditRow | undefined> {
    return this.#rows.get(chainKey(institutionId), sequence);
  }

  /** Every row as it is stored, whatever it says, in the order of the keys. */
  everything(institutionId: string): Promise<Item[]> {
    return this.#rows.everything(chainKey(institutionId));
  }

  /**
   * Reads rows from the last one backwards.
   * @returns the rows, and whether there are more in front of them
   */
  async listBack(
    listing: RowListing,
    limit: number,
  ): Promise<{ readonly rows: readonly AuditRow[]; readonly more: boolean }> {
    const { institutionId, by } = listing;
    const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
      new QueryCommand({ TableName: this.#table.name, ...rangeOf(listing), ScanIndexForward: false, Limit: limit }),
    );
    const found =
      by === undefined
        ? Items.map(({ pk: _, sk: __, ...item }) => RowItem.parse(item))
        : // An index has keys only, and shows no row before the table does.
          await Promise.all(Items.map((item) => this.row(institutionId, Number(Placed.parse(item).place.slice(-10)))));
    return { rows: found.filter((row) => row !== undefined), more: LastEvaluatedKey !== undefined };
  }

  /** Ids of the institutions that have a chain. */
  async listChains(limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(CHAINS, '', limit, after, { consistent: true });
    const ids = items.map((item) => String(item['sk']));
    return { entries: ids.map((id) => ({ id, position: id })), next };
  }
}

function rangeOf({ institutionId, by, lowest, highest }: RowListing) {
  const between = (prefix: string) => ({
    ':from': prefix + sequenceText(lowest),
    ':to': prefix + sequenceText(highest),
  });
  if (by === undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': chainKey(institutionId), ...between(ROWS) },
    };
  }
  const [name, value] = by.index === 'BySubject' ? ['subject', by.subject] : ['actor', by.actor];
  return {
    IndexName: by.index,
    KeyConditionExpression: '#name = :value AND place BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#name': name },
    ExpressionAttributeValues: { ':value': value, ...between(`${institutionId}#`) },
  };
}
