import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';

import type { PublishedRow } from '../audit/published-rows.ts';
import { Country } from '../shared/countries.ts';
import { ShutOutTable } from '../shared/dynamo/shut-out.ts';
import type { Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { LocalizedText } from '../shared/values.ts';
import { type InstitutionChange, InstitutionStatus, isShutOut, readInstitutionChange } from './published.ts';

/**
 * The partners as another context knows them: their status, name and country, copied into its own table, so that it can
 * ask without asking there: from the registry's stream, or, since that has few readers, from the audit's rows or another context's copy.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | partner | `PARTNER#<id>` | `PARTNER` |
 * | partners that are shut out: see `ShutOutTable` | `SHUT-OUT` | `SHUT-OUT` |
 */

const PARTNERS = 'PARTNER#';

const keyOf = (institutionId: string): Key => ({ pk: PARTNERS + institutionId, sk: 'PARTNER' });

const PartnerItem = z.object({
  status: InstitutionStatus,
  name: z.optional(LocalizedText),
  country: z.optional(Country),
});
/** What is known of a partner. */
export type Partner = z.infer<typeof PartnerItem>;

export class PartnersTable {
  readonly #table: SingleTable;
  readonly #shutOut: ShutOutTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#shutOut = new ShutOutTable(table);
  }

  /** Remembers a partner's status, and whether it is shut out, unless something later is known. */
  async note(change: InstitutionChange): Promise<void> {
    // A change that is told again, or late, says what is known by now.
    const isOut = isShutOut({ status: await this.put(change) });
    // Who is new has never been shut out: most changes are of that kind.
    if (isOut || change.version > 1) await this.#shutOut.note(change.id, isOut);
  }

  /** The same, as a row of the audit tells it in the partner's own chain. Of all else nothing is noted. */
  async noteRow({ chain, subjectType, subject, version, after: { status } }: PublishedRow): Promise<void> {
    if (subjectType !== 'institution' || chain !== subject || status === undefined) return;
    await this.note(readInstitutionChange({ id: subject, status, version }));
  }

  /** The same, from another context's copy. @throws ZodError when the item is none */
  async noteCopy({ pk, ...copied }: Item): Promise<void> {
    await this.note(readInstitutionChange({ ...copied, id: String(pk).slice(PARTNERS.length) }));
  }

  /** Remembers a partner's status, unless a later one is known. @returns the status that is known then */
  async put({ id, ...known }: InstitutionChange): Promise<InstitutionChange['status']> {
    const later = await this.#table.putLater({ ...keyOf(id), ...known });
    return later === undefined ? known.status : PartnerItem.parse(later).status;
  }

  /** What is known of a partner; `undefined` when it is none. */
  async get(id: string): Promise<Partner | undefined> {
    const item = await this.#table.get(keyOf(id), { consistent: false });
    return item && PartnerItem.parse(item);
  }

  /** Part of a transaction: an institution is an active partner. */
  isActive(institutionId: string): TransactWrite {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: keyOf(institutionId),
        ConditionExpression: '#status = :active',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':active': 'active' },
      },
    };
  }

  /**
   * Follows the registry: which partners are active, and who is shut out of everything.
   * @param job as it is called in the log
   */
  follow(job: string, event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    return handleInOrder(job, event, async (record) => {
      const item = newItem(record);
      if (item?.['pk'] === 'INSTITUTION') await this.note(readInstitutionChange(item));
    });
  }
}
