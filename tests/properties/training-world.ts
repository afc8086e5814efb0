import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';

import { PartnersTable } from '../../lambdas/institutions/published-partners.ts';
import { contradictsItself, segmentsFor, totals } from '../../lambdas/shared/capacity/account.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { type Application, placeOf, unitState } from '../../lambdas/training/application-model.ts';
import { ApplicationsTable } from '../../lambdas/training/applications-table.ts';
import { givesSeats, keptSeats, reserveFor } from '../../lambdas/training/cohort-model.ts';
import { CohortsTable } from '../../lambdas/training/cohorts-table.ts';
import { FundingTable } from '../../lambdas/training/funding-table.ts';
import { applicationKey } from '../../lambdas/training/keys.ts';
import type { Ports } from '../../lambdas/training/ports.ts';
import { ProgrammesTable } from '../../lambdas/training/programmes-table.ts';
import { committedBy, isOpen } from '../../lambdas/training/travel-grant-model.ts';
import type { Hub } from '../../lib/local/hub.ts';

const BEGINNING = Date.parse('2026-06-01T08:00:00Z');

/** The training operations in this process, on the hub's engine, with a clock that only the test moves. */
export class TrainingWorld implements Ports {
  readonly programmes: ProgrammesTable;
  readonly cohorts: CohortsTable;
  readonly applications: ApplicationsTable;
  readonly funding: FundingTable;
  readonly newId = uuidv7;
  readonly #client: DynamoDBClient;
  readonly #table: SingleTable;
  #now = BEGINNING;

  constructor(hub: Hub) {
    this.#client = new DynamoDBClient({
      endpoint: hub.dynamodbEndpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 3,
    });
    const documents = DynamoDBDocumentClient.from(this.#client, { marshallOptions: { removeUndefinedValues: true } });
    this.#table = new SingleTable(documents, hub.tableName('Training'));
    this.programmes = new ProgrammesTable(this.#table);
    this.cohorts = new CohortsTable(this.#table);
    this.applications = new ApplicationsTable(this.#table);
    this.funding = new FundingTable(this.#table);
  }

  readonly now = (): Date => new Date(this.#now);

  advance(minutes: number): void {
    this.#now += minutes * 60_000;
  }

  /** Writes an application as it is stored, however it came to be so. */
  async putApplication(application: Application): Promise<void> {
    await this.#table.putNew({ ...applicationKey(application.id), ...application });
  }

  async activate(...ids: readonly string[]): Promise<void> {
    const partners = new PartnersTable(this.#table);
    for (const id of ids) await partners.put({ id, status: 'active', version: 1 });
  }

  /** Everything that is wrong with a cohort, its account and its applications; nothing, at any moment between requests. */
  async faultsOf(cohortId: string): Promise<string[]> {
    const found = await this.cohorts.getWithAccount(cohortId);
    if (found === undefined) return ['there is no cohort'];
    const { cohort, account } = found;
    const applications = await this.applications.allOf(cohortId);
    const faults: string[] = [];
    const check = (holds: boolean, fault: string): void => {
      if (!holds) faults.push(fault);
    };
    check(!contradictsItself(account), 'a segment counts other than its holders, or more than its share');
    check(totals(account).entitled === cohort.seats.total, 'the segments do not add up to the seats');
    for (const [institutionId, kept] of keptSeats(cohort)) {
      const segments = account.filter(({ reserved }) => reserved === institutionId);
      check(totals(segments).entitled === kept, 'the kept segments do not add up to what is kept');
    }
    const held = account.flatMap(({ number, holders }) =>
      holders.map(({ id, state }) => `${id} ${state} ${String(number)}`),
    );
    const due = applications.flatMap((each) => {
      const state = unitState(each);
      return state === undefined ? [] : [`${each.id} ${state} ${String(each.segment)}`];
    });
    check(
      JSON.stringify(held.toSorted()) === JSON.stringify(due.toSorted()),
      `held: ${held.join()}; due: ${due.join()}`,
    );
    for (const application of applications) {
      const place = placeOf(application);
      if (place !== undefined && givesSeats(cohort, this.now())) {
        const reserve = reserveFor(cohort, application.institutionId, this.now());
        const free = segmentsFor(account, application.id, place.units ?? 1, reserve);
        check(free === undefined, 'somebody waits while a seat is free');
      }
      const group = applications.filter(({ id }) => application.group?.includes(id));
      const together = new Set(group.map(({ status }) => status));
      check(
        together.size <= 1 || ![...together].some((status) => ['waitlisted', 'accepted', 'submitted'].includes(status)),
        `a group is ${[...together].join()}`,
      );
      check(!isOvertaken(application, applications), 'somebody was overtaken');
    }
    const live = applications.filter(({ status }) => !['withdrawn', 'lapsed'].includes(status));
    const nominees = live.map(({ institutionId, nominee }) => `${institutionId} ${nominee.pseudonym}`);
    check(new Set(nominees).size === nominees.length, 'somebody is applied for twice');
    return [...faults, ...(await this.faultsOfFunding(cohortId))];
  }

  /** The same for its money. */
  async faultsOfFunding(cohortId: string): Promise<string[]> {
    const grants = await this.funding.travelGrantsOf(cohortId);
    const overspent = (await this.funding.budgetsOf(cohortId)).flatMap(({ id, limit, bound, disbursed }) => {
      const its = grants.filter(({ budgetId }) => budgetId === id);
      const paid = its.reduce((sum, grant) => sum + (grant.paid?.amount ?? 0), 0);
      const committed = its.reduce((sum, grant) => sum + committedBy(grant), 0);
      return [
        ...(bound > limit.amount ? ['a budget is overspent'] : []),
        ...(bound - disbursed === committed
          ? []
          : [`${String(bound - disbursed)} committed, ${String(committed)} due`]),
        ...(disbursed === paid ? [] : [`${String(disbursed)} disbursed, ${String(paid)} due`]),
      ];
    });
    const open = grants.filter(isOpen).map(({ applicationId }) => applicationId);
    const isDoubled = new Set(open).size < open.length;
    return [...overspent, ...(isDoubled ? ['there are two travel grants for one application'] : [])];
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Whether somebody of the same institution who needs no more has a seat and was accepted later. */
function isOvertaken(application: Application, all: readonly Application[]): boolean {
  if (placeOf(application) === undefined) return false;
  const size = ({ group = [''] }: Application): number => group.length;
  return all.some(
    (other) =>
      other.institutionId === application.institutionId &&
      unitState(other) !== undefined &&
      size(other) >= size(application) &&
      (other.waitingSince ?? '') > (application.waitingSince ?? ''),
  );
}
