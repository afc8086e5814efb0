import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import { Reading } from '../shared/chain/change.ts';
import { type Creation, createOnce, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { Document as DocumentShape, type Resource } from './contract-parts.ts';
import {
  DOCUMENTS,
  DUE,
  documentKey,
  dueKey,
  institutionPartition,
  resourceKey,
  resourcePartition,
  STORE_KEY,
} from './keys.ts';
import type { Document } from './model.ts';

/** What is stored of documents; their bytes are in the store. */

const { upload: _, parts: __, uploadBefore: ___, ...shape } = DocumentShape.shape;
const DocumentItem = z.object({
  ...shape,
  uploadBefore: z.string(),
  objectVersion: z.optional(z.string()),
  uploadId: z.optional(z.string()),
  scan: z.optional(z.enum(['clean', 'threats', 'not-scannable'])),
  version: z.int(),
  by: Agent,
});
const ResourceItem = z.object({ parties: z.array(z.string()) });
const Entry = z.object({ sk: z.string() });
const StorePosition = z.object({ after: z.optional(z.string()) });

/** Days: the audit has it long before. */
const KEPT_READING_DAYS = 7;

export type DescribeOutcome = Earlier | { readonly kind: 'created' | 'not-active' | 'resource-unknown' };

/** A note to look after a document. */
export interface Due {
  readonly key: Key;
  readonly documentId: string;
}

export class DocumentsTable {
  readonly partners: PartnersTable;
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.partners = new PartnersTable(table);
  }

  async get(documentId: string): Promise<Document | undefined> {
    const item = await this.#table.get(documentKey(documentId), { consistent: true });
    return item === undefined ? undefined : readDocument(item);
  }

  /** The parties of what documents belong to; none when it is not known. */
  async partiesOf(resourceId: string): Promise<readonly string[]> {
    const item = await this.#table.get(resourceKey(resourceId), { consistent: false });
    return item === undefined ? [] : ResourceItem.parse(item).parties;
  }

  /** Notes who the parties are of what documents can belong to, unless something later is known. */
  async putResource(resource: Resource & { parties: readonly string[]; version: number }): Promise<void> {
    await this.#table.putLater({ ...resourceKey(resource.id), ...resource });
  }

  /** Documents of an institution or of what they belong to, oldest first. */
  async list(of: { institutionId: string } | { resourceId: string }, limit: number, after?: string): Promise<IdPage> {
    const pk = 'resourceId' in of ? resourcePartition(of.resourceId) : institutionPartition(of.institutionId);
    const { items, next } = await this.#table.list(pk, DOCUMENTS, limit, after);
    const entries = items.map((item) => Entry.parse(item).sk);
    return { entries: entries.map((sk) => ({ id: sk.slice(DOCUMENTS.length), position: sk })), next };
  }

  async findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** Puts a new document, as long as its institution is an active partner, and a party of what it belongs to. */
  async create(creation: Creation, document: Document): Promise<DescribeOutcome> {
    const { id, institutionId, resource, uploadBefore } = document;
    const checks = [
      this.partners.isActive(institutionId),
      ...(resource === undefined ? [] : [this.#isParty(resource, institutionId)]),
    ];
    const partitions = [
      institutionPartition(institutionId),
      ...(resource === undefined ? [] : [resourcePartition(resource.id)]),
    ];
    const outcome = await createOnce(this.#table, creation, [
      ...checks,
      this.#put({ ...documentKey(id), ...document }),
      ...partitions.map((pk) => this.#put({ pk, sk: DOCUMENTS + id })),
      this.#put({ ...dueKey(new Date(uploadBefore), id) }),
    ]);
    if (outcome.kind !== 'refused') return outcome;
    return { kind: outcome.positions.includes(0) ? 'not-active' : 'resource-unknown' };
  }

  /**
   * Puts the next version of a document.
   * @returns false when it has changed meanwhile
   */
  async put(next: Document): Promise<boolean> {
    const other = await this.#table.putNext({ ...documentKey(next.id), ...next }, next.version - 1);
    if (other === undefined) return true;
    // After a lost reply what is there is what was put.
    const there = readDocument(other);
    return there.version === next.version && there.updatedAt === next.updatedAt && isSame(there.by, next.by);
  }

  /** The same, with a note to look after it. */
  async putDue(next: Document, at: Date): Promise<boolean> {
    return this.#putAll([this.#replace(next), this.#put({ ...dueKey(at, next.id) })]);
  }

  /** Puts a document in the place of another one. @returns false when one of them has changed meanwhile */
  async putBoth(next: Document, old: Document): Promise<boolean> {
    return this.#putAll([this.#replace(next), this.#replace(old)]);
  }

  /** Notes of documents that are to be looked after by now, the oldest first. */
  async due(now: Date, limit: number): Promise<Due[]> {
    const items = await this.#table.listBetween(DUE, '0', now.toISOString(), limit);
    return items.map((item) => {
      const { sk } = Entry.parse(item);
      return { key: { pk: DUE, sk }, documentId: sk.slice(sk.indexOf('#') + 1) };
    });
  }

  async postpone({ key, documentId }: Due, until: Date): Promise<void> {
    await this.#table.putLater({ ...dueKey(until, documentId), version: 1 });
    await this.#table.remove(key);
  }

  async settle({ key }: Due): Promise<void> {
    await this.#table.remove(key);
  }

  /** Key of the object up to which the store was looked through; undefined to begin anew. */
  async storePosition(): Promise<string | undefined> {
    const item = await this.#table.get(STORE_KEY, { consistent: true });
    return item && StorePosition.parse(item).after;
  }

  async putStorePosition(after: string | undefined, now: Date): Promise<void> {
    await this.#table.putLater({ ...STORE_KEY, version: now.getTime(), ...(after === undefined ? {} : { after }) });
  }

  async putReading(reading: z.infer<typeof Reading>): Promise<void> {
    const ttl = Math.floor(Date.parse(reading.at) / 1000) + KEPT_READING_DAYS * 24 * 3600;
    await this.#table.putNew({ pk: `READING#${reading.readingId}`, sk: 'READING', ttl, ...reading });
  }

  async #putAll(writes: readonly TransactWrite[]): Promise<boolean> {
    return (await this.#table.transact(writes)).length === 0;
  }

  #isParty({ type, id }: Resource, institutionId: string): TransactWrite {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: resourceKey(id),
        ConditionExpression: '#type = :type AND contains(parties, :institution)',
        ExpressionAttributeNames: { '#type': 'type' },
        ExpressionAttributeValues: { ':type': type, ':institution': institutionId },
      },
    };
  }

  #put(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }

  #replace(next: Document): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: { ...documentKey(next.id), ...next },
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': next.version - 1 },
      },
    };
  }
}

/** @throws ZodError when the item is no document */
export function readDocument(item: Item): Document {
  return DocumentItem.parse(item);
}

function isSame(one: Agent, other: Agent): boolean {
  return one.actor === other.actor && one.correlationId === other.correlationId;
}
