import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { Account, SegmentChange } from '../shared/capacity/account.ts';
import { AccountTable } from '../shared/capacity/account-table.ts';
import { LineTable } from '../shared/capacity/line-table.ts';
import { type Creation, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import type { Mode } from './contract-parts.ts';
import { Event as EventShape } from './event-contract.ts';
import type { Accounts, Event, EventWithAccounts } from './event-model.ts';
import { modesOf } from './event-model.ts';
import {
  accountKey,
  EVENTS,
  eventKey,
  HELD,
  INVITED,
  institutionPartition,
  PUBLIC,
  PUBLISHED,
  SWEEP,
  startKey,
} from './keys.ts';

/** What is stored of events and the accounts of their places. */

const { status: _, balance: __, ...shape } = EventShape.shape;
/** What was checked when it came in is not checked again: looking up a time zone or a currency takes ten milliseconds. */
const EventItem = z.object({
  ...shape,
  timeZone: z.string(),
  starts: z.string(),
  ends: z.string(),
  fee: z.exactOptional(
    z.object({
      money: z.object({ amount: z.int(), currency: z.string() }),
      note: z.exactOptional(z.record(z.string(), z.string())),
    }),
  ),
  status: z.enum(['draft', 'published', 'cancelled']),
  version: z.int(),
  by: Agent,
});
const Reference = z.object({ sk: z.string(), eventId: z.string() });

/** How a change of an event changes the account of a mode. */
export type Resizing = Readonly<Partial<Record<Mode, readonly SegmentChange[]>>>;

export class EventsTable {
  readonly accounts: AccountTable;
  readonly line: LineTable;
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
    this.accounts = new AccountTable(table);
    this.line = new LineTable(table, 'names');
  }

  /** An event alone. */
  async get(eventId: string, { consistent } = { consistent: true }): Promise<Event | undefined> {
    const item = await this.#table.get(eventKey(eventId), { consistent });
    // The key holds only the family of the id: another id of the family is an id of nothing.
    return item?.['id'] === eventId ? readEvent(item) : undefined;
  }

  async getWithAccounts(eventId: string): Promise<EventWithAccounts | undefined> {
    const event = await this.get(eventId);
    return event && { event, accounts: await this.accountsOf(event) };
  }

  /** The accounts of the modes that an event offers, as of now. */
  async accountsOf(event: Event): Promise<Accounts> {
    const loaded = modesOf(event).map(async (mode): Promise<[Mode, Account]> => {
      const { account } = await this.accounts.load(accountKey(event.id, mode), { consistent: true });
      return [mode, account];
    });
    return Object.fromEntries(await Promise.all(loaded));
  }

  findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** Events that all partners may see. @param after position, or a day from which on */
  async listPublished(limit: number, after?: string): Promise<IdPage> {
    return this.#list(PUBLISHED, '', limit, after);
  }

  /** Those in the public calendar. @param after as above */
  async listPublic(limit: number, after?: string): Promise<IdPage> {
    return this.#list(PUBLIC, '', limit, after);
  }

  /** Events of a year, by the day they begin. @param after position */
  async listHeld(year: number, limit: number, after?: string): Promise<IdPage> {
    return this.#list(HELD, `${String(year)}-`, limit, after);
  }

  /** @param which an institution's own events, drafts among them, or those it is invited to */
  async listOf(institutionId: string, which: 'own' | 'invited', limit: number, after?: string): Promise<IdPage> {
    return this.#list(institutionPartition(institutionId), which === 'own' ? EVENTS : INVITED, limit, after);
  }

  async #list(pk: string, prefix: string, limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(pk, prefix, limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, eventId }) => ({ id: eventId, position: sk })), next };
  }

  /** Makes a draft with the accounts of its places. @param active institutions that must be active partners */
  create(creation: Creation, event: Event, resizing: Resizing, active: readonly string[]): Promise<WriteOutcome> {
    const { id, organiserId, coOrganisers } = event;
    return this.#writes.once(creation, active, [
      this.#writes.putNew({ ...eventKey(id), ...event }),
      this.#writes.putNew({ pk: SWEEP, sk: id }),
      ...[organiserId, ...coOrganisers].map((institutionId) => this.#writes.put(ownedBy(institutionId, id))),
      ...this.#resize(event, resizing),
    ]);
  }

  /**
   * Puts an event in place of the version before it, with the accounts of its places and its places in lists.
   * @param before that version @param active as above @param creation where the request is remembered
   */
  change(
    before: Event,
    event: Event,
    resizing: Resizing,
    active: readonly string[],
    creation?: Creation,
  ): Promise<WriteOutcome> {
    const writes = [
      this.#writes.replace({ ...eventKey(event.id), ...event }),
      ...this.#relist(before, event),
      ...this.#resize(event, resizing),
    ];
    return creation === undefined ? this.#writes.all(active, writes) : this.#writes.once(creation, active, writes);
  }

  #resize({ id }: Event, resizing: Resizing): TransactWrite[] {
    const modes: Mode[] = ['on-site', 'online'];
    return modes.flatMap((mode) =>
      (resizing[mode] ?? []).map((change) => this.accounts.resizeWrite(accountKey(id, mode), change, false)),
    );
  }

  #relist(before: Event, event: Event): TransactWrite[] {
    const { id, coOrganisers, starts } = event;
    const joined = coOrganisers.filter((institutionId) => !before.coOrganisers.includes(institutionId));
    const left = before.coOrganisers.filter((institutionId) => !coOrganisers.includes(institutionId));
    const [was, is] = [listsOf(before), listsOf(event)];
    const gone = was.filter((list) => !is.includes(list) || before.starts !== starts);
    const come = is.filter((list) => !was.includes(list) || before.starts !== starts);
    return [
      ...joined.map((institutionId) => this.#writes.put(ownedBy(institutionId, id))),
      ...left.map((institutionId) => this.#writes.remove(keyOf(ownedBy(institutionId, id)))),
      ...gone.map((list) => this.#writes.remove(startKey(list, before))),
      ...come.map((list) => this.#writes.put({ ...startKey(list, event), eventId: id })),
    ];
  }

  /** Has those who are invited find an event in their list, and those who are no longer not. Done again, it changes nothing. */
  async invite({ id }: Event, joined: readonly string[], left: readonly string[]): Promise<void> {
    const entry = (institutionId: string): Key => ({ pk: institutionPartition(institutionId), sk: INVITED + id });
    await Promise.all([
      ...joined.map((institutionId) => this.#table.putNew({ ...entry(institutionId), eventId: id })),
      ...left.map((institutionId) => this.#table.remove(entry(institutionId))),
    ]);
  }

  /** The events the sweep visits. */
  async listSwept(limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(SWEEP, '', limit, after);
    const ids = items.map((item) => String(item['sk']));
    return { entries: ids.map((id) => ({ id, position: id })), next };
  }

  /** With this event nothing can happen by itself any more. */
  async retire(eventId: string): Promise<void> {
    await this.#table.remove({ pk: SWEEP, sk: eventId });
  }
}

const ownedBy = (institutionId: string, eventId: string) => ({
  pk: institutionPartition(institutionId),
  sk: EVENTS + eventId,
  eventId,
});

const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });

/** The lists that an event is in: what is cancelled stays in them. */
function listsOf({ status, visibility }: Event): (typeof HELD | typeof PUBLISHED | typeof PUBLIC)[] {
  if (status === 'draft') return [];
  if (visibility === 'invited') return [HELD];
  return visibility === 'public' ? [HELD, PUBLISHED, PUBLIC] : [HELD, PUBLISHED];
}

/** Reads an event from its item, also as a stream shows it. */
export function readEvent(item: Item): Event {
  return EventItem.parse(item);
}
