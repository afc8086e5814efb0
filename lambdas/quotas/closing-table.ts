import { type Creation, createOnce, type Earlier } from '../shared/dynamo/create-once.ts';
import type { SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { GrantWrites, MAX_WRITES } from './grant-writes.ts';
import { heldKey, poolKey, RETIRED, SWEEP } from './keys.ts';
import type { Grant, Pool } from './model.ts';
import type { Moved } from './moves.ts';

/** The end of periods: each step is one transaction, and done once however often it is tried. */

export type CarryOutcome = 'carried' | 'pool-exceeded' | 'moved-on' | 'too-many';

export class ClosingTable {
  readonly #table: SingleTable;
  readonly #writes: GrantWrites;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new GrantWrites(table);
  }

  /** Begins to close a pool's period, or takes it up again: from then on nothing is granted in it. @param pool its next version */
  async begin(creation: Creation, pool: Pool): Promise<Earlier | { readonly kind: 'created' | 'moved-on' }> {
    const outcome = await createOnce(this.#table, creation, [this.#setStatus(pool)]);
    return outcome.kind === 'refused' ? { kind: 'moved-on' } : outcome;
  }

  /** @param pool its next version @returns whether it was this call that ended it */
  async finish(pool: Pool): Promise<boolean> {
    return (await this.#table.transact([this.#setStatus(pool)])).length === 0;
  }

  /** Carries units from a grant of one pool into a grant of another, and from what one has allocated to the other's. */
  async carry(units: number, from: Moved, to: Moved): Promise<CarryOutcome> {
    const writes = [
      this.#writes.allocation(to.grant.poolId, units),
      this.#writes.freed(from.grant.poolId, units),
      ...[from, to].flatMap((side) => [this.#writes.replaceGrant(side), ...this.#writes.resizeAccount(side)]),
    ];
    if (writes.length > MAX_WRITES) return 'too-many';
    const refused = await this.#table.transact(writes);
    if (refused.length === 0) return 'carried';
    // Where a grant has moved on, too, the room in the pool may have gone to these very units before the reply was lost.
    return refused.every((position) => position === 0) ? 'pool-exceeded' : 'moved-on';
  }

  /** Takes unused units from a grant and gives them back to its pool. */
  async expire(units: number, from: Moved): Promise<'expired' | 'moved-on' | 'too-many'> {
    const writes = [
      this.#writes.freed(from.grant.poolId, units),
      this.#writes.replaceGrant(from),
      ...this.#writes.resizeAccount(from),
    ];
    if (writes.length > MAX_WRITES) return 'too-many';
    return (await this.#table.transact(writes)).length === 0 ? 'expired' : 'moved-on';
  }

  /** Takes a grant in which nothing can happen any more out of the way of the sweep and of those who book. */
  async retire({ id, beneficiaryId, service }: Grant): Promise<void> {
    await this.#table.transact([
      { Delete: { TableName: this.#table.name, Key: { pk: SWEEP, sk: id } } },
      { Put: { TableName: this.#table.name, Item: { pk: RETIRED, sk: id } } },
      {
        Update: {
          TableName: this.#table.name,
          Key: heldKey(beneficiaryId, service, id),
          UpdateExpression: 'SET retired = :true',
          ExpressionAttributeValues: { ':true': true },
        },
      },
    ]);
  }

  /** A pool's status. What it has not allocated is left alone: grants change that without a new version of the pool. */
  #setStatus({ id, status, nextPoolId, version, by, updatedAt }: Pool): TransactWrite {
    const next = nextPoolId === undefined ? {} : { ':next': nextPoolId };
    return {
      Update: {
        TableName: this.#table.name,
        Key: poolKey(id),
        UpdateExpression:
          'SET #status = :status, version = :version, #by = :by, updatedAt = :now' +
          (nextPoolId === undefined ? '' : ', nextPoolId = :next'),
        ConditionExpression: 'version = :seen',
        ExpressionAttributeNames: { '#status': 'status', '#by': 'by' },
        ExpressionAttributeValues: {
          ':status': status,
          ':version': version,
          ':by': by,
          ':now': updatedAt,
          ':seen': version - 1,
          ...next,
        },
      },
    };
  }
}
