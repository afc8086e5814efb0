import * as z from 'zod/mini';

import type { InstitutionChange } from '../institutions/published.ts';
import type { Account } from '../shared/capacity/account.ts';
import { type AccountKey, AccountTable } from '../shared/capacity/account-table.ts';
import { familyOf } from '../shared/capacity/holder.ts';
import type { Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { Booking as BookingShape, Grant as GrantShape, Pool as PoolShape } from './contract.ts';
import type { Booking, Grant, Pool } from './model.ts';

/**
 * The quotas table, and the only module that knows its keys.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | pool | `POOL#<id>` | `POOL` |
 * | grant, its account's segments | `GRANT#<family>` | `GRANT`, `GRANT#SEGMENT#<nn>` |
 * | booking | `GRANT#<family>` | `BOOKING#<id>` |
 * | an institution's pools and grants | `INSTITUTION#<id>` | `POOL#<id>`, `GRANT#GIVEN#<pool>#<id>`, `GRANT#HELD#<service>#<id>` |
 * | grants the sweep visits | `SWEEP` | `<grant id>` |
 * | partner | `PARTNER#<id>` | `PARTNER` |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 */

const version = z.int();
const { allocated: _, ...poolShape } = PoolShape.shape;
const PoolItem = z.object({ ...poolShape, version });
const { balance: __, ...grantShape } = GrantShape.shape;
const GrantItem = z.object({ ...grantShape, version });
const BookingItem = z.object({
  ...BookingShape.shape,
  // Checked when it came in; a stricter rule of tomorrow must not make yesterday's bookings unreadable.
  patient: z.string(),
  expiresAt: z.string(),
  version,
  segment: z.int(),
  fingerprint: z.string(),
  requests: z.record(z.string(), z.string()),
});
const Reference = z.object({ sk: z.string(), grantId: z.string() });
const PoolReference = z.object({ poolId: z.string() });

const GRANT = 'GRANT';

export function accountKey(grantId: string): AccountKey {
  return { pk: `GRANT#${familyOf(grantId)}`, owner: GRANT, ownerId: grantId };
}

function bookingKey(bookingId: string): Key {
  return { pk: `GRANT#${familyOf(bookingId)}`, sk: `BOOKING#${bookingId}` };
}

function poolKey(poolId: string): Key {
  return { pk: `POOL#${poolId}`, sk: 'POOL' };
}

const institutionPartition = (institutionId: string): string => `INSTITUTION#${institutionId}`;

/** Which of an institution's grants a list is about. */
export interface GrantListing {
  readonly institutionId: string;
  /** Only those given in this pool. */
  readonly poolId?: string;
}

const grantPrefix = ({ poolId }: GrantListing): string => (poolId === undefined ? 'GRANT#' : `GRANT#GIVEN#${poolId}#`);

/** A page of ids, each with the position after it. */
export interface IdPage {
  readonly entries: readonly { readonly id: string; readonly position: string }[];
  readonly next: string | undefined;
}

export class QuotasTable {
  readonly accounts: AccountTable;
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.accounts = new AccountTable(table);
  }

  get single(): SingleTable {
    return this.#table;
  }

  async getPool(poolId: string): Promise<Pool | undefined> {
    const item = await this.#table.get(poolKey(poolId), { consistent: true });
    return item === undefined ? undefined : PoolItem.parse(item);
  }

  async listPools(institutionId: string, limit: number, after?: string): Promise<IdPage> {
    const page = await this.#table.list(institutionPartition(institutionId), 'POOL#', limit, after);
    return {
      entries: page.items.map((item) => ({ id: PoolReference.parse(item).poolId, position: String(item['sk']) })),
      next: page.next,
    };
  }

  /** A grant with its account. Reads of the hot path are not consistent: the conditional write decides. */
  async getGrant(
    grantId: string,
    freshness: { readonly consistent: boolean },
  ): Promise<{ grant: Grant; account: Account } | undefined> {
    const { owner, account } = await this.accounts.load(accountKey(grantId), freshness);
    // The key holds only the family of the id: another id of the family is an id of nothing.
    return owner?.['id'] === grantId ? { grant: GrantItem.parse(owner), account } : undefined;
  }

  async listGrants(listing: GrantListing, limit: number, after?: string): Promise<IdPage> {
    const page = await this.#table.list(
      institutionPartition(listing.institutionId),
      grantPrefix(listing),
      limit,
      after,
    );
    return {
      entries: page.items
        .map((item) => Reference.parse(item))
        .map(({ sk, grantId }) => ({ id: grantId, position: sk })),
      next: page.next,
    };
  }

  /** Every grant the institution holds for a service, as of now. */
  async grantsHeldFor(institutionId: string, service: string): Promise<string[]> {
    const items = await this.#table.listAll(institutionPartition(institutionId), `GRANT#HELD#${service}#`, {
      consistent: true,
    });
    return items.map((item) => Reference.parse(item).grantId);
  }

  async listSweptGrants(limit: number, after?: string): Promise<IdPage> {
    const page = await this.#table.list('SWEEP', '', limit, after);
    return {
      entries: page.items.map((item) => ({ id: String(item['sk']), position: String(item['sk']) })),
      next: page.next,
    };
  }

  async getBooking(bookingId: string, freshness: { readonly consistent: boolean }): Promise<Booking | undefined> {
    const item = await this.#table.get(bookingKey(bookingId), freshness);
    return item === undefined ? undefined : readBooking(item);
  }

  async listBookings(
    grantId: string,
    limit: number,
    after?: string,
  ): Promise<{ bookings: readonly Booking[]; next: string | undefined }> {
    const { pk } = accountKey(grantId);
    const page = await this.#table.list(pk, 'BOOKING#', limit, after === undefined ? undefined : `BOOKING#${after}`);
    const last = page.next?.slice('BOOKING#'.length);
    return { bookings: page.items.map(readBooking), next: last };
  }

  /** @returns the booking that has this id already, `undefined` when this one was put */
  async putNewBooking(booking: Booking): Promise<Booking | undefined> {
    const there = await this.#table.putNew({ ...bookingKey(booking.id), ...booking });
    return there === undefined ? undefined : readBooking(there);
  }

  /** Puts a booking in place of the version before it. @returns the booking as it is, when that was changed meanwhile */
  async putNextBooking(booking: Booking): Promise<Booking | undefined> {
    const there = await this.#table.putNext({ ...bookingKey(booking.id), ...booking }, booking.version - 1);
    return there === undefined ? undefined : readBooking(there);
  }

  /** Puts a pool in place of the version before it, unless less than `needed` of it is unallocated. */
  poolUpdate(pool: Pool, change: number, needed: number): TransactWrite {
    const { name, cancellationPolicy, noShowPolicy } = pool;
    return {
      Update: {
        TableName: this.#table.name,
        Key: poolKey(pool.id),
        UpdateExpression:
          'SET #capacity = :capacity, unallocated = unallocated + :change, cancellationPolicy = :cancellation, noShowPolicy = :noShow, version = :version, updatedAt = :now' +
          (name === undefined ? '' : ', #name = :name'),
        ConditionExpression: 'version = :seen AND unallocated >= :needed',
        ExpressionAttributeNames: { '#capacity': 'capacity', ...(name === undefined ? {} : { '#name': 'name' }) },
        ExpressionAttributeValues: {
          ':capacity': pool.capacity,
          ':change': change,
          ':needed': needed,
          ':cancellation': cancellationPolicy,
          ':noShow': noShowPolicy,
          ':version': pool.version,
          ':seen': pool.version - 1,
          ':now': pool.updatedAt,
          ...(name === undefined ? {} : { ':name': name }),
        },
      },
    };
  }

  poolCreation(pool: Pool): TransactWrite[] {
    return [
      this.#put({ ...poolKey(pool.id), ...pool }),
      this.#put({ pk: institutionPartition(pool.providerId), sk: `POOL#${pool.id}`, poolId: pool.id }),
    ];
  }

  /** Takes `units` of a pool out of what is unallocated; gives back when negative. */
  allocation(poolId: string, units: number): TransactWrite {
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

  /** Remembers a partner's status, unless a later one is known. */
  async putPartner({ id, status, version: seen }: InstitutionChange): Promise<void> {
    await this.#table.putLater({ ...partnerKey(id), status, version: seen });
  }

  /** Refused unless the partner is active. */
  activePartner(institutionId: string): TransactWrite {
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

  /** The grant's own item first; the caller adds the segments. */
  grantCreation(grant: Grant): TransactWrite[] {
    const reference = { grantId: grant.id };
    return [
      this.#put({ pk: accountKey(grant.id).pk, sk: GRANT, ...grant }),
      this.#put({
        pk: institutionPartition(grant.providerId),
        sk: `GRANT#GIVEN#${grant.poolId}#${grant.id}`,
        ...reference,
      }),
      this.#put({
        pk: institutionPartition(grant.beneficiaryId),
        sk: `GRANT#HELD#${grant.service}#${grant.id}`,
        ...reference,
      }),
      this.#put({ pk: 'SWEEP', sk: grant.id }),
    ];
  }

  /** Puts a grant in place of the version before it. */
  grantUpdate(grant: Grant): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: { pk: accountKey(grant.id).pk, sk: GRANT, ...grant },
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': grant.version - 1 },
      },
    };
  }

  #put(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
}

function partnerKey(institutionId: string): Key {
  return { pk: `PARTNER#${institutionId}`, sk: 'PARTNER' };
}

/** Reads a booking from its item, also as a stream shows it. */
export function readBooking(item: Item): Booking {
  return BookingItem.parse(item);
}
