import { createHash } from 'node:crypto';

import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { abstractRoutes } from './abstract-contract.ts';
import type { Abstract, Reviewer } from './abstract-model.ts';
import {
  ABSTRACTS,
  ASSIGNED,
  abstractKey,
  abstractsPartition,
  eventKey,
  institutionPartition,
  REVIEWERS,
  sessionKey,
  UNASSIGNED,
} from './keys.ts';
import type { Session } from './session-model.ts';

/** What is stored of abstracts and their reviewers. */

const { schema } = abstractRoutes.getAbstract.response;
const {
  institutionId: _,
  authors: __,
  reviews: ___,
  discussion: ____,
  reviewersAssigned: _____,
  ...shape
} = schema.shape;
/** What was checked when it came in is not checked again. */
const Author = z.object({
  displayName: z.string(),
  affiliation: z.object({ name: z.string(), country: z.string(), institutionId: z.exactOptional(z.string()) }),
  orcid: z.exactOptional(z.string()),
  presenting: z.boolean(),
});
const AbstractItem = z.object({
  ...shape,
  title: z.string(),
  text: z.string(),
  institutionId: z.string(),
  authors: z.array(Author),
  assigned: z.array(z.object({ subject: z.string(), institutionId: z.string() })),
  reviews: z.array(
    z.object({ reviewer: z.string(), score: z.int(), comment: z.exactOptional(z.string()), at: z.string() }),
  ),
  discussion: z.array(z.object({ by: z.enum(['organiser', 'reviewer']), text: z.string(), at: z.string() })),
  version: z.int(),
  by: Agent,
});
const ReviewerItem = z.object({
  ...{ id: z.string(), eventId: z.string(), subject: z.string(), institutionId: z.string() },
  ...{ topics: z.array(z.string()), most: z.int(), createdAt: z.string() },
});
const Reference = z.object({ sk: z.string(), abstractId: z.string() });

/** Subjects of tokens are opaque, and can have any length and letters: keys have a digest. */
const digestOf = (subject: string): string => createHash('sha256').update(subject).digest('base64url').slice(0, 22);

export class AbstractsTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(abstractId: string): Promise<Abstract | undefined> {
    const item = await this.#table.get(abstractKey(abstractId), { consistent: true });
    return item === undefined ? undefined : readAbstract(item);
  }

  /** Those of an event. @param after id of the last one of the page before */
  async listOf(eventId: string, limit: number, after?: string) {
    const from = after === undefined ? undefined : ABSTRACTS + after;
    const { items, next } = await this.#table.list(abstractsPartition(eventId), ABSTRACTS, limit, from);
    return { abstracts: items.map(readAbstract), next: next?.slice(ABSTRACTS.length) };
  }

  async allOf(eventId: string, { consistent } = { consistent: false }): Promise<Abstract[]> {
    return (await this.#table.listAll(abstractsPartition(eventId), ABSTRACTS, { consistent })).map(readAbstract);
  }

  /** Those of one institution. */
  listBy(institutionId: string, eventId: string, limit: number, after?: string): Promise<IdPage> {
    return this.#refer(institutionPartition(institutionId), `${ABSTRACTS}${eventId}#`, limit, after);
  }

  /** Those that somebody is to review. */
  listAssigned(subject: string, eventId: string, limit: number, after?: string): Promise<IdPage> {
    return this.#refer(abstractsPartition(eventId), `${ASSIGNED}${digestOf(subject)}#`, limit, after);
  }

  async #refer(pk: string, prefix: string, limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(pk, prefix, limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, abstractId }) => ({ id: abstractId, position: sk })), next };
  }

  /** Ids of those that lack reviewers. */
  async listUnassigned(eventId: string): Promise<string[]> {
    const items = await this.#table.listAll(abstractsPartition(eventId), UNASSIGNED, { consistent: true });
    return items.map((item) => Reference.parse(item).abstractId);
  }

  /** Makes an abstract of an active partner, while the event is published. */
  create(creation: Creation, abstract: Abstract): Promise<WriteOutcome> {
    const { id, eventId, institutionId } = abstract;
    return this.#writes.once(
      creation,
      [institutionId],
      [
        this.#writes.is(eventKey(eventId), 'status', 'published'),
        this.#writes.putNew({ ...abstractKey(id), ...abstract }),
        this.#writes.putNew(this.#unassigned(abstract)),
        this.#writes.putNew({
          pk: institutionPartition(institutionId),
          sk: `${ABSTRACTS}${eventId}#${id}`,
          abstractId: id,
        }),
      ],
    );
  }

  /** Puts an abstract in place of the version before it. @param sessions that change with it @param creation where the request is remembered */
  change(creation: Creation | undefined, abstract: Abstract, sessions: readonly Session[] = []): Promise<WriteOutcome> {
    const writes = [
      this.#replace(abstract),
      ...sessions.map((session) => this.#writes.replace({ ...sessionKey(session.id), ...session })),
    ];
    return creation === undefined ? this.#writes.all([], writes) : this.#writes.once(creation, [], writes);
  }

  /** The same with new reviewers. @param isComplete it lacks none then @returns whether it was put */
  async assign(abstract: Abstract, joined: readonly string[], isComplete: boolean): Promise<boolean> {
    const { id, eventId } = abstract;
    const { pk, sk } = this.#unassigned(abstract);
    const outcome = await this.#writes.all(
      [],
      [
        this.#replace(abstract),
        ...joined.map((subject) =>
          this.#writes.put({
            pk: abstractsPartition(eventId),
            sk: `${ASSIGNED}${digestOf(subject)}#${id}`,
            abstractId: id,
          }),
        ),
        ...(isComplete ? [this.#writes.remove({ pk, sk })] : []),
      ],
    );
    return outcome.kind === 'done';
  }

  /** It needs no reviewers any more. */
  async forgetUnassigned(abstract: Pick<Abstract, 'id' | 'eventId'>): Promise<void> {
    await this.#table.remove({ pk: abstractsPartition(abstract.eventId), sk: UNASSIGNED + abstract.id });
  }

  #replace(abstract: Abstract): TransactWrite {
    return this.#writes.replace({ ...abstractKey(abstract.id), ...abstract });
  }

  #unassigned({ id, eventId }: Pick<Abstract, 'id' | 'eventId'>) {
    return { pk: abstractsPartition(eventId), sk: UNASSIGNED + id, abstractId: id };
  }

  /** The reviewer that somebody is for an event. */
  async getReviewer(eventId: string, subject: string): Promise<Reviewer | undefined> {
    const key = { pk: abstractsPartition(eventId), sk: REVIEWERS + digestOf(subject) };
    const item = await this.#table.get(key, { consistent: true });
    return item === undefined ? undefined : ReviewerItem.parse(item);
  }

  async listReviewers(eventId: string, limit: number, after?: string) {
    const { items, next } = await this.#table.list(abstractsPartition(eventId), REVIEWERS, limit, after);
    return { reviewers: items.map((item) => ReviewerItem.parse(item)), next };
  }

  async allReviewers(eventId: string): Promise<Reviewer[]> {
    const items = await this.#table.listAll(abstractsPartition(eventId), REVIEWERS, { consistent: true });
    return items.map((item) => ReviewerItem.parse(item));
  }

  /** Makes a reviewer of an active partner. */
  appoint(creation: Creation, reviewer: Reviewer): Promise<WriteOutcome> {
    const { eventId, subject, institutionId } = reviewer;
    const key = { pk: abstractsPartition(eventId), sk: REVIEWERS + digestOf(subject) };
    return this.#writes.once(creation, [institutionId], [this.#writes.putNew({ ...key, ...reviewer })]);
  }
}

/** Reads an abstract from its item, also as a stream shows it. */
export function readAbstract(item: Item): Abstract {
  return AbstractItem.parse(item);
}
