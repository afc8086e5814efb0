import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { bundle } from '../constructs/bundle.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule, runOnStream } from '../constructs/triggers.ts';

export interface QuotasContextProps {
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** The registry of partners, whose changes this context follows. */
  readonly institutions: ContextTable;
}

/** Pools, grants and bookings, and the jobs that keep them true. */
export class QuotasContext extends Construct {
  constructor(scope: Construct, id: string, { foundation, http, cursors, institutions }: QuotasContextProps) {
    super(scope, id);
    const { table } = new ContextTable(this, 'Data', foundation);
    const code = bundle({
      context: 'quotas',
      entries: ['handler', 'settle-handler', 'sweep-handler', 'partners-handler'],
    });
    const environment = { TABLE_NAME: table.tableName };

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'Pools, grants and bookings',
      bundle: code,
      entry: 'handler',
      environment: { ...environment, CURSOR_SECRET: cursors.value },
    });
    table.grant(
      handler,
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:ConditionCheckItem',
    );
    http.serve(quotaRoutes, handler);

    const { function: sweep } = new ContextFunction(this, 'Sweep', {
      foundation,
      description: 'Gives the units of expired holds back',
      bundle: code,
      entry: 'sweep-handler',
      environment,
      timeout: Duration.minutes(1),
    });
    table.grant(sweep, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    runOnSchedule(this, 'SweepSchedule', sweep, Schedule.rate(Duration.minutes(1)));

    const { function: settle } = new ContextFunction(this, 'Settle', {
      foundation,
      description: 'Makes a grant’s account agree with a booking whose request died half-way',
      bundle: code,
      entry: 'settle-handler',
      environment,
    });
    table.grant(settle, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem');
    runOnStream(settle, table, { eventName: ['MODIFY'], dynamodb: { Keys: { sk: { S: [{ prefix: 'BOOKING#' }] } } } });

    const { function: partners } = new ContextFunction(this, 'Partners', {
      foundation,
      description: 'Follows the registry of partners',
      bundle: code,
      entry: 'partners-handler',
      environment,
    });
    table.grant(partners, 'dynamodb:PutItem');
    runOnStream(partners, institutions.table, { dynamodb: { Keys: { pk: { S: ['INSTITUTION'] } } } });
  }
}
