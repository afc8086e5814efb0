import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { AuditedReading } from '../shared/chain/change.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, SingleTable } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import {
  ATTENDEES,
  attendeeKey,
  needsKey,
  REGISTRATIONS,
  readingKey,
  registrationKey,
  registrationsPartition,
  reminderKey,
} from './keys.ts';
import type { Reminder } from './published-changes.ts';
import { type Needs, Needs as NeedsShape, Registration as RegistrationShape } from './registration-contract.ts';
import type { Registration } from './registration-model.ts';

/** What is stored of registrations, and apart from them of needs. */

const { position: _, ...shape } = RegistrationShape.shape;
const RegistrationItem = z.object({
  ...shape,
  segment: z.exactOptional(z.int()),
  takenAt: z.exactOptional(z.int()),
  fingerprint: z.string(),
  version: z.int(),
  by: Agent,
});
const AttendeeItem = z.object({ sk: z.string(), registrationId: z.string(), at: z.string() });
/** The last registration of an attendee, and when it was announced. */
export type Announced = Omit<z.infer<typeof AttendeeItem>, 'sk'>;
const NeedsItem = z.object({ ...NeedsShape.shape, ttl: z.int() });

/** Seconds. The audit has it from the stream. */
const NOTES_KEPT = 7 * 24 * 3600;

type Attendee = Pick<Registration, 'eventId' | 'institutionId' | 'attendee'>;

export class RegistrationsTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(registrationId: string, { consistent } = { consistent: true }): Promise<Registration | undefined> {
    const item = await this.#table.get(registrationKey(registrationId), { consistent });
    return item === undefined ? undefined : readRegistration(item);
  }

  /** Those for an event. @param after id of the last one of the page before */
  async listOf(
    eventId: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly registrations: readonly Registration[]; readonly next: string | undefined }> {
    const from = after === undefined ? undefined : REGISTRATIONS + after;
    const { items, next } = await this.#table.list(registrationsPartition(eventId), REGISTRATIONS, limit, from);
    return { registrations: items.map(readRegistration), next: next?.slice(REGISTRATIONS.length) };
  }

  /** Of each attendee of one institution the last. */
  async listBy(institutionId: string, eventId: string, limit: number, after?: string): Promise<IdPage> {
    const prefix = `${ATTENDEES}${institutionId}#`;
    const { items, next } = await this.#table.list(registrationsPartition(eventId), prefix, limit, after);
    const entries = items.map((item) => AttendeeItem.parse(item));
    return { entries: entries.map(({ sk, registrationId }) => ({ id: registrationId, position: sk })), next };
  }

  /** The last registration that was announced for an attendee. */
  async getAnnounced(attendee: Attendee): Promise<Announced | undefined> {
    const item = await this.#table.get(attendeeKey(attendee), { consistent: true });
    return item === undefined ? undefined : AttendeeItem.parse(item);
  }

  /** Announces a registration of an attendee. @param before the one that was announced last @returns whether it was still that */
  announce(attendee: Attendee, announced: Announced, before: string | undefined): Promise<boolean> {
    return this.#table.putInPlaceOf({ ...attendeeKey(attendee), ...announced }, 'registrationId', before);
  }

  /** Takes back what was announced and did not come about. */
  async forget(attendee: Attendee, registrationId: string): Promise<void> {
    await this.#table.removeIf(attendeeKey(attendee), 'registrationId', registrationId);
  }

  /** @returns the registration that has this id already, `undefined` when this one was put */
  async putNew(registration: Registration): Promise<Registration | undefined> {
    const there = await this.#table.putNew({ ...registrationKey(registration.id), ...registration });
    return there === undefined ? undefined : readRegistration(there);
  }

  /** Makes registrations, all or none. @returns whether they were made */
  async putAllNew(registrations: readonly Registration[]): Promise<boolean> {
    const writes = registrations.map((each) => this.#writes.putNew({ ...registrationKey(each.id), ...each }));
    return (await this.#writes.all([], writes)).kind === 'done';
  }

  /** Puts registrations in place of the versions before them, all or none. */
  change(creation: Creation, registrations: readonly Registration[]): Promise<WriteOutcome> {
    return this.#writes.once(creation, [], this.#replace(registrations));
  }

  #replace(registrations: readonly Registration[]) {
    return registrations.map((each) => this.#writes.replace({ ...registrationKey(each.id), ...each }));
  }

  /** The same for what the Hub does itself. @returns whether they were put */
  async putAll(registrations: readonly Registration[]): Promise<boolean> {
    return (await this.#writes.all([], this.#replace(registrations))).kind === 'done';
  }

  /** Puts one in place of the version before it. @returns it as it is, when that was changed meanwhile */
  async putNext(registration: Registration): Promise<Registration | undefined> {
    const item = { ...registrationKey(registration.id), ...registration };
    const there = await this.#table.putNext(item, registration.version - 1);
    return there === undefined ? undefined : readRegistration(there);
  }

  /** Keeps needs, apart. @param until when they are erased */
  async putNeeds(registrationId: string, needs: Needs, until: Date): Promise<void> {
    await this.#table.putNew({ ...needsKey(registrationId), ...needs, ttl: Math.floor(until.getTime() / 1000) });
  }

  /** What somebody needs; `undefined` where nothing was told, or it is to be erased by now. */
  async getNeeds(registrationId: string, now: Date): Promise<Needs | undefined> {
    const item = await this.#table.get(needsKey(registrationId), { consistent: true });
    if (item === undefined) return undefined;
    const { ttl, ...needs } = NeedsItem.parse(item);
    return ttl * 1000 > now.getTime() ? needs : undefined;
  }

  async eraseNeeds(registrationId: string): Promise<void> {
    await this.#table.remove(needsKey(registrationId));
  }

  /** Notes that needs are shown to another institution. The audit has it by the stream; after some days it goes. */
  async putReading(reading: AuditedReading): Promise<void> {
    const ttl = Math.floor(Date.parse(reading.at) / 1000) + NOTES_KEPT;
    await this.#table.putNew({ ...readingKey(reading.readingId), ...reading, ttl });
  }

  /** Notes that somebody is reminded of a deadline, once. The audit has it by the stream; after some days it goes. */
  async putReminder(reminder: Reminder): Promise<void> {
    const ttl = Math.floor(Date.parse(reminder.at) / 1000) + NOTES_KEPT;
    await this.#table.putNew({ ...reminderKey(reminder.registrationId, reminder.expiresAt), ...reminder, ttl });
  }
}

/** Reads a registration from its item, also as a stream shows it. */
export function readRegistration(item: Item): Registration {
  return RegistrationItem.parse(item);
}
