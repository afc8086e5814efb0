import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { accountingRoutes, capacityRoutes } from '../../lambdas/quotas/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { hubMetric } from '../constructs/metric.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule, runOnStream } from '../constructs/triggers.ts';
import { QUOTAS_USES } from './quotas-uses.ts';

export interface QuotasContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** What institutions have agreed, which grants are given under, and the partners as they are known there. */
  readonly agreements: ContextTable;
}

const SWEEP_IMPACT =
  'Courses of holds that have expired stay taken: partners are told “sold out” while courses are free.';
const SETTLE_IMPACT =
  'After a request that broke off, a grant can show a course as taken or held that is not: partners may be told “sold out”.';
const LEDGER_IMPACT =
  'What happens to grants and bookings is not in their ledgers: partners and auditors cannot see who used which course.';
const CLOSING_IMPACT =
  'A period that was ended stays half closed: unused courses neither go into the next one nor back to the pool.';
const FOLLOWING_IMPACT =
  'New partners cannot offer or get courses, and those whose status has changed are still treated as before; grants under new agreements are refused, and can still be given under one that was ended.';

/** Pools, grants and bookings, and the jobs that keep them true. */
export class QuotasContext extends Construct {
  readonly table: ContextTable;
  /** Reminds of a booking whose time is nearly over. */
  readonly remind: IFunction;

  constructor(scope: Construct, id: string, props: QuotasContextProps) {
    super(scope, id);
    const { bundle, foundation, http, cursors, agreements } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners’ staff cannot make, confirm or look up bookings, or are told to try again.',
    });
    const { table } = this.table;
    const environment = { TABLE_NAME: table.tableName };
    /** Of the functions that serve routes. */
    const serving = {
      ...environment,
      CURSOR_SECRET: cursors.value,
      REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
    };

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'Pools, grants and bookings',
      impact: 'Partners’ staff cannot make, confirm or look up bookings, or only some of them.',
      bundle,
      entry: 'quotas-handler',
      environment: serving,
    });
    mayUse(table, handler, QUOTAS_USES.http);
    http.serve(capacityRoutes, handler);

    // Apart from bookings, which are to start fast.
    const { function: accounting } = new ContextFunction(this, 'Accounting', {
      foundation,
      description: 'Loans, transfers, the end of periods, ledgers and reports',
      impact: 'Partners’ staff cannot lend or transfer courses, close a period, or look up what was used.',
      bundle,
      entry: 'quotas-accounting-handler',
      environment: serving,
    });
    mayUse(table, accounting, QUOTAS_USES.accounting);
    http.serve(accountingRoutes, accounting);

    const { function: sweep } = new ContextFunction(this, 'Sweep', {
      foundation,
      description: 'Gives the units of expired holds back, and on to who waits',
      impact: SWEEP_IMPACT,
      bundle,
      entry: 'quotas-sweep-handler',
      environment,
      timeout: Duration.minutes(1),
    });
    mayUse(table, sweep, QUOTAS_USES.sweep);
    runOnSchedule(this, 'SweepSchedule', sweep, Schedule.rate(Duration.minutes(1)));

    const { function: settle } = new ContextFunction(this, 'Settle', {
      foundation,
      description: 'Makes a grant’s account agree with a booking whose request died half-way',
      impact: SETTLE_IMPACT,
      bundle,
      entry: 'quotas-settle-handler',
      environment,
    });
    mayUse(table, settle, QUOTAS_USES.settle);
    const Keys = { sk: { S: [{ prefix: 'BOOKING#' }] } };
    runOnStream(settle, {
      foundation,
      table,
      filters: [
        { eventName: ['MODIFY'], dynamodb: { Keys } },
        // A new booking has its unit already, or it waits.
        { eventName: ['INSERT'], dynamodb: { Keys, NewImage: { status: { S: ['waitlisted'] } } } },
      ],
      impact: SETTLE_IMPACT,
    });

    const { function: ledger } = new ContextFunction(this, 'Ledger', {
      foundation,
      description: 'Writes down what happened to grants and bookings',
      impact: LEDGER_IMPACT,
      bundle,
      entry: 'quotas-ledger-handler',
      environment,
      timeout: Duration.seconds(30),
    });
    mayUse(table, ledger, QUOTAS_USES.ledger);
    runOnStream(ledger, {
      foundation,
      table,
      filters: [{ dynamodb: { Keys: { sk: { S: ['GRANT', { prefix: 'BOOKING#' }] } } } }],
      impact: LEDGER_IMPACT,
    });

    const { function: reconcile } = new ContextFunction(this, 'Reconcile', {
      foundation,
      description: 'Compares what the ledgers add up to with the counters',
      impact: 'Nobody would be told that a grant counts more or fewer courses than are booked.',
      bundle,
      entry: 'quotas-reconcile-handler',
      environment,
      timeout: Duration.minutes(1),
    });
    mayUse(table, reconcile, QUOTAS_USES.reconcile);
    runOnSchedule(this, 'ReconcileSchedule', reconcile, Schedule.rate(Duration.hours(1)));

    const { function: remind } = new ContextFunction(this, 'Remind', {
      foundation,
      description: 'Reminds of a hold or an offer that is about to end',
      impact: 'Nobody is reminded of holds and offers before they end.',
      bundle,
      entry: 'quotas-remind-handler',
      environment,
    });
    mayUse(table, remind, QUOTAS_USES.remind);
    this.remind = remind;

    const { function: closing } = new ContextFunction(this, 'Closing', {
      foundation,
      description: 'Closes periods that were ended',
      impact: CLOSING_IMPACT,
      bundle,
      entry: 'quotas-closing-handler',
      environment,
      timeout: Duration.minutes(1),
    });
    mayUse(table, closing, QUOTAS_USES.closing);
    runOnStream(closing, {
      foundation,
      table,
      filters: [{ dynamodb: { Keys: { sk: { S: ['POOL'] } }, NewImage: { status: { S: ['closing'] } } } }],
      impact: CLOSING_IMPACT,
    });

    const { function: following } = new ContextFunction(this, 'Following', {
      foundation,
      description: 'Follows the agreements that grants are given under, and the partners as agreements know them',
      impact: FOLLOWING_IMPACT,
      bundle,
      entry: 'quotas-following-handler',
      environment,
    });
    mayUse(table, following, QUOTAS_USES.following);
    runOnStream(following, {
      foundation,
      table: agreements.table,
      filters: [{ dynamodb: { Keys: { sk: { S: ['AGREEMENT', 'PARTNER'] } } } }],
      impact: FOLLOWING_IMPACT,
    });
    this.#watchCapacity(foundation);
  }

  #watchCapacity({ alarms, stage }: Foundation): void {
    alarms.raise(this, 'SweepNotRunning', {
      // Counts the runs that came to their end, also those that had no grant to visit.
      metric: hubMetric(stage, 'GrantsSwept', 'SampleCount'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      when: [2, 2],
      // Silence is what this is about.
      treatMissingData: TreatMissingData.BREACHING,
      impact: SWEEP_IMPACT,
      runbook: 'respond-to-a-sweep-that-does-not-run',
    });
    alarms.raise(this, 'CapacityDrift', {
      metric: hubMetric(stage, 'CapacityDrift', 'Sum'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      when: [1, 1],
      // A sweep that says nothing has an alarm of its own.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      impact:
        'A grant counts more or fewer courses than are booked: a patient may be refused a free course, or two may be promised one.',
      runbook: 'respond-to-capacity-drift',
    });
  }
}
