import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { IdPage, Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { type WriteOutcome, Writes } from '../shared/dynamo/writes.ts';
import { StoredFunds } from '../shared/money.ts';
import { Budget as BudgetShape } from './budget-contract.ts';
import type { Budget, BudgetMove, ChangedBudget } from './budget-model.ts';
import {
  accountKey,
  applicationKey,
  BUDGETS,
  budgetKey,
  institutionPartition,
  TRAVEL_GRANTS,
  travelGrantKey,
  travellerKey,
} from './keys.ts';
import { ITEM_KINDS, TravelGrant as TravelGrantShape } from './travel-grant-contract.ts';
import type { TravelGrant, TravelGrantStep } from './travel-grant-model.ts';

/** What is stored of budgets and travel grants. */

const stamp = { version: z.int(), by: Agent };
const { committed: _, available: __, ...budgetShape } = BudgetShape.shape;
const BudgetItem = z.object({ ...budgetShape, limit: StoredFunds, bound: z.int(), disbursed: z.int(), ...stamp });
const Cost = z.object({
  ...{ kind: z.enum(ITEM_KINDS), money: StoredFunds },
  ...{ rate: z.optional(StoredFunds), days: z.optional(z.int()) },
});
const TravelGrantItem = z.object({
  ...TravelGrantShape.shape,
  ...{ items: z.array(Cost), asked: StoredFunds, offered: z.optional(StoredFunds), paid: z.optional(StoredFunds) },
  ...stamp,
});
const TravellerItem = z.object({ travelGrantId: z.string() });
const Reference = z.object({ sk: z.string(), travelGrantId: z.string() });

/** Something of which a step depends: an application that has this version still. */
export interface AsSeen {
  readonly id: string;
  readonly version: number;
}

export class FundingTable {
  readonly #table: SingleTable;
  readonly #writes: Writes;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new Writes(table, new PartnersTable(table));
  }

  async getBudget(budgetId: string): Promise<Budget | undefined> {
    return this.#get(budgetKey(budgetId), (item) => BudgetItem.parse(item));
  }

  async #get<T>(key: Key, read: (item: Item) => T): Promise<T | undefined> {
    const item = await this.#table.get(key, { consistent: true });
    return item === undefined ? undefined : read(item);
  }

  /** Those of a cohort. @param after id of the last one of the page before */
  async listBudgets(cohortId: string, limit: number, after?: string) {
    const { items, next } = await this.#listOf(cohortId, BUDGETS, limit, after);
    return { items: items.map((item): Budget => BudgetItem.parse(item)), next };
  }

  async #listOf(cohortId: string, prefix: string, limit: number, after?: string) {
    const from = after === undefined ? undefined : prefix + after;
    const { items, next } = await this.#table.list(accountKey(cohortId).pk, prefix, limit, from);
    return { items, next: next?.slice(prefix.length) };
  }

  /** Every budget of a cohort. */
  async budgetsOf(cohortId: string): Promise<Budget[]> {
    const items = await this.#table.listAll(accountKey(cohortId).pk, BUDGETS, { consistent: false });
    return items.map((item) => BudgetItem.parse(item));
  }

  createBudget(creation: Creation, budget: Budget): Promise<WriteOutcome> {
    return this.#writes.once(creation, [budget.hostId], [this.#writes.putNew({ ...budgetKey(budget.id), ...budget })]);
  }

  /** Writes what its host has said, and leaves the counters as they are. */
  changeBudget({ next, most }: ChangedBudget): Promise<WriteOutcome> {
    const { id, payer, limit, version, updatedAt, by } = next;
    return this.#writes.all(
      [],
      [
        {
          Update: {
            TableName: this.#table.name,
            Key: budgetKey(id),
            UpdateExpression: 'SET payer = :payer, #limit = :limit, version = :version, updatedAt = :at, #by = :by',
            ConditionExpression: 'version = :seen AND bound <= :most',
            ExpressionAttributeNames: { '#limit': 'limit', '#by': 'by' },
            ExpressionAttributeValues: {
              ...{ ':payer': payer, ':limit': limit, ':version': version, ':at': updatedAt, ':by': by },
              ...{ ':seen': version - 1, ':most': most },
            },
          },
        },
      ],
    );
  }

  /** Moves the counters. What is promised fits into the limit that was judged, as long as that is the limit. */
  #move({ budgetId, bound, disbursed, within }: BudgetMove): TransactWrite {
    const values = { ':bound': bound, ':disbursed': disbursed };
    const condition =
      within === undefined
        ? { ConditionExpression: 'bound >= :given', ExpressionAttributeValues: { ...values, ':given': -bound } }
        : {
            ConditionExpression: '#limit.amount = :limit AND #limit.currency = :currency AND bound <= :room',
            ExpressionAttributeNames: { '#limit': 'limit' },
            ExpressionAttributeValues: {
              ...{ ...values, ':limit': within.amount, ':currency': within.currency, ':room': within.amount - bound },
            },
          };
    return {
      Update: {
        TableName: this.#table.name,
        Key: budgetKey(budgetId),
        UpdateExpression: 'SET bound = bound + :bound, disbursed = disbursed + :disbursed',
        ...condition,
      },
    };
  }

  async get(travelGrantId: string): Promise<TravelGrant | undefined> {
    return this.#get(travelGrantKey(travelGrantId), readTravelGrant);
  }

  /** The id of the last travel grant for an application. */
  async lastFor(applicationId: string): Promise<string | undefined> {
    return this.#get(travellerKey(applicationId), (item) => TravellerItem.parse(item).travelGrantId);
  }

  /** Those of a cohort. @param after id of the last one of the page before */
  async list(cohortId: string, limit: number, after?: string) {
    const { items, next } = await this.#listOf(cohortId, TRAVEL_GRANTS, limit, after);
    return { items: items.map(readTravelGrant), next };
  }

  /** Every travel grant for a cohort. */
  async travelGrantsOf(cohortId: string): Promise<TravelGrant[]> {
    const items = await this.#table.listAll(accountKey(cohortId).pk, TRAVEL_GRANTS, { consistent: false });
    return items.map(readTravelGrant);
  }

  /** Those of one institution. @param cohortId to all cohorts unless given */
  async listBy(institutionId: string, cohortId: string | undefined, limit: number, after?: string): Promise<IdPage> {
    const prefix = cohortId === undefined ? TRAVEL_GRANTS : `${TRAVEL_GRANTS}${cohortId}#`;
    const { items, next } = await this.#table.list(institutionPartition(institutionId), prefix, limit, after);
    const entries = items.map((item) => Reference.parse(item));
    return { entries: entries.map(({ sk, travelGrantId }) => ({ id: travelGrantId, position: sk })), next };
  }

  /** Makes the one live travel grant for an application. @param before the last one, which has ended */
  create(
    creation: Creation,
    grant: TravelGrant,
    application: AsSeen,
    before: string | undefined,
  ): Promise<WriteOutcome> {
    const { id, applicationId, cohortId, institutionId } = grant;
    const traveller = { ...travellerKey(applicationId), travelGrantId: id };
    const again: TransactWrite = {
      Put: {
        TableName: this.#table.name,
        Item: traveller,
        ConditionExpression: 'travelGrantId = :before',
        ExpressionAttributeValues: { ':before': before },
      },
    };
    const reference = { pk: institutionPartition(institutionId), sk: `${TRAVEL_GRANTS}${cohortId}#${id}` };
    return this.#writes.once(
      creation,
      [institutionId],
      [
        this.#writes.putNew({ ...travelGrantKey(id), ...grant }),
        before === undefined ? this.#writes.putNew(traveller) : again,
        this.#writes.putNew({ ...reference, travelGrantId: id }),
        this.#isAsSeen(application),
      ],
    );
  }

  /** Writes a step with its budget, all or nothing. @param application on which it depends */
  change(creation: Creation, step: TravelGrantStep, application: AsSeen | undefined): Promise<WriteOutcome> {
    const seen = application === undefined ? [] : [this.#isAsSeen(application)];
    return this.#writes.once(creation, [], [...this.#step(step), ...seen]);
  }

  /** The same for what the Hub does itself. @returns whether it was written */
  async release(step: TravelGrantStep): Promise<boolean> {
    return (await this.#writes.all([], this.#step(step))).kind === 'done';
  }

  #step({ next, move }: TravelGrantStep): TransactWrite[] {
    const grant = this.#writes.replace({ ...travelGrantKey(next.id), ...next });
    return move === undefined ? [grant] : [grant, this.#move(move)];
  }

  #isAsSeen({ id, version }: AsSeen): TransactWrite {
    return this.#writes.is(applicationKey(id), 'version', version);
  }
}

function readTravelGrant(item: Item): TravelGrant {
  return TravelGrantItem.parse(item);
}
