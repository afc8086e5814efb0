import * as z from 'zod/mini';
import { type AgreementChange, readAgreementChange } from '../agreements/published.ts';
import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import { type Creation, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { IdPage, SingleTable } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { agreementKey, institutionPartition, PROGRAMMES, PUBLISHED, programmeKey } from './keys.ts';
import { Programme as ProgrammeShape } from './programme-contract.ts';
import type { Programme } from './programme-model.ts';

/** What is stored of programmes, and of the agreements they are offered under. */

const ProgrammeItem = z.object({ ...ProgrammeShape.shape, version: z.int(), by: Agent });
const Reference = z.object({ sk: z.string(), programmeId: z.string() });

export class ProgrammesTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async get(programmeId: string): Promise<Programme | undefined> {
    const item = await this.#table.get(programmeKey(programmeId), { consistent: true });
    return item === undefined ? undefined : ProgrammeItem.parse(item);
  }

  /** @param hostId whose programmes, drafts among them; all that were published unless given */
  async list(hostId: string | undefined, limit: number, after?: string): Promise<IdPage> {
    const [pk, prefix] = hostId === undefined ? [PUBLISHED, ''] : [institutionPartition(hostId), PROGRAMMES];
    const { items, next } = await this.#table.list(pk, prefix, limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, programmeId }) => ({ id: programmeId, position: sk })), next };
  }

  findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** Makes a programme of active partners. @param agreementSeen the change of its agreement that was looked at */
  create(creation: Creation, programme: Programme, agreementSeen: number | undefined): Promise<WriteOutcome> {
    const { id, hostId, partners, agreementId } = programme;
    const reference = { pk: institutionPartition(hostId), sk: PROGRAMMES + id, programmeId: id };
    const unchanged =
      agreementId === undefined || agreementSeen === undefined
        ? []
        : [this.#writes.is(agreementKey(agreementId), 'version', agreementSeen)];
    return this.#writes.once(creation, withoutRepetition([hostId, ...partners]), [
      this.#writes.putNew({ ...programmeKey(id), ...programme }),
      this.#writes.putNew(reference),
      ...unchanged,
    ]);
  }

  /** Puts a programme in place of the version before it. @param joining partners that it has not had yet */
  change(programme: Programme, isPublished: boolean, joining: readonly string[]): Promise<WriteOutcome> {
    const { id } = programme;
    const shown = isPublished ? [this.#writes.putNew({ pk: PUBLISHED, sk: id, programmeId: id })] : [];
    return this.#writes.all(joining, [this.#writes.replace({ ...programmeKey(id), ...programme }), ...shown]);
  }

  /** An agreement as far as it is known here. */
  async getAgreement(agreementId: string): Promise<AgreementChange | undefined> {
    const item = await this.#table.get(agreementKey(agreementId), { consistent: true });
    return item === undefined ? undefined : readAgreementChange(item);
  }

  /** Remembers what has become of an agreement, unless something later is known. */
  async putAgreement(change: AgreementChange): Promise<void> {
    await this.#table.putLater({ ...agreementKey(change.id), ...change });
  }
}

/** A transaction looks at an item once. */
export function withoutRepetition(institutions: readonly string[]): string[] {
  return [...new Set(institutions)];
}
