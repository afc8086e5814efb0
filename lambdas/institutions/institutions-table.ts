import * as z from 'zod/mini';

import type { Key, SingleTable } from '../shared/dynamo/single-table.ts';
import { Institution as InstitutionShape } from './contract.ts';
import type { Institution } from './model.ts';

/**
 * The institutions table, and the only module that knows its keys: `INSTITUTION` / `<id>`. The partners are few, and
 * every list of them is a list of all of them, so one partition holds them in the order they joined.
 */

const PARTITION = 'INSTITUTION';
/** A time zone was checked when it came in, and takes ten milliseconds to look up. */
const InstitutionItem = z.object({ ...InstitutionShape.shape, timeZone: z.string(), version: z.int() });

const keyOf = (institutionId: string): Key => ({ pk: PARTITION, sk: institutionId });

export class InstitutionsTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  async get(institutionId: string): Promise<Institution | undefined> {
    const item = await this.#table.get(keyOf(institutionId), { consistent: true });
    return item === undefined ? undefined : InstitutionItem.parse(item);
  }

  /** @param after id of the last institution of the page before */
  async list(
    limit: number,
    after?: string,
  ): Promise<{ institutions: readonly Institution[]; next: string | undefined }> {
    const { items, next } = await this.#table.list(PARTITION, '', limit, after);
    return { institutions: items.map((item) => InstitutionItem.parse(item)), next };
  }

  /** Puts an institution unless a later version of it is there. @returns whether it was put */
  async put(institution: Institution): Promise<boolean> {
    return this.#table.putLater({ ...keyOf(institution.id), ...institution });
  }
}
