import { PartnersTable } from '../institutions/published-partners.ts';
import type { SegmentChange } from '../shared/capacity/account.ts';
import { type Creation, createOnce, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { GrantWrites } from './grant-writes.ts';
import { grantKey, heldKey, institutionPartition, poolKey, SWEEP } from './keys.ts';
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
  | { readonly kind: 'created' | 'key-reused' | 'pool-exceeded' | 'beneficiary-not-active' | 'moved-on' };

/** A change of a grant's account. */
export interface AccountChange {
  /** Units the pool gives, negative for units it gets back. */
  readonly units: number;
  readonly segments: readonly SegmentChange[];
}

export class AllocationTable {
  readonly #table: SingleTable;
  readonly #writes: GrantWrites;
  readonly #partners: PartnersTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new GrantWrites(table);
    this.#partners = new PartnersTable(table);
  }

  async createPool(creation: Creation, pool: Pool): Promise<PoolCreationOutcome> {
    const outcome = await createOnce(this.#table, creation, [
      this.#partners.isActive(pool.providerId),
      this.#writes.putNew({ ...poolKey(pool.id), ...pool }),
      this.#writes.putNew({ pk: institutionPartition(pool.providerId), sk: `POOL#${pool.id}`, poolId: pool.id }),
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

  /** What an earlier attempt of a request has left; `undefined` if there was none. */
  async findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  async createGrant(
    creation: Creation,
    grant: Grant,
    segments: readonly SegmentChange[],
    /** The change of its agreement that was looked at. */
    agreementSeen?: number,
  ): Promise<GrantCreationOutcome> {
    const { id, poolId, providerId, beneficiaryId, service, nominal, agreementId } = grant;
    const reference = { grantId: id };
    const outcome = await createOnce(this.#table, creation, [
      this.#writes.allocation(poolId, nominal),
      this.#partners.isActive(beneficiaryId),
      this.#writes.putNew({ ...grantKey(id), ...grant }),
      this.#writes.putNew({ pk: institutionPartition(providerId), sk: `GRANT#GIVEN#${poolId}#${id}`, ...reference }),
      this.#writes.putNew({ ...heldKey(beneficiaryId, service, id), ...reference }),
      this.#writes.putNew({ pk: SWEEP, sk: id }),
      ...this.#writes.resizeAccount({ grant, segments }),
      ...(agreementId === undefined || agreementSeen === undefined
        ? []
        : [this.#writes.unchangedAgreement(agreementId, agreementSeen)]),
    ]);
    if (outcome.kind !== 'refused') return outcome;
    if (outcome.positions.includes(0)) return { kind: 'pool-exceeded' };
    return { kind: outcome.positions.includes(1) ? 'beneficiary-not-active' : 'moved-on' };
  }

  /** Puts a grant in place of the version before it, with its account. */
  async changeGrant(
    grant: Grant,
    { units, segments }: AccountChange,
  ): Promise<'changed' | 'pool-exceeded' | 'moved-on'> {
    const allocation = units === 0 ? [] : [this.#writes.allocation(grant.poolId, units)];
    const refused = await this.#table.transact([
      this.#writes.replaceGrant({ grant }),
      ...allocation,
      ...this.#writes.resizeAccount({ grant, segments }),
    ]);
    if (refused.length === 0) return 'changed';
    return units > 0 && refused.includes(1) ? 'pool-exceeded' : 'moved-on';
  }
}
