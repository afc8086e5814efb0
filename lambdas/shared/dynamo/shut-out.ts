import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

import type { Key, SingleTable, TransactWrite } from './single-table.ts';

/**
 * Which institutions are shut out: one small item in each context's table, since few ever are, so that asking costs one
 * read whatever there is. The registry writes its own with the change of a status; others copy it from its stream.
 */

/** The partition is named in what the admission follows: `lib/contexts/institutions.ts`. */
const KEY: Key = { pk: 'SHUT-OUT', sk: 'SHUT-OUT' };
const ShutOutItem = z.object({ ids: z._default(z.set(z.string()), new Set<string>()) });

export class ShutOutTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  /** @param consistent whether a change of the last moment must be seen */
  async read({ consistent }: { readonly consistent: boolean }): Promise<ReadonlySet<string>> {
    return ShutOutItem.parse((await this.#table.get(KEY, { consistent })) ?? {}).ids;
  }

  /** Notes that an institution is, or is no longer, shut out. Noting it again changes nothing. */
  async note(institutionId: string, isShutOut: boolean): Promise<void> {
    await this.#table.client.send(new UpdateCommand(this.#change(institutionId, isShutOut)));
  }

  /** The same as part of a transaction. */
  noteWrite(institutionId: string, isShutOut: boolean): TransactWrite {
    return { Update: this.#change(institutionId, isShutOut) };
  }

  #change(institutionId: string, isShutOut: boolean) {
    return {
      TableName: this.#table.name,
      Key: KEY,
      UpdateExpression: `${isShutOut ? 'ADD' : 'DELETE'} ids :ids`,
      ExpressionAttributeValues: { ':ids': new Set([institutionId]) },
    };
  }
}
