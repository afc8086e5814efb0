import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { AuditedReading } from '../shared/chain/change.ts';
import { type Creation, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { Application as ApplicationShape, type TraineeName } from './application-contract.ts';
import type { Application } from './application-model.ts';
import {
  APPLICATIONS,
  accountKey,
  applicationKey,
  applicationsPrefix,
  cohortKey,
  institutionPartition,
  nameKey,
  nomineeKey,
  personKey,
  readingKey,
  reminderKey,
} from './keys.ts';
import type { Reminder } from './published-changes.ts';

/** What is stored of applications, and apart from them the names for certificates. */

const { reviews: _, position: __, ...shape } = ApplicationShape.shape;
const Review = z.object({ reviewer: z.string(), institutionId: z.string(), score: z.int(), at: z.string() });
const ApplicationItem = z.object({
  ...shape,
  nominee: z.object({ ...ApplicationShape.shape.nominee.shape, pseudonym: z.string() }),
  reviews: z.array(Review),
  acceptedAt: z.exactOptional(z.int()),
  segment: z.exactOptional(z.int()),
  version: z.int(),
  by: Agent,
});
const NomineeItem = z.object({ applicationId: z.string() });
const NameItem = z.object({
  applicationId: z.string(),
  displayName: z.string(),
  consentAt: z.string(),
  salt: z.string(),
});
const PersonItem = z.object({ applications: z.array(z.string()), version: z.int() });
/** What a nominee is confirmed for. */
export type Person = z.infer<typeof PersonItem>;
const Reference = z.object({ sk: z.string(), applicationId: z.string() });

/** Seconds. The audit has it from the stream. */
const NOTES_KEPT = 7 * 24 * 3600;

/** An application that is to be made, and the one that its nominee had before, which was given up. */
export interface Submission {
  readonly application: Application;
  readonly before: string | undefined;
}

export interface Confirmation {
  readonly application: Application;
  readonly person: Person;
}

export class ApplicationsTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(applicationId: string, { consistent } = { consistent: true }): Promise<Application | undefined> {
    const item = await this.#table.get(applicationKey(applicationId), { consistent });
    return item === undefined ? undefined : readApplication(item);
  }

  /** Those of a cohort. @param after id of the last one of the page before */
  async listOf(
    cohortId: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly applications: readonly Application[]; readonly next: string | undefined }> {
    const from = after === undefined ? undefined : APPLICATIONS + after;
    const { items, next } = await this.#table.list(accountKey(cohortId).pk, APPLICATIONS, limit, from);
    return { applications: items.map(readApplication), next: next?.slice(APPLICATIONS.length) };
  }

  /** Every application to a cohort, as of now. */
  async allOf(cohortId: string): Promise<Application[]> {
    const items = await this.#table.listAll(accountKey(cohortId).pk, APPLICATIONS, { consistent: true });
    return items.map(readApplication);
  }

  /** Those of one institution to a cohort. */
  async listBy(institutionId: string, cohortId: string, limit: number, after?: string): Promise<IdPage> {
    const pk = institutionPartition(institutionId);
    const { items, next } = await this.#table.list(pk, applicationsPrefix(cohortId), limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, applicationId }) => ({ id: applicationId, position: sk })), next };
  }

  findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** The id of the last application for a nominee. */
  async getNominee({ cohortId, institutionId, nominee }: Application): Promise<string | undefined> {
    const key = nomineeKey(cohortId, institutionId, nominee.pseudonym);
    const item = await this.#table.get(key, { consistent: true });
    return item === undefined ? undefined : NomineeItem.parse(item).applicationId;
  }

  /** Makes applications of an active partner to a cohort that is published, each nominee's only one, all or none. */
  create(creation: Creation, cohortId: string, submissions: readonly Submission[]): Promise<WriteOutcome> {
    const institutions = new Set(submissions.map(({ application }) => application.institutionId));
    return this.#writes.once(
      creation,
      [...institutions],
      [
        this.#writes.is(cohortKey(cohortId), 'status', 'published'),
        ...submissions.flatMap((each) => this.#submit(each)),
      ],
    );
  }

  #submit({ application, before }: Submission): TransactWrite[] {
    const { id, cohortId, institutionId, nominee } = application;
    const item = { ...nomineeKey(cohortId, institutionId, nominee.pseudonym), applicationId: id };
    const again = {
      Put: {
        TableName: this.#table.name,
        Item: item,
        ConditionExpression: 'applicationId = :before',
        ExpressionAttributeValues: { ':before': before },
      },
    };
    return [
      this.#writes.putNew({ ...applicationKey(id), ...application }),
      before === undefined ? this.#writes.putNew(item) : again,
      this.#writes.putNew({
        pk: institutionPartition(institutionId),
        sk: applicationsPrefix(cohortId) + id,
        applicationId: id,
      }),
    ];
  }

  /** What a nominee is confirmed for, as it was written last; some of it may be over. */
  async getPerson({ institutionId, nominee }: Application): Promise<Person> {
    const item = await this.#table.get(personKey(institutionId, nominee.pseudonym), { consistent: true });
    return item === undefined ? { applications: [], version: 0 } : PersonItem.parse(item);
  }

  /** Confirms applications, each with the next version of what its nominee is confirmed for, all or none. */
  confirm(creation: Creation, confirmed: readonly Confirmation[]): Promise<WriteOutcome> {
    const persons = confirmed.map(({ application: { institutionId, nominee }, person }) => {
      const item = { ...personKey(institutionId, nominee.pseudonym), ...person };
      return person.version === 1 ? this.#writes.putNew(item) : this.#writes.replace(item);
    });
    return this.#writes.once(
      creation,
      [],
      [...this.#replace(confirmed.map(({ application }) => application)), ...persons],
    );
  }

  /** Puts applications in place of the versions before them, all or none. */
  change(creation: Creation, applications: readonly Application[]): Promise<WriteOutcome> {
    return this.#writes.once(creation, [], this.#replace(applications));
  }

  #replace(applications: readonly Application[]): TransactWrite[] {
    return applications.map((each) => this.#writes.replace({ ...applicationKey(each.id), ...each }));
  }

  /** The same for what the Hub does itself. @returns whether they were put */
  async putAll(applications: readonly Application[]): Promise<boolean> {
    return (await this.#writes.all([], this.#replace(applications))).kind === 'done';
  }

  /** Puts one in place of the version before it. @returns it as it is, when that was changed meanwhile */
  async putNext(application: Application): Promise<Application | undefined> {
    const item = { ...applicationKey(application.id), ...application };
    const there = await this.#table.putNext(item, application.version - 1);
    return there === undefined ? undefined : readApplication(there);
  }

  /** Keeps a name, with the version of its application that says so. */
  changeName(creation: Creation, application: Application, name: TraineeName): Promise<WriteOutcome> {
    const write = this.#writes.put({ ...nameKey(application.id), ...name });
    return this.#writes.once(creation, [], [...this.#replace([application]), write]);
  }

  /** Erases names, with the versions of their applications that say so. */
  eraseNames(creation: Creation, applications: readonly Application[]): Promise<WriteOutcome> {
    const removals = applications.map(({ id }) => this.#writes.remove(nameKey(id)));
    return this.#writes.once(creation, [], [...this.#replace(applications), ...removals]);
  }

  async getName(applicationId: string): Promise<TraineeName | undefined> {
    const item = await this.#table.get(nameKey(applicationId), { consistent: true });
    return item === undefined ? undefined : NameItem.parse(item);
  }

  /** Notes that a name is shown to another institution. The audit has it by the stream; after some days it goes. */
  async putReading(reading: AuditedReading): Promise<void> {
    await this.#note(readingKey(reading.readingId), reading);
  }

  /** Notes that somebody is reminded of a deadline, once. The audit has it by the stream; after some days it goes. */
  async putReminder(reminder: Reminder): Promise<void> {
    await this.#note(reminderKey(reminder.applicationId, reminder.expiresAt), reminder);
  }

  async #note(key: Key, note: { readonly at: string }): Promise<void> {
    await this.#table.putNew({ ...key, ...note, ttl: Math.floor(Date.parse(note.at) / 1000) + NOTES_KEPT });
  }
}

/** Reads an application from its item, also as a stream shows it. */
export function readApplication(item: Item): Application {
  return ApplicationItem.parse(item);
}
