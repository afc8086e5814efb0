import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { Item, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { eventKey, occupiedKey, SESSIONS, sessionKey, sessionsPartition } from './keys.ts';
import { Session as SessionShape } from './session-contract.ts';
import type { Occupied, Session, ShownSession, Slots } from './session-model.ts';

/** What is stored of sessions, and of what they occupy. */

/** What was checked when it came in is not checked again. */
const Person = z.object({
  code: z.string(),
  institutionId: z.exactOptional(z.string()),
  displayName: z.exactOptional(z.string()),
});
const shown = {
  ...SessionShape.shape,
  title: z.record(z.string(), z.string()),
  starts: z.string(),
  ends: z.string(),
  link: z.exactOptional(z.string()),
  chairs: z.array(Person),
  speakers: z.array(Person),
  sequence: z.int(),
};
const ShownItem = z.object(shown);
const SessionItem = z.object({
  ...shown,
  concerned: z.array(z.string()),
  version: z.int(),
  by: Agent,
});
const OccupiedItem = z.object({ slots: z.record(z.string(), z.tuple([z.number(), z.number()])), version: z.int() });
/** What a room or a person is occupied by, and how often that has changed. */
export interface Occupation {
  readonly slots: Slots;
  readonly version: number;
}

export class SessionsTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(sessionId: string): Promise<Session | undefined> {
    const item = await this.#table.get(sessionKey(sessionId), { consistent: true });
    return item === undefined ? undefined : readSession(item);
  }

  /** Those of an event. @param after id of the last one of the page before */
  async listOf(eventId: string, limit: number, after?: string) {
    const from = after === undefined ? undefined : SESSIONS + after;
    const { items, next } = await this.#table.list(sessionsPartition(eventId), SESSIONS, limit, from);
    return { sessions: items.map(readSession), next: next?.slice(SESSIONS.length) };
  }

  /**
   * Every session of an event, as far as it is shown: a congress has hundreds, and half of an item is the Hub's own.
   * @param consistent whether writes of the last moment must be seen
   */
  async allOf(eventId: string, { consistent } = { consistent: false }): Promise<ShownSession[]> {
    const only = Object.keys(shown);
    const items = await this.#table.listAll(sessionsPartition(eventId), SESSIONS, { consistent, only });
    return items.map((item) => ShownItem.parse(item));
  }

  async getOccupation(eventId: string, occupied: Occupied): Promise<Occupation> {
    const item = await this.#table.get(occupiedKey(eventId, occupied), { consistent: true });
    return item === undefined ? { slots: {}, version: 0 } : OccupiedItem.parse(item);
  }

  /**
   * Makes a session, or puts it in place of the version before it, with what it occupies, while the event is as it was judged.
   * @param occupations the next version of each @param creation where the request is remembered
   */
  put(
    session: Session,
    eventVersion: number,
    occupations: ReadonlyMap<Occupied, Occupation>,
    creation?: Creation,
  ): Promise<WriteOutcome> {
    const item = { ...sessionKey(session.id), ...session };
    const writes = [
      this.#writes.is(eventKey(session.eventId), 'version', eventVersion),
      session.version === 1 ? this.#writes.putNew(item) : this.#writes.replace(item),
      ...[...occupations].map(([occupied, next]) => this.#occupy(session.eventId, occupied, next)),
    ];
    return creation === undefined ? this.#writes.all([], writes) : this.#writes.once(creation, [], writes);
  }

  #occupy(eventId: string, occupied: Occupied, next: Occupation): TransactWrite {
    const item = { ...occupiedKey(eventId, occupied), ...next };
    return next.version === 1 ? this.#writes.putNew(item) : this.#writes.replace(item);
  }
}

/** Reads a session from its item, also as a stream shows it. */
export function readSession(item: Item): Session {
  return SessionItem.parse(item);
}
