import { randomUUID } from 'node:crypto';

import * as z from 'zod/mini';

import type { Item, Key, SingleTable } from '../shared/dynamo/single-table.ts';
import type { Waiting } from './compose.ts';
import { type MailName, mailNameOf } from './mail-types.ts';

/**
 * What the notifications table keeps of mail. Addresses are there as keyed hashes only: see `MailKeys`.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | note of a mail, for 30 days | `MAIL#<event id>` | `<hash>` |
 * | event that waits for a digest | `DIGEST` | `<institution>#<hash>#<sequence>` |
 * | who wants only what is essential | `MAILBOX#<institution>` | `ENDED#<hash>` |
 * | mailbox that takes nothing, until the contacts are replaced | `MAILBOX#<institution>` | `FAILING#<hash>` |
 */

/** Longer than any message waits in a queue and among its dead letters. */
const NOTED_DAYS = 30;
const DIGEST = 'DIGEST';
/** Milliseconds for which whoever began to send is waited for: longer than a function may take. */
const PATIENCE = 60_000;

const Note = z.object({ claim: z.string(), done: z._default(z.boolean(), false) });
const MailboxItem = z.object({ sk: z.string(), version: z._default(z.int(), 0) });
const WaitingItem = z.object({
  sk: z.string(),
  type: z.string(),
  time: z.string(),
  data: z.looseObject({ id: z.string(), action: z.string() }),
});

/** Somebody else is at it, and may have failed. */
export class StillSending extends Error {
  override readonly name = 'StillSending';
}

/** An event in the line of a reader's digest. */
export interface InLine extends Waiting {
  readonly key: Key;
  readonly institutionId: string;
  readonly hash: string;
}

/** What is known of the mailboxes of an institution. */
export interface Mailboxes {
  /** Takes only what is essential. */
  ended(hash: string): boolean;
  /** Takes nothing. @param version of the contacts, as they are */
  fails(hash: string, version: number): boolean;
}

export class MailTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  /**
   * Does something for an event and a reader, unless it was done. When this ends half-way, it is done again.
   * @throws StillSending when another one began it just now
   */
  async once(eventId: string, hash: string, work: () => Promise<unknown>): Promise<void> {
    const key: Key = { pk: `MAIL#${eventId}`, sk: hash };
    const now = Date.now();
    const claim = `${new Date(now).toISOString()} ${randomUUID()}`;
    const note = { ...key, claim, ttl: Math.floor(now / 1000) + NOTED_DAYS * 86_400 };
    const earlier = await this.#table.putNew(note);
    if (earlier !== undefined) {
      const { claim: theirs, done } = Note.parse(earlier);
      if (done) return;
      // A reply that was lost: the note is this one.
      if (theirs !== claim && !(await this.#takeOver(note, theirs, now))) throw new StillSending();
    }
    try {
      await work();
    } catch (error) {
      // Whoever is next need not wait.
      await this.#table.putInPlaceOf({ ...note, claim: new Date(0).toISOString() }, 'claim', claim);
      throw error;
    }
    await this.#table.putInPlaceOf({ ...note, done: true }, 'claim', claim);
  }

  async #takeOver(note: Item & Key, theirs: string, now: number): Promise<boolean> {
    if (now - Date.parse(theirs.slice(0, 24)) < PATIENCE) return false;
    return this.#table.putInPlaceOf(note, 'claim', theirs);
  }

  async mailboxes(institutionId: string): Promise<Mailboxes> {
    const items = await this.#table.listAll(`MAILBOX#${institutionId}`, '', { consistent: true });
    const versions = new Map(items.map((item) => MailboxItem.parse(item)).map(({ sk, version }) => [sk, version]));
    return {
      ended: (hash) => versions.has(`ENDED#${hash}`),
      fails: (hash, version) => versions.get(`FAILING#${hash}`) === version,
    };
  }

  /** From now on only what is essential. */
  async end(institutionId: string, hash: string, at: Date): Promise<void> {
    await this.#table.putNew({ pk: `MAILBOX#${institutionId}`, sk: `ENDED#${hash}`, at: at.toISOString() });
  }

  /** Nothing more, as long as the contacts stay as they are. @param version of the contacts that it was written to */
  async noteFailing(institutionId: string, hash: string, version: number, reason: string): Promise<void> {
    await this.#table.putLater({ pk: `MAILBOX#${institutionId}`, sk: `FAILING#${hash}`, version, reason });
  }

  /** Puts an event into the line of a reader's next digest. Put again, it changes nothing. */
  async wait(
    institutionId: string,
    hash: string,
    event: { sequence: string; type: string; time: string; data: object },
  ): Promise<void> {
    const { sequence, type, time, data } = event;
    await this.#table.putNew({ pk: DIGEST, sk: `${institutionId}#${hash}#${sequence}`, type, time, data });
  }

  /** Everything that waits for digests, of each reader in its order. */
  async waiting(): Promise<InLine[]> {
    const items = await this.#table.listAll(DIGEST, '', { consistent: true });
    return items.flatMap((item) => {
      const { sk, type, time, data } = WaitingItem.parse(item);
      const [institutionId = '', hash = ''] = sk.split('#');
      const name: MailName | undefined = mailNameOf(type);
      return name === undefined ? [] : [{ key: { pk: DIGEST, sk }, institutionId, hash, name, time, data }];
    });
  }

  async remove({ key }: InLine): Promise<void> {
    await this.#table.remove(key);
  }
}
