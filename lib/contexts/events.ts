import type { Duration } from 'aws-cdk-lib';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse, type Uses } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnStream } from '../constructs/triggers.ts';

export interface EventsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** The partners as they are known there. */
  readonly training: ContextTable;
}

const FOLLOWING_IMPACT =
  'New partners cannot organise events or register, and those whose status has changed are still treated as before.';

/**
 * What each function does in which partitions of the table; `lambdas/events/keys.ts` says what is where. The local runtime
 * refuses everything else, and a test everything that no test has needed.
 */
const USES = {
  http: {
    GetItem: ['EVENT#*', 'REQUEST#*', 'SHUT-OUT'],
    Query: ['INSTITUTION#*', 'PLACES#*', 'PUBLISHED'],
    PutItem: ['EVENT#*', 'INSTITUTION#*', 'PLACES#*', 'PUBLIC', 'PUBLISHED', 'REQUEST#*', 'SWEEP'],
    UpdateItem: ['PLACES#*', 'RATE#*'],
    ConditionCheckItem: ['PARTNER#*'],
    DeleteItem: ['INSTITUTION#*', 'PUBLIC', 'PUBLISHED'],
  },
  following: { PutItem: ['PARTNER#*'], UpdateItem: ['SHUT-OUT'] },
} as const satisfies Record<string, Uses>;

/** Conference events: places and registrations, programme, abstracts and calendars, and the jobs that keep them true. */
export class EventsContext extends Construct {
  readonly table: ContextTable;
  readonly #props: EventsContextProps;

  constructor(scope: Construct, id: string, props: EventsContextProps) {
    super(scope, id);
    this.#props = props;
    const { foundation, http, cursors, training } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Events cannot be organised, looked up or registered for, or partners are told to try again.',
    });

    const served = {
      CURSOR_SECRET: cursors.value,
      REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
    };
    const handler = this.#function('Http', 'http', {
      description: 'Events and registrations',
      impact: 'Events cannot be organised, looked up or registered for, or only some of them.',
      entry: 'handler',
      environment: served,
    });
    http.serve(eventsRoutes, handler);

    const following = this.#function('Following', 'following', {
      description: 'Follows the partners as training knows them',
      impact: FOLLOWING_IMPACT,
      entry: 'following-handler',
    });
    runOnStream(following, {
      foundation,
      table: training.table,
      filters: [{ dynamodb: { Keys: { sk: { S: ['PARTNER'] } } } }],
      impact: FOLLOWING_IMPACT,
    });
  }

  #function(
    id: string,
    uses: keyof typeof USES,
    about: {
      readonly description: string;
      readonly impact: string;
      readonly entry: string;
      readonly environment?: Readonly<Record<string, string>>;
      readonly timeout?: Duration;
    },
  ): Lambda {
    const { bundle, foundation } = this.#props;
    const { table } = this.table;
    const made = new ContextFunction(this, id, {
      ...{ foundation, bundle, ...about },
      entry: `events-${about.entry}`,
      environment: { TABLE_NAME: table.tableName, ...about.environment },
    });
    mayUse(table, made.function, USES[uses]);
    return made.function;
  }
}
