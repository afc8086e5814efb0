import * as z from 'zod/mini';

import { type AgreementChange, readAgreementChange } from '../agreements/published.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { Account } from '../shared/capacity/account.ts';
import { AccountTable } from '../shared/capacity/account-table.ts';
import { LineTable } from '../shared/capacity/line-table.ts';
import { type DamagedAccount, loadDamaged } from '../shared/capacity/rebuild-table.ts';
import type { AuditedReading } from '../shared/chain/change.ts';
import type { IdPage, Item, Key, SingleTable } from '../shared/dynamo/single-table.ts';
import { Booking as BookingShape, Waiting as WaitingShape } from './booking-contract.ts';
import { Period } from './contract-parts.ts';
import { Grant as GrantShape } from './grant-contract.ts';
import {
  accountKey,
  agreementKey,
  BOOKINGS,
  bookingKey,
  type GrantListing,
  grantsPrefix,
  institutionPartition,
  POOLS,
  poolKey,
  type RETIRED,
  readingKey,
  reminderKey,
  SWEEP,
  waiterKey,
} from './keys.ts';
import type { Booking, Grant, Pool } from './model.ts';
import { Pool as PoolShape } from './pool-contract.ts';
import type { Reminder } from './published-changes.ts';
import { ChangeReason } from './units.ts';
import { placeOf } from './waiting.ts';

/** What is stored of pools, grants and bookings. What changes capacity is in `allocation-table.ts`. */

/**
 * What was checked when it came in is not checked again by the same rules: a stricter rule of tomorrow must not make
 * yesterday's items unreadable, and looking up a time zone takes ten milliseconds.
 */
const stamp = { version: z.int(), by: Agent };
const period = z.object({ ...Period.shape, timeZone: z.string() });
const { allocated: _, ...poolShape } = PoolShape.shape;
const PoolItem = z.object({
  ...poolShape,
  period,
  capacity: z.int(),
  status: z._default(poolShape.status, 'open'),
  ...stamp,
});
const { balance: __, ...grantShape } = GrantShape.shape;
const GrantItem = z.object({
  ...grantShape,
  period,
  nominal: z.int(),
  lendingLimit: z.int(),
  borrowingLimit: z.int(),
  loansNeedApproval: z._default(z.boolean(), false),
  reason: z.optional(ChangeReason),
  cause: z.optional(z.string()),
  usageVersion: z.optional(z.int()),
  ...stamp,
});
const { position: ___, ...waitingShape } = WaitingShape.shape;
const BookingItem = z.object({
  ...BookingShape.shape,
  patient: z.string(),
  diagnosis: z.string(),
  expiresAt: z.exactOptional(z.string()),
  waiting: z.exactOptional(
    z.object({
      ...waitingShape,
      overrideReason: z.exactOptional(WaitingShape.shape.overrideReason.def.innerType),
      deadline: z.exactOptional(z.string()),
      ageingAt: z.exactOptional(z.string()),
    }),
  ),
  ...stamp,
  segment: z.exactOptional(z.int()),
  fingerprint: z.string(),
  requests: z.record(z.string(), z.string()),
});
const WaiterItem = z.object({ bookingId: z.string(), at: z.string() });
const GrantReference = z.object({ sk: z.string(), grantId: z.string(), retired: z._default(z.boolean(), false) });
const PoolReference = z.object({ sk: z.string(), poolId: z.string() });

/** As long as somebody can verify that the audit has it. */
/** What the audit has from the stream. */
const NOTES_KEPT_SECONDS = 7 * 24 * 3600;

/** Which booking is, or was last, in a grant's line for a patient. */
export type Waiter = z.infer<typeof WaiterItem>;

interface Freshness {
  /** Whether writes of the last moment must be seen; costs twice as much. */
  readonly consistent: boolean;
}

export class QuotasTable {
  readonly accounts: AccountTable;
  readonly line: LineTable;
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.accounts = new AccountTable(table);
    this.line = new LineTable(table);
  }

  async getPool(poolId: string): Promise<Pool | undefined> {
    const item = await this.#table.get(poolKey(poolId), { consistent: true });
    return item === undefined ? undefined : PoolItem.parse(item);
  }

  async listPools(institutionId: string, limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(institutionPartition(institutionId), POOLS, limit, after);
    const entries = items.map((item) => PoolReference.parse(item));
    return { entries: entries.map(({ sk, poolId }) => ({ id: poolId, position: sk })), next };
  }

  async getGrant(
    grantId: string,
    freshness: Freshness,
  ): Promise<{ readonly grant: Grant; readonly account: Account } | undefined> {
    const { owner, account } = await this.accounts.load(accountKey(grantId), freshness);
    // The key holds only the family of the id: another id of the family is an id of nothing.
    return owner?.['id'] === grantId ? { grant: readGrantItem(owner), account } : undefined;
  }

  /** A grant, also when its account is damaged, as of now. */
  async inspectGrant(grantId: string): Promise<(DamagedAccount & { readonly grant: Grant }) | undefined> {
    const found = await loadDamaged(this.#table, accountKey(grantId));
    return found.owner?.['id'] === grantId ? { ...found, grant: readGrantItem(found.owner) } : undefined;
  }

  async listGrants(listing: GrantListing, limit: number, after?: string): Promise<IdPage> {
    const partition = institutionPartition(listing.institutionId);
    const { items, next } = await this.#table.list(partition, grantsPrefix(listing), limit, after);
    const entries = items.map((item) => GrantReference.parse(item));
    return { entries: entries.map(({ sk, grantId }) => ({ id: grantId, position: sk })), next };
  }

  /** The ids of all grants of a listing but those in which nothing can happen any more, as of now. */
  async allGrants(listing: GrantListing): Promise<string[]> {
    const partition = institutionPartition(listing.institutionId);
    const items = await this.#table.listAll(partition, grantsPrefix(listing), { consistent: true });
    const references = items.map((item) => GrantReference.parse(item));
    return references.filter(({ retired }) => !retired).map(({ grantId }) => grantId);
  }

  /** The grants the sweep visits, or those it has retired. */
  async listSweptGrants(
    limit: number,
    after?: string,
    partition: typeof SWEEP | typeof RETIRED = SWEEP,
  ): Promise<IdPage> {
    const { items, next } = await this.#table.list(partition, '', limit, after);
    const ids = items.map((item) => String(item['sk']));
    return { entries: ids.map((id) => ({ id, position: id })), next };
  }

  async getBooking(bookingId: string, freshness: Freshness): Promise<Booking | undefined> {
    const item = await this.#table.get(bookingKey(bookingId), freshness);
    return item === undefined ? undefined : readBooking(item);
  }

  /** @param after id of the last booking of the page before */
  async listBookings(
    grantId: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly bookings: readonly Booking[]; readonly next: string | undefined }> {
    const from = after === undefined ? undefined : BOOKINGS + after;
    const { items, next } = await this.#table.list(accountKey(grantId).pk, BOOKINGS, limit, from);
    return { bookings: items.map(readBooking), next: next?.slice(BOOKINGS.length) };
  }

  /** Bookings that wait for a unit of a grant, in the order of the line. @param after position of the page before */
  async listWaiting(
    grantId: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly bookings: readonly Booking[]; readonly next: string | undefined }> {
    const { ids, next } = await this.line.list(accountKey(grantId), limit, after);
    const found = await Promise.all(ids.map((id) => this.getBooking(id, { consistent: false })));
    const bookings = found.filter((booking) => booking !== undefined);
    // A place can outlive the wait by a moment.
    return { bookings: bookings.filter((booking) => placeOf(booking) !== undefined), next };
  }

  async getWaiter(grantId: string, patient: string): Promise<Waiter | undefined> {
    const item = await this.#table.get(waiterKey(grantId, patient), { consistent: true });
    return item === undefined ? undefined : WaiterItem.parse(item);
  }

  /** Announces who joins for a patient, in place of the one that was seen there. @returns false when that has changed */
  async putWaiter(grantId: string, patient: string, waiter: Waiter, seen: string | undefined): Promise<boolean> {
    return this.#table.putInPlaceOf({ ...waiterKey(grantId, patient), ...waiter }, 'bookingId', seen);
  }

  /** Takes an announcement back that comes to nothing. */
  async removeWaiter(grantId: string, patient: string, bookingId: string): Promise<void> {
    await this.#table.removeIf(waiterKey(grantId, patient), 'bookingId', bookingId);
  }

  /** Every booking of a grant, as of now. */
  async allBookings(grantId: string): Promise<Booking[]> {
    const items = await this.#table.listAll(accountKey(grantId).pk, BOOKINGS, { consistent: true });
    return items.map(readBooking);
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

  /** Notes that bookings are shown to others than theirs. The audit has it by the stream; after some days it goes. */
  async putReading(reading: AuditedReading): Promise<void> {
    await this.#note(readingKey(reading.readingId), reading);
  }

  /** Notes that somebody is reminded of a deadline, once. The audit has it by the stream; after some days it goes. */
  async putReminder(reminder: Reminder): Promise<void> {
    await this.#note(reminderKey(reminder.bookingId, reminder.expiresAt), reminder);
  }

  async #note(key: Key, note: { readonly at: string }): Promise<void> {
    await this.#table.putNew({ ...key, ...note, ttl: Math.floor(Date.parse(note.at) / 1000) + NOTES_KEPT_SECONDS });
  }

  /** An agreement as far as it is known here. */
  async getAgreement(agreementId: string): Promise<AgreementChange | undefined> {
    const item = await this.#table.get(agreementKey(agreementId), { consistent: true });
    return item === undefined ? undefined : readAgreementChange(item);
  }

  /** Remembers what has become of an agreement, unless something later is known. */
  async putAgreement(change: AgreementChange): Promise<void> {
    await this.#table.putLater({ ...agreementKey(change.id), ...change });
  }
}

/** Reads a grant from its item, as its account comes with it. */
export function readGrantItem(item: Item): Grant {
  return GrantItem.parse(item);
}

/** Reads a booking from its item, also as a stream shows it. */
export function readBooking(item: Item): Booking {
  return BookingItem.parse(item);
}
