import * as z from 'zod/mini';

import { Agent } from '../shared/auth/agent.ts';
import { ROLES } from '../shared/auth/vocabulary.ts';
import {
  type Creation,
  type CreationOutcome,
  createOnce,
  type Earlier,
  findEarlier,
} from '../shared/dynamo/create-once.ts';
import type { Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { Id, Instant } from '../shared/values.ts';
import { MEMBER_KINDS, MEMBER_STATUSES, type Member, type MemberIdentity } from './model.ts';
import { adminsWrite, coordinatorWrites, type Lost, readAdmins, withMember } from './stewards-table.ts';

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
  by: z.optional(Agent),
});
const ClientReference = z.object({ sk: z.string(), clientId: z.string() });
const OnboardingItem = z.object({ sk: z.string(), at: Instant });

/** A client that was begun to be made, under the name it has at the issuer. */
export interface Onboarding {
  readonly name: string;
  readonly at: string;
}

interface MemberWrite {
  readonly write: TransactWrite;
  /** `other-admins`: the Hub's list of them has changed meanwhile. */
  readonly refusal?: 'last-coordinator' | 'other-admins';
}

/** Admins seldom change, but many can be enrolled at once. */
const MAX_ATTEMPTS = 12;

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
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      await takeTurns(attempt);
      const changes = await this.#changes(before, after, leaving);
      if (changes === 'last-admin') return changes;
      const [refused] = await this.#table.transact(changes.map(({ write }) => write));
      if (refused === undefined) return 'changed';
      const meaning = changes[refused]?.refusal;
      if (meaning !== 'other-admins') return meaning ?? 'moved-on';
    }
    return 'moved-on';
  }

  /** Puts the next version of a client, or of a new one, once for a request. */
  async changeOnce(
    creation: Creation,
    before: Member | undefined,
    after: Member,
    onboarding?: Onboarding,
  ): Promise<CreationOutcome> {
    for (let attempt = 1; ; attempt++) {
      const changes = await this.#changes(before, after, false);
      if (changes === 'last-admin') throw new Error('A change that is done once takes no role away');
      const writes = [...changes.map(({ write }) => write), ...(onboarding ? [this.#end(onboarding)] : [])];
      const outcome = await createOnce(this.#table, creation, writes);
      const again =
        outcome.kind === 'refused' &&
        outcome.positions.some((position) => changes[position]?.refusal === 'other-admins');
      if (!again || attempt === MAX_ATTEMPTS) return outcome;
      await takeTurns(attempt);
    }
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

  /** Each write with what it means when it is refused, if not that the member has changed meanwhile. */
  async #changes(
    before: Member | undefined,
    after: Member,
    leaving: boolean,
  ): Promise<readonly MemberWrite[] | 'last-admin'> {
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
    const isNewClient = kind === 'client' && before === undefined;
    const admins = await this.#adminsWith(before, after);
    if (admins === 'last-admin') return admins;
    return [
      { write: put },
      ...(isNewClient ? [{ write: reference }] : []),
      ...coordinatorWrites(TableName, before, after, leaving).map((write) => ({
        write,
        refusal: 'last-coordinator' as const,
      })),
      ...(admins === undefined ? [] : [{ write: adminsWrite(TableName, admins), refusal: 'other-admins' as const }]),
    ];
  }

  /** Looks at the admins only when one comes or goes. */
  async #adminsWith(before: Member | undefined, after: Member): Promise<ReturnType<typeof withMember>> {
    const concerned = [before, after].some((member) => member?.roles.includes('hub-admin') === true);
    return concerned ? withMember(await readAdmins(this.#table), before, after) : undefined;
  }
}
