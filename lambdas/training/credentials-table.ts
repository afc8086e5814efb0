import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import { type Creation, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import type { CertificateName } from './application-contract.ts';
import { REVOCATION_REASONS } from './credential-contract.ts';
import { attestedBy, type Credential, type StatusPlace } from './credential-model.ts';
import { credentialKey, issuedKey, nameKey, SIGNING_KEYS, STATUS_LISTS, statusListPartition } from './keys.ts';
import type { PublicKey } from './signing-key.ts';

/** What is stored of credentials, of the lists of those that are revoked, and of the keys that were used. */

const CredentialItem = z.object({
  id: z.string(),
  applicationId: z.exactOptional(z.string()),
  cohortId: z.exactOptional(z.string()),
  registrationId: z.exactOptional(z.string()),
  eventId: z.exactOptional(z.string()),
  hostId: z.string(),
  institutionId: z.string(),
  status: z.enum(['valid', 'revoked']),
  jwt: z.string(),
  place: z.object({ list: z.int(), index: z.int() }),
  issuedAt: z.string(),
  revokedAt: z.optional(z.string()),
  reason: z.optional(z.enum(REVOCATION_REASONS)),
  updatedAt: z.string(),
  version: z.int(),
  by: Agent,
});
const IssuedItem = z.object({ credentialId: z.string() });
const RevokedItem = z.object({ index: z.int() });
const CountItem = z.object({ issued: z.int() });
const KeyItem = z.object({ kid: z.string(), jwk: z.record(z.string(), z.string()) });

export class CredentialsTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;
  /** Keys that this process has noted: status lists are signed for anybody, and a write for each would be theirs to cause. */
  readonly #noted = new Set<string>();

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(credentialId: string): Promise<Credential | undefined> {
    const item = await this.#table.get(credentialKey(credentialId), { consistent: true });
    return item && CredentialItem.parse(item);
  }

  findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** The id of the last credential of an application, or of a registration. */
  async lastOf(attested: string): Promise<string | undefined> {
    const item = await this.#table.get(issuedKey(attested), { consistent: true });
    return item && IssuedItem.parse(item).credentialId;
  }

  /** Counts one more, for its place in a list. A number that a request did not come to use is nobody's. */
  async nextNumber(): Promise<number> {
    const { Attributes } = await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: { pk: STATUS_LISTS, sk: STATUS_LISTS },
        UpdateExpression: 'ADD issued :one',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return CountItem.parse(Attributes).issued;
  }

  /** How many were counted. */
  async lastNumber(): Promise<number> {
    const item = await this.#table.get({ pk: STATUS_LISTS, sk: STATUS_LISTS }, { consistent: false });
    return item === undefined ? 0 : CountItem.parse(item).issued;
  }

  /**
   * Puts a credential as the only one of what it attests.
   * @param before the one there was, which is revoked @param name that is kept with it
   */
  create(
    creation: Creation,
    credential: Credential,
    before: string | undefined,
    name?: CertificateName,
  ): Promise<WriteOutcome> {
    const attested = attestedBy(credential);
    const item = { ...issuedKey(attested), credentialId: credential.id };
    const again = {
      Put: {
        TableName: this.#table.name,
        Item: item,
        ConditionExpression: 'credentialId = :before',
        ExpressionAttributeValues: { ':before': before },
      },
    };
    return this.#writes.once(
      creation,
      [],
      [
        this.#writes.putNew({ ...credentialKey(credential.id), ...credential }),
        before === undefined ? this.#writes.putNew(item) : again,
        ...(name === undefined ? [] : [this.#writes.put({ ...nameKey(attested), ...name })]),
      ],
    );
  }

  /** Puts it as revoked, in its list, too. */
  revoke(creation: Creation, credential: Credential): Promise<WriteOutcome> {
    const { list, index } = credential.place;
    return this.#writes.once(
      creation,
      [],
      [
        this.#writes.replace({ ...credentialKey(credential.id), ...credential }),
        this.#writes.put({ pk: statusListPartition(list), sk: `REVOKED#${String(index)}`, index }),
      ],
    );
  }

  /** The places of a list whose credentials are revoked. */
  async revokedIn(list: StatusPlace['list']): Promise<number[]> {
    const items = await this.#table.listAll(statusListPartition(list), 'REVOKED#', { consistent: false });
    return items.map((item) => RevokedItem.parse(item).index);
  }

  /** Notes a key that is going to be used, for good. */
  async noteKey({ kid, jwk }: PublicKey): Promise<void> {
    if (this.#noted.has(kid)) return;
    await this.#table.putNew({ pk: SIGNING_KEYS, sk: kid, kid, jwk });
    this.#noted.add(kid);
  }

  /** Every key that was ever used. */
  async keys(): Promise<PublicKey[]> {
    const items = await this.#table.listAll(SIGNING_KEYS, '', { consistent: false });
    return items.map((item) => KeyItem.parse(item));
  }
}
