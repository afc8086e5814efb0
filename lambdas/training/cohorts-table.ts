import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { SegmentChange } from '../shared/capacity/account.ts';
import { AccountTable } from '../shared/capacity/account-table.ts';
import { LineTable } from '../shared/capacity/line-table.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { Cohort as CohortShape } from './cohort-contract.ts';
import type { Cohort, CohortWithAccount } from './cohort-model.ts';
import { accountKey, COHORTS, cohortKey, programmePartition, SHOWN, SWEEP } from './keys.ts';

/** What is stored of cohorts and their accounts. */

const { status: _, balance: __, waitlist: ___, minimumReached: ____, ...shape } = CohortShape.shape;
/** What was checked when it came in is not checked again: looking up a time zone takes ten milliseconds. */
const CohortItem = z.object({
  ...shape,
  timeZone: z.string(),
  status: z.enum(['draft', 'published', 'cancelled']),
  version: z.int(),
  by: Agent,
});
const Reference = z.object({ sk: z.string(), cohortId: z.string() });

export class CohortsTable {
  readonly accounts: AccountTable;
  readonly line: LineTable;
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
    this.accounts = new AccountTable(table);
    this.line = new LineTable(table, 'names');
  }

  /** A cohort alone. */
  async get(cohortId: string): Promise<Cohort | undefined> {
    const item = await this.#table.get(cohortKey(cohortId), { consistent: true });
    // The key holds only the family of the id: another id of the family is an id of nothing.
    return item?.['id'] === cohortId ? readCohort(item) : undefined;
  }

  async getWithAccount(cohortId: string): Promise<CohortWithAccount | undefined> {
    const { owner, account } = await this.accounts.load(accountKey(cohortId), { consistent: true });
    return owner?.['id'] === cohortId ? { cohort: readCohort(owner), account } : undefined;
  }

  /** @param drafts whether those are listed that partners do not see, too */
  async list(programmeId: string, drafts: boolean, limit: number, after?: string): Promise<IdPage> {
    const pk = programmePartition(programmeId);
    const { items, next } = await this.#table.list(pk, drafts ? COHORTS : SHOWN, limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, cohortId }) => ({ id: cohortId, position: sk })), next };
  }

  /** Makes a cohort with its account. @param active institutions that must be active partners */
  create(
    creation: Creation,
    cohort: Cohort,
    segments: readonly SegmentChange[],
    active: readonly string[],
  ): Promise<WriteOutcome> {
    const { id, programmeId } = cohort;
    return this.#writes.once(creation, active, [
      this.#writes.putNew({ ...cohortKey(id), ...cohort }),
      this.#writes.putNew({ pk: programmePartition(programmeId), sk: COHORTS + id, cohortId: id }),
      this.#writes.putNew({ pk: SWEEP, sk: id }),
      ...this.#resize(cohort, segments),
    ]);
  }

  /** Puts a cohort in place of the version before it, with its account. @param active as above */
  change(
    cohort: Cohort,
    segments: readonly SegmentChange[],
    isPublished: boolean,
    active: readonly string[],
  ): Promise<WriteOutcome> {
    const { id, programmeId } = cohort;
    const reference = { pk: programmePartition(programmeId), sk: SHOWN + id, cohortId: id };
    return this.#writes.all(active, [
      this.#writes.replace({ ...cohortKey(id), ...cohort }),
      ...(isPublished ? [this.#writes.putNew(reference)] : []),
      ...this.#resize(cohort, segments),
    ]);
  }

  /** What is cancelled takes nobody any more. */
  #resize({ id, status }: Cohort, segments: readonly SegmentChange[]): TransactWrite[] {
    return segments.map((change) => this.accounts.resizeWrite(accountKey(id), change, status === 'cancelled'));
  }

  /** The cohorts the sweep visits. */
  async listSwept(limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(SWEEP, '', limit, after);
    const ids = items.map((item) => String(item['sk']));
    return { entries: ids.map((id) => ({ id, position: id })), next };
  }

  /** In this cohort nothing can happen by itself any more. */
  async retire(cohortId: string): Promise<void> {
    await this.#table.remove({ pk: SWEEP, sk: cohortId });
  }
}

/** Reads a cohort from its item, as its account comes with it. */
export function readCohort(item: Item): Cohort {
  return CohortItem.parse(item);
}
