import * as z from 'zod/mini';

import { ROLES } from '../shared/auth/vocabulary.ts';
import type { Key, SingleTable } from '../shared/dynamo/single-table.ts';
import { Id, Instant } from '../shared/values.ts';
import { MEMBER_KINDS, MEMBER_STATUSES, type Member, type MemberIdentity } from './model.ts';

/**
 * The members in the institutions table, and the only module that knows their keys: `CLIENT` / `<client id>` and
 * `PERSON` / `<sub>`. Clients are few, since the gateway admits fifty: one partition lists them all.
 */

const PARTITIONS = { client: 'CLIENT', person: 'PERSON' } as const;

const MemberItem = z.object({
  kind: z.enum(MEMBER_KINDS),
  id: z.string().check(z.minLength(1)),
  institutionId: Id,
  roles: z.array(z.enum(ROLES)).check(z.minLength(1)),
  status: z.enum(MEMBER_STATUSES),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int(),
});

const keyOf = ({ kind, id }: MemberIdentity): Key => ({ pk: PARTITIONS[kind], sk: id });

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

  /** @returns the member that is there already; `undefined` when this one was put */
  async add(member: Member): Promise<Member | undefined> {
    const present = await this.#table.putNew({ ...keyOf(member), ...member });
    return present === undefined ? undefined : MemberItem.parse(present);
  }

  /** Puts a member in the place of the version before. @returns whether that was still there */
  async replace(member: Member): Promise<boolean> {
    return (await this.#table.putNext({ ...keyOf(member), ...member }, member.version - 1)) === undefined;
  }
}
