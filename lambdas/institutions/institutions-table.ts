import * as z from 'zod/mini';

import { Agent } from '../shared/auth/agent.ts';
import {
  type Creation,
  type CreationOutcome,
  createOnce,
  type Earlier,
  findEarlier,
} from '../shared/dynamo/create-once.ts';
import { ShutOutTable } from '../shared/dynamo/shut-out.ts';
import type { Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { ContactsItem, contactsKey } from './contacts-item.ts';
import { institutionKey as keyOf, PARTITION } from './institution-key.ts';
import { type Contacts, type Criteria, type Institution, listingOf, listingsOf } from './model.ts';
import { isShutOut } from './published.ts';
import { Institution as InstitutionShape } from './registry-contract.ts';
import { adminsWrite, readAdmins, withInstitution } from './stewards-table.ts';

/**
 * The registry in the institutions table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | institution | `INSTITUTION` | `<id>` |
 * | its places in the lists by country, kind and service | `LISTING#<country>#<kind>#<service>`, `*` for any | `<id>` |
 * | whom to call there | `CONTACTS#<id>` | `CONTACTS` |
 * | institutions that are shut out: see `ShutOutTable` | `SHUT-OUT` | `SHUT-OUT` |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 *
 * The partners are few, and the list of all is one partition in the order they joined. For members see `MembersTable`.
 */

/**
 * What was checked when it came in is not checked again: a country can cease to be, and a time zone takes ten
 * milliseconds to look up.
 */
const InstitutionItem = z.object({
  ...InstitutionShape.shape,
  country: z.string(),
  region: z.optional(z.string()),
  timeZone: z.string(),
  rorId: z.optional(z.string()),
  version: z.int(),
  by: z.optional(Agent),
});
const Reference = z.object({ sk: z.string() });

const listingKey = (listing: string, institutionId: string): Key => ({ pk: `LISTING#${listing}`, sk: institutionId });

export class InstitutionsTable {
  readonly shutOut: ShutOutTable;
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.shutOut = new ShutOutTable(table);
  }

  async get(institutionId: string): Promise<Institution | undefined> {
    const item = await this.#table.get(keyOf(institutionId), { consistent: true });
    return item === undefined ? undefined : InstitutionItem.parse(item);
  }

  /** @param after id of the last institution of the page before */
  async list(
    criteria: Criteria,
    limit: number,
    after?: string,
  ): Promise<{ institutions: readonly Institution[]; next: string | undefined }> {
    const listing = listingOf(criteria);
    if (listing === listingOf({})) {
      const { items, next } = await this.#table.list(PARTITION, '', limit, after);
      return { institutions: items.map((item) => InstitutionItem.parse(item)), next };
    }
    const { items, next } = await this.#table.list(`LISTING#${listing}`, '', limit, after);
    const found = await Promise.all(items.map((item) => this.get(Reference.parse(item).sk)));
    return { institutions: found.filter((each) => each !== undefined), next };
  }

  /** Registers an institution unless its id is taken. @returns whether it was registered */
  async add(institution: Institution): Promise<boolean> {
    return (await this.#table.transact(this.#additions(institution))).length === 0;
  }

  /** The same once for a request. */
  async create(creation: Creation, institution: Institution): Promise<CreationOutcome> {
    return createOnce(this.#table, creation, this.#additions(institution));
  }

  async findEarlier(creation: Pick<Creation, 'request' | 'fingerprint'>): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /**
   * Puts an institution in place of the version before, with its places in lists, whether it is shut out, and, when it
   * leaves, without contacts. Whoever is shut out as the last that has admins of the Hub is kept in.
   * @param creation remembers the request that asked for it
   */
  async replace(
    before: Institution,
    after: Institution,
    creation?: Creation,
  ): Promise<'changed' | 'moved-on' | 'last-admin' | Earlier> {
    const doors = await this.#doorWrites(before, after);
    if (doors === 'last-admin') return doors;
    const writes = [...this.#changes(before, after), ...doors];
    if (creation === undefined) return (await this.#table.transact(writes)).length === 0 ? 'changed' : 'moved-on';
    const outcome = await createOnce(this.#table, creation, writes);
    if (outcome.kind === 'created') return 'changed';
    return outcome.kind === 'refused' ? 'moved-on' : outcome;
  }

  /** The contacts; version 0 of none when nobody has named any. */
  async getContacts(institutionId: string): Promise<Contacts> {
    const item = await this.#table.get(contactsKey(institutionId), { consistent: true });
    return item === undefined ? { institutionId, contacts: [], version: 0 } : ContactsItem.parse(item);
  }

  /** Puts contacts in place of the version before. @returns what kept them out */
  async putContacts(next: Contacts): Promise<'put' | 'moved-on' | 'left'> {
    const TableName = this.#table.name;
    const seen = next.version - 1;
    const [refused] = await this.#table.transact([
      {
        ConditionCheck: {
          TableName,
          Key: keyOf(next.institutionId),
          ConditionExpression: '#status <> :left',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':left': 'left' },
        },
      },
      {
        Put: {
          TableName,
          Item: { ...contactsKey(next.institutionId), ...next },
          ...(seen === 0
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : { ConditionExpression: 'version = :seen', ExpressionAttributeValues: { ':seen': seen } }),
        },
      },
    ]);
    if (refused === undefined) return 'put';
    return refused === 0 ? 'left' : 'moved-on';
  }

  #additions(institution: Institution): TransactWrite[] {
    const TableName = this.#table.name;
    const Item = { ...keyOf(institution.id), ...institution };
    return [
      { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
      ...listingsOf(institution).map((listing) => ({ Put: { TableName, Item: listingKey(listing, institution.id) } })),
    ];
  }

  #changes(before: Institution, after: Institution): TransactWrite[] {
    const TableName = this.#table.name;
    const { id, by, updatedAt } = after;
    const were = listingsOf(before);
    const are = listingsOf(after);
    const replaced: TransactWrite = {
      Put: {
        TableName,
        Item: { ...keyOf(id), ...after },
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': before.version },
      },
    };
    const erased: TransactWrite = {
      Update: {
        TableName,
        Key: contactsKey(id),
        UpdateExpression:
          'SET institutionId = :id, contacts = :none, version = if_not_exists(version, :zero) + :one, ' +
          'updatedAt = :now, #by = :by',
        ExpressionAttributeNames: { '#by': 'by' },
        ExpressionAttributeValues: { ':id': id, ':none': [], ':zero': 0, ':one': 1, ':now': updatedAt, ':by': by },
      },
    };
    return [
      replaced,
      ...are.filter((each) => !were.includes(each)).map((each) => ({ Put: { TableName, Item: listingKey(each, id) } })),
      ...were
        .filter((each) => !are.includes(each))
        .map((each) => ({ Delete: { TableName, Key: listingKey(each, id) } })),
      ...(after.status === 'left' ? [erased] : []),
    ];
  }

  /** What else is written when an institution is shut out, or let in again. */
  async #doorWrites({ id, ...before }: Institution, after: Institution): Promise<TransactWrite[] | 'last-admin'> {
    const isOut = isShutOut(after);
    if (isShutOut(before) === isOut) return [];
    const admins = withInstitution(await readAdmins(this.#table), id, isOut);
    if (admins === 'last-admin') return admins;
    return [this.shutOut.noteWrite(id, isOut), adminsWrite(this.#table.name, admins)];
  }
}
