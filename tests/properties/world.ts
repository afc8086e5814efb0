import { randomUUID } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';

import { PartnersTable } from '../../lambdas/institutions/published-partners.ts';
import type { AccountingPorts } from '../../lambdas/quotas/accounting-ports.ts';
import { AllocationTable } from '../../lambdas/quotas/allocation-table.ts';
import { ClosingTable } from '../../lambdas/quotas/closing-table.ts';
import { SWEEP } from '../../lambdas/quotas/keys.ts';
import { type QuotasLedger, quotasLedger } from '../../lambdas/quotas/ledger-table.ts';
import { LoanTable } from '../../lambdas/quotas/loan-table.ts';
import { QuotasTable } from '../../lambdas/quotas/quotas-table.ts';
import { Permission } from '../../lambdas/shared/auth/access.ts';
import type { Caller } from '../../lambdas/shared/auth/caller.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import type { Route } from '../../lambdas/shared/http/route.ts';
import type { Hub } from '../../lib/local/hub.ts';

const BEGINNING = Date.parse('2026-06-01T08:00:00Z');

/** The quotas operations in this process, on the hub's engine, with a clock that only the test moves. */
export class World implements AccountingPorts {
  readonly quotas: QuotasTable;
  readonly allocations: AllocationTable;
  readonly loans: LoanTable;
  readonly closings: ClosingTable;
  readonly ledger: QuotasLedger;
  readonly newId = uuidv7;
  readonly provider = callerOf(uuidv7());
  readonly beneficiary = callerOf(uuidv7());
  readonly #client: DynamoDBClient;
  readonly #table: SingleTable;
  #now = BEGINNING;

  constructor(hub: Hub, endpoint = hub.dynamodbEndpoint) {
    this.#client = new DynamoDBClient({
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 3,
    });
    const documents = DynamoDBDocumentClient.from(this.#client, { marshallOptions: { removeUndefinedValues: true } });
    const table = new SingleTable(documents, hub.tableName('Quotas'));
    this.#table = table;
    this.quotas = new QuotasTable(table);
    this.allocations = new AllocationTable(table);
    this.loans = new LoanTable(table);
    this.closings = new ClosingTable(table);
    this.ledger = quotasLedger(table);
  }

  readonly now = (): Date => new Date(this.#now);

  /** Since the beginning. */
  get minutes(): number {
    return (this.#now - BEGINNING) / 60_000;
  }

  advance(minutes: number): void {
    this.#now += minutes * 60_000;
  }

  /** @param moment as ISO 8601 */
  goTo(moment: string): void {
    this.#now = Date.parse(moment);
  }

  /** What the registry's stream would tell the quotas context. */
  async registerPartners(...others: readonly Caller[]): Promise<void> {
    const all = [this.provider, this.beneficiary, ...others];
    await this.activate(...all.map(({ institutionId }) => institutionId));
  }

  /** The same for institutions of which nobody acts in this world. */
  async activate(...ids: readonly string[]): Promise<void> {
    const partners = new PartnersTable(this.#table);
    for (const id of ids) await partners.put({ id, status: 'active', version: 1 });
  }

  /**
   * Ends this world. Its grants leave the list that the sweep visits: the embedded engine measures a whole partition for
   * each item put into it, and thousands of worlds share that one.
   */
  async leave(...grantIds: readonly string[]): Promise<void> {
    await Promise.all(grantIds.map((sk) => this.#table.remove({ pk: SWEEP, sk })));
    this.close();
  }

  close(): void {
    this.#client.destroy();
  }
}

export function callerOf(institutionId: string): Caller {
  return { subject: institutionId, clientId: 'test', institutionId, roles: ['coordinator'], scopes: [] };
}

/** A caller as a route's access rule sees it. */
export function as(caller: Caller, route: Route): Permission {
  return new Permission(route.access, caller, randomUUID());
}

/** Runs an operation and names its outcome: the problem's code, or what `done` makes of the result. */
export async function outcomeOf<T>(operation: Promise<T>, done: (result: T) => string): Promise<string> {
  try {
    return done(await operation);
  } catch (error) {
    if (error instanceof Error && 'type' in error) return error.name;
    throw error;
  }
}
