import * as z from 'zod/mini';

import { ROLES } from '../shared/auth/vocabulary.ts';
import {
  type Creation,
  type CreationOutcome,
  createOnce,
  type Earlier,
  findEarlier,
} from '../shared/dynamo/create-once.ts';
import type { Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { Id, Instant } from '../shared/values.ts';
import { MEMBER_KINDS, MEMBER_STATUSES, type Member, type MemberIdentity } from './model.ts';
import { type Lost, stewardKey, stewardWrites } from './stewards-table.ts';

/**
 * The members in the institutions table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | client, person | `CLIENT`, `PERSON` | `<client id>`, `<sub>` |
 * | an institution's clients | `CLIENTS#<institution>` | `<created at>#<client id>` |
 * | who coordinates an institution, who administers the Hub: see `stewards-table.ts` | `STEWARDS` | `<institution>`, `HUB` |
 * | a client that is being made | `ONBOARDING` | `<request>` |
 *
 * Clients are few, since the gateway admits fifty: one partition lists them all. Nobody lists people.
 */

const PARTITIONS = { client: 'CLIENT', person: 'PERSON' } as const;
const ONBOARDING = 'ONBOARDING';

const MemberItem = z.object({
  kind: z.enum(MEMBER_KINDS),
  id: z.string().check(z.minLength(1)),
  institutionId: Id,
  roles: z.array(z.enum(ROLES)).check(z.minLength(1)),
  status: z.enum(MEMBER_STATUSES),
  secretIds: z.optional(z.array(z.string())),
  changingSince: z.optional(Instant),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int(),
});
const ClientReference = z.object({ sk: z.string(), clientId: z.string() });
const OnboardingItem = z.object({ sk: z.string(), at: Instant });

/** A client that was begun to be made, under the name it has at the issuer. */
export interface Onboarding {
  readonly name: string;
  readonly at: string;
}

const keyOf = ({ kind, id }: MemberIdentity): Key => ({ pk: PARTITIONS[kind], sk: id });
const onboardingKey = (name: string): Key => ({ pk: ONBOARDING, sk: name });

export class MembersTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  /** Sees a change at once: who was revoked a moment ago gets no token. */
  async get(who: MemberIdentity): Promise<Member | undefined> {
    const item = await this.#table.get(keyOf(who), { consistent: true });
    return item === undefined ? undefined : MemberItem.parse(item);
  }

  /** All clients, revoked ones included. */
  async listClients(): Promise<readonly Member[]> {
    const items = await this.#table.listAll(PARTITIONS.client, '', { consistent: true });
    return items.map((item) => MemberItem.parse(item));
  }

  /** A page of an institution's clients, oldest first. @param after position of the last one of the page before */
  async listClientsOf(
    institutionId: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly clients: readonly Member[]; readonly next: string | undefined }> {
    const { items, next } = await this.#table.list(`CLIENTS#${institutionId}`, '', limit, after);
    const ids = items.map((item) => ClientReference.parse(item).clientId);
    const clients = await Promise.all(ids.map((id) => this.get({ kind: 'client', id })));
    return { clients: clients.filter((client) => client !== undefined), next };
  }

  /** Ids of the institutions for which admins of the Hub act. */
  async adminsByInstitution(): Promise<ReadonlySet<string>> {
    const item = await this.#table.get(stewardKey('HUB'), { consistent: true });
    const members: unknown = item?.['members'];
    return new Set(members instanceof Set ? [...members].map((member) => String(member).slice(0, 36)) : []);
  }

  /**
   * Puts a member, in place of the version before if there is one.
   * @param leaving whether the institution may lose its last coordinator
   * @returns what kept it out
   */
  async change(
    before: Member | undefined,
    after: Member,
    { leaving = false } = {},
  ): Promise<'changed' | 'moved-on' | Lost> {
    const { writes, reasons } = this.#changes(before, after, leaving);
    const [refused] = await this.#table.transact(writes);
    return refused === undefined ? 'changed' : (reasons[refused] ?? 'moved-on');
  }

  /** Puts the next version of a client, or of a new one, once for a request. */
  async changeOnce(
    creation: Creation,
    before: Member | undefined,
    after: Member,
    onboarding?: Onboarding,
  ): Promise<CreationOutcome> {
    const { writes } = this.#changes(before, after, false);
    return createOnce(this.#table, creation, [...writes, ...(onboarding ? [this.#end(onboarding)] : [])]);
  }

  async findEarlier(creation: Pick<Creation, 'request' | 'fingerprint'>): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** Clients that were begun to be made and are not done. */
  async listOnboardings(): Promise<readonly Onboarding[]> {
    const items = await this.#table.listAll(ONBOARDING, '', { consistent: true });
    return items.map((item) => OnboardingItem.parse(item)).map(({ sk, at }) => ({ name: sk, at }));
  }

  /** Notes that a client is being made. @returns false when it is already */
  async beginOnboarding({ name, at }: Onboarding): Promise<boolean> {
    return (await this.#table.putNew({ ...onboardingKey(name), at })) === undefined;
  }

  async endOnboarding({ name }: Onboarding): Promise<void> {
    await this.#table.remove(onboardingKey(name));
  }

  /** Takes a note away, if it is still this attempt's. */
  #end({ name, at }: Onboarding): TransactWrite {
    return {
      Delete: {
        TableName: this.#table.name,
        Key: onboardingKey(name),
        ConditionExpression: '#at = :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':at': at },
      },
    };
  }

  /** Each write with what it means when it is refused. */
  #changes(before: Member | undefined, after: Member, leaving: boolean) {
    const TableName = this.#table.name;
    const { kind, id, institutionId, createdAt } = after;
    const put: TransactWrite = {
      Put: {
        TableName,
        Item: { ...keyOf(after), ...after },
        ...(before === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'version = :seen', ExpressionAttributeValues: { ':seen': before.version } }),
      },
    };
    const reference: TransactWrite = {
      Put: { TableName, Item: { pk: `CLIENTS#${institutionId}`, sk: `${createdAt}#${id}`, clientId: id } },
    };
    const stewards = stewardWrites(TableName, before, after, leaving);
    const listed = kind === 'client' && before === undefined ? [reference] : [];
    return {
      writes: [put, ...listed, ...stewards.map(({ write }) => write)],
      reasons: [undefined, ...listed.map(() => undefined), ...stewards.map(({ lost }) => lost)],
    };
  }
}
