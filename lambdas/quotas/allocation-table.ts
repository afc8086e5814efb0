import type { SegmentChange } from '../shared/capacity/account.ts';
import { AccountTable } from '../shared/capacity/account-table.ts';
import { type Creation, createOnce } from '../shared/dynamo/create-once.ts';
import type { Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { accountKey, grantKey, institutionPartition, partnerKey, poolKey, SWEEP } from './keys.ts';
import type { Grant, Pool } from './model.ts';

/**
 * What changes how much there is: pools and grants are made and changed in transactions, so that the sum of a pool's
 * grants never exceeds its capacity. Each method names the precondition that failed.
 */

/** What an earlier attempt of a request to create something has left. */
interface Replayed {
  readonly kind: 'replayed';
  readonly resourceId: string;
}

export type PoolCreationOutcome = Replayed | { readonly kind: 'created' | 'key-reused' | 'provider-not-active' };

export type GrantCreationOutcome =
  | Replayed
  | { readonly kind: 'created' | 'key-reused' | 'pool-exceeded' | 'beneficiary-not-active' | 'id-taken' };

/** A change of a grant's account. */
export interface AccountChange {
  /** Units the pool gives, negative for units it gets back. */
  readonly units: number;
  readonly segments: readonly SegmentChange[];
}

export class AllocationTable {
  readonly #table: SingleTable;
  readonly #accounts: AccountTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#accounts = new AccountTable(table);
  }

  async createPool(creation: Creation, pool: Pool): Promise<PoolCreationOutcome> {
    const outcome = await createOnce(this.#table, creation, [
      this.#activePartner(pool.providerId),
      this.#put({ ...poolKey(pool.id), ...pool }),
      this.#put({ pk: institutionPartition(pool.providerId), sk: `POOL#${pool.id}`, poolId: pool.id }),
    ]);
    return outcome.kind === 'refused' ? { kind: 'provider-not-active' } : outcome;
  }

  /** Puts a pool in place of the version before it. @param change of its capacity, in courses */
  async changePool(pool: Pool, change: number): Promise<'changed' | 'refused'> {
    const { name } = pool;
    const refused = await this.#table.transact([
      {
        Update: {
          TableName: this.#table.name,
          Key: poolKey(pool.id),
          UpdateExpression:
            'SET #capacity = :capacity, unallocated = unallocated + :change, cancellationPolicy = :cancellation, #by = :by, ' +
            `noShowPolicy = :noShow, version = :version, updatedAt = :now${name === undefined ? '' : ', #name = :name'}`,
          ConditionExpression: 'version = :seen AND unallocated >= :needed',
          ExpressionAttributeNames: {
            '#capacity': 'capacity',
            '#by': 'by',
            ...(name === undefined ? {} : { '#name': 'name' }),
          },
          ExpressionAttributeValues: {
            ':capacity': pool.capacity,
            ':change': change,
            ':needed': Math.max(0, -change),
            ':cancellation': pool.cancellationPolicy,
            ':noShow': pool.noShowPolicy,
            ':version': pool.version,
            ':by': pool.by,
            ':seen': pool.version - 1,
            ':now': pool.updatedAt,
            ...(name === undefined ? {} : { ':name': name }),
          },
        },
      },
    ]);
    return refused.length === 0 ? 'changed' : 'refused';
  }

  async createGrant(
    creation: Creation,
    grant: Grant,
    segments: readonly SegmentChange[],
  ): Promise<GrantCreationOutcome> {
    const { id, poolId, providerId, beneficiaryId, service, nominal } = grant;
    const reference = { grantId: id };
    const outcome = await createOnce(this.#table, creation, [
      this.#allocation(poolId, nominal),
      this.#activePartner(beneficiaryId),
      this.#put({ ...grantKey(id), ...grant }),
      this.#put({ pk: institutionPartition(providerId), sk: `GRANT#GIVEN#${poolId}#${id}`, ...reference }),
      this.#put({ pk: institutionPartition(beneficiaryId), sk: `GRANT#HELD#${service}#${id}`, ...reference }),
      this.#put({ pk: SWEEP, sk: id }),
      ...segments.map((segment) => this.#accounts.resizeWrite(accountKey(id), segment, false)),
    ]);
    if (outcome.kind !== 'refused') return outcome;
    if (outcome.positions.includes(0)) return { kind: 'pool-exceeded' };
    return { kind: outcome.positions.includes(1) ? 'beneficiary-not-active' : 'id-taken' };
  }

  /** Puts a grant in place of the version before it, with its account. */
  async changeGrant(
    grant: Grant,
    { units, segments }: AccountChange,
  ): Promise<'changed' | 'pool-exceeded' | 'moved-on'> {
    const replacement: TransactWrite = {
      Put: {
        TableName: this.#table.name,
        Item: { ...grantKey(grant.id), ...grant },
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': grant.version - 1 },
      },
    };
    const allocation = units === 0 ? [] : [this.#allocation(grant.poolId, units)];
    const closed = grant.status === 'suspended';
    const account = segments.map((change) => this.#accounts.resizeWrite(accountKey(grant.id), change, closed));
    const refused = await this.#table.transact([replacement, ...allocation, ...account]);
    if (refused.length === 0) return 'changed';
    return units > 0 && refused.includes(1) ? 'pool-exceeded' : 'moved-on';
  }

  /** Takes units of a pool out of what is unallocated; gives back when negative. */
  #allocation(poolId: string, units: number): TransactWrite {
    return {
      Update: {
        TableName: this.#table.name,
        Key: poolKey(poolId),
        UpdateExpression: 'SET unallocated = unallocated - :units',
        ConditionExpression: 'unallocated >= :units',
        ExpressionAttributeValues: { ':units': units },
      },
    };
  }

  #activePartner(institutionId: string): TransactWrite {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: partnerKey(institutionId),
        ConditionExpression: '#status = :active',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':active': 'active' },
      },
    };
  }

  #put(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
}
