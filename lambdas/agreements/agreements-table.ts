import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import { type Creation, createOnce, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import {
  AgreementContent,
  Agreement as AgreementShape,
  AgreementVersion as AgreementVersionShape,
  Funding,
  Termination,
  Terms,
} from './contract-parts.ts';
import { AGREEMENTS, agreementKey, agreementPartition, institutionPartition, VERSIONS, versionKey } from './keys.ts';
import type { Agreement, AgreementWithVersion, Version } from './model.ts';
import { ApprovedVersion } from './published.ts';

/** What is stored of agreements. Each change is one transaction that names the precondition that failed. */

const { id, kind, parties, title, createdAt, updatedAt } = AgreementShape.shape;
const { approvals, hash, proposedBy, proposedAt } = AgreementVersionShape.shape;
const AgreementItem = z.object({
  ...{ id, kind, parties, title, createdAt, updatedAt },
  latest: z.object({ ...ApprovedVersion.shape, approvals }),
  approved: z.array(ApprovedVersion),
  termination: z.optional(Termination),
  version: z.int(),
  by: Agent,
});
/** What was checked when it came in is not checked again: a stricter rule must not make an old version unreadable. */
const upTo = z.optional(z.object({ amount: z.int(), currency: z.string() }));
const VersionItem = z.object({
  ...{ hash, approvals, proposedBy, proposedAt },
  content: z.object({
    ...AgreementContent.shape,
    validity: ApprovedVersion.shape.validity,
    governingLaw: z.optional(z.string()),
    terms: z.object({ ...Terms.shape, funding: z.array(z.object({ ...Funding.shape, upTo })) }),
  }),
});
const Reference = z.object({ sk: z.string(), agreementId: z.string() });

export type ChangeOutcome =
  | Earlier
  | { readonly kind: 'done' }
  | { readonly kind: 'moved-on' }
  /** These are no active partners. */
  | { readonly kind: 'not-active'; readonly institutions: readonly string[] };

/** A page of versions, and the number after which the next one begins. */
export interface VersionPage {
  readonly versions: readonly Version[];
  readonly next: string | undefined;
}

export class AgreementsTable {
  readonly #table: SingleTable;
  readonly #partners: PartnersTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#partners = new PartnersTable(table);
  }

  async get(agreementId: string): Promise<Agreement | undefined> {
    const item = await this.#table.get(agreementKey(agreementId), { consistent: true });
    return item === undefined ? undefined : AgreementItem.parse(item);
  }

  async getVersion(agreementId: string, number: number): Promise<Version | undefined> {
    const item = await this.#table.get(versionKey(agreementId, number), { consistent: true });
    return item === undefined ? undefined : readVersion(item);
  }

  /** @param after number of the last version of the page before */
  async listVersions(agreementId: string, limit: number, after?: string): Promise<VersionPage> {
    const from = after === undefined ? undefined : VERSIONS + after;
    const { items, next } = await this.#table.list(agreementPartition(agreementId), VERSIONS, limit, from);
    return { versions: items.map(readVersion), next: next?.slice(VERSIONS.length) };
  }

  async list(institutionId: string, limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(institutionPartition(institutionId), AGREEMENTS, limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, agreementId }) => ({ id: agreementId, position: sk })), next };
  }

  async findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  /** Makes an agreement with its first version, as long as all its parties are active partners. */
  async create(creation: Creation, { agreement, version }: AgreementWithVersion): Promise<ChangeOutcome> {
    const { id: agreementId, parties: institutions } = agreement;
    return this.#once(creation, institutions, [
      this.#putNew({ ...agreementKey(agreementId), ...agreement }),
      this.#putNew({ ...versionKey(agreementId, 1), ...version }),
      ...institutions.map((party) =>
        this.#putNew({ pk: institutionPartition(party), sk: AGREEMENTS + agreementId, agreementId }),
      ),
    ]);
  }

  /** Puts another version behind the newest, as long as all parties are active partners. */
  async propose(creation: Creation, { agreement, version }: AgreementWithVersion): Promise<ChangeOutcome> {
    return this.#once(creation, agreement.parties, [
      this.#replace(agreement),
      this.#putNew({ ...versionKey(agreement.id, version.content.version), ...version }),
    ]);
  }

  /** Puts an agreement with another approval of its newest version, as long as who approves is an active partner. */
  async approve(creation: Creation, agreement: Agreement, institutionId: string): Promise<ChangeOutcome> {
    const { id: agreementId, latest } = agreement;
    return this.#once(
      creation,
      [institutionId],
      [
        this.#replace(agreement),
        {
          Update: {
            TableName: this.#table.name,
            Key: versionKey(agreementId, latest.version),
            UpdateExpression: 'SET approvals = :approvals',
            ConditionExpression: '#hash = :hash',
            ExpressionAttributeNames: { '#hash': 'hash' },
            ExpressionAttributeValues: { ':approvals': latest.approvals, ':hash': latest.hash },
          },
        },
      ],
    );
  }

  async terminate(creation: Creation, agreement: Agreement): Promise<ChangeOutcome> {
    return this.#once(creation, [], [this.#replace(agreement)]);
  }

  async #once(creation: Creation, active: readonly string[], writes: readonly TransactWrite[]): Promise<ChangeOutcome> {
    const checks = active.map((institutionId) => this.#partners.isActive(institutionId));
    const outcome = await createOnce(this.#table, creation, [...checks, ...writes]);
    if (outcome.kind === 'created') return { kind: 'done' };
    if (outcome.kind !== 'refused') return outcome;
    const institutions = active.filter((_, position) => outcome.positions.includes(position));
    return institutions.length > 0 ? { kind: 'not-active', institutions } : { kind: 'moved-on' };
  }

  #putNew(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }

  /** Puts an agreement in place of what it was before its last change. */
  #replace(agreement: Agreement): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: { ...agreementKey(agreement.id), ...agreement },
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': agreement.version - 1 },
      },
    };
  }
}

function readVersion(item: Item): Version {
  return VersionItem.parse(item);
}
