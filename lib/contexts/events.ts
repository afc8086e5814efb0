import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IFunction, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { calendarRoutes } from '../../lambdas/events/calendar-contract.ts';
import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { programmeRoutes } from '../../lambdas/events/programme-contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse, type Uses } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule, runOnStream } from '../constructs/triggers.ts';

export interface EventsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** The partners as they are known there. */
  readonly training: ContextTable;
}

const SWEEP_IMPACT =
  'Places that nobody took, or that are released, stay empty while others wait for one, and abstracts are not assigned to reviewers.';
const SETTLE_IMPACT =
  'Registrations for cancelled events stay open, those who are invited do not find their events, and after a request that broke off a place can be shown as taken.';
const REMIND_IMPACT = 'Nobody is reminded of places before they go to the next.';
const FOLLOWING_IMPACT =
  'New partners cannot organise events or register, and those whose status has changed are still treated as before.';

/**
 * What each function does in which partitions of the table; `lambdas/events/keys.ts` says what is where. The local runtime
 * refuses everything else, and a test everything that no test has needed.
 */
const CLAIMS = ['PLACES#*', 'LINE#*'];
const LINES = ['LINE#*'];
const USES = {
  http: {
    GetItem: ['EVENT#*', 'NEEDS#*', 'PARTNER#*', 'REGISTRATIONS#*', 'REQUEST#*', 'SHUT-OUT'],
    Query: ['INSTITUTION#*', ...CLAIMS, 'REGISTRATIONS#*', 'PUBLISHED', 'SESSIONS#*'],
    PutItem: [
      ...['EVENT#*', 'HELD', 'INSTITUTION#*', ...CLAIMS, 'NEEDS#*', 'PUBLIC', 'PUBLISHED', 'READING#*'],
      ...['REGISTRATIONS#*', 'REQUEST#*', 'SWEEP'],
    ],
    UpdateItem: ['PLACES#*', 'RATE#*'],
    ConditionCheckItem: ['PARTNER#*'],
    DeleteItem: ['HELD', 'INSTITUTION#*', ...LINES, 'NEEDS#*', 'PUBLIC', 'PUBLISHED', 'REGISTRATIONS#*'],
  },
  programme: {
    GetItem: [
      ...['ABSTRACTS#*', 'EVENT#*', 'OCCUPIED#*', 'PARTNER#*', 'REGISTRATIONS#*', 'REQUEST#*'],
      ...['SESSIONS#*', 'SHUT-OUT'],
    ],
    Query: ['ABSTRACTS#*', 'HELD', 'INSTITUTION#*', 'REGISTRATIONS#*', 'SESSIONS#*'],
    PutItem: ['ABSTRACTS#*', 'INSTITUTION#*', 'OCCUPIED#*', 'REQUEST#*', 'SESSIONS#*'],
    UpdateItem: ['RATE#*'],
    ConditionCheckItem: ['EVENT#*', 'PARTNER#*'],
  },
  calendar: {
    GetItem: ['CALENDAR-LINK#*', 'EVENT#*', 'PARTNER#*', 'REQUEST#*', 'SHUT-OUT'],
    Query: ['INSTITUTION#*', 'PUBLIC', 'PUBLISHED', 'SESSIONS#*'],
    PutItem: ['CALENDAR-LINK#*', 'INSTITUTION#*', 'REQUEST#*'],
    UpdateItem: ['RATE#*'],
    ConditionCheckItem: ['PARTNER#*'],
  },
  sweep: {
    GetItem: ['EVENT#*', 'REGISTRATIONS#*'],
    Query: ['ABSTRACTS#*', ...CLAIMS, 'REGISTRATIONS#*', 'SWEEP'],
    PutItem: ['ABSTRACTS#*', 'REGISTRATIONS#*'],
    UpdateItem: ['PLACES#*'],
    DeleteItem: ['ABSTRACTS#*', ...LINES, 'NEEDS#*', 'SWEEP'],
  },
  settle: {
    GetItem: ['EVENT#*', 'REGISTRATIONS#*'],
    Query: [...CLAIMS, 'REGISTRATIONS#*'],
    PutItem: ['INSTITUTION#*', ...LINES, 'REGISTRATIONS#*'],
    UpdateItem: ['PLACES#*'],
    DeleteItem: ['INSTITUTION#*', ...LINES, 'NEEDS#*'],
  },
  remind: { GetItem: ['REGISTRATIONS#*'], PutItem: ['REMINDER#*'] },
  following: { PutItem: ['PARTNER#*'], UpdateItem: ['SHUT-OUT'] },
} as const satisfies Record<string, Uses>;

/** Conference events: places and registrations, programme, abstracts and calendars, and the jobs that keep them true. */
export class EventsContext extends Construct {
  readonly table: ContextTable;
  /** Reminds of a place whose time to be taken is nearly over. */
  readonly remind: IFunction;
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

    const programme = this.#function('Programme', 'programme', {
      description: 'The programmes of events, abstracts and the report',
      impact:
        'Nobody can see or make the programme of an event, nor submit, review or decide about abstracts, nor see what became of events.',
      entry: 'programme-handler',
      environment: served,
    });
    http.serve(programmeRoutes, programme);

    const secret = new SigningSecret(this, 'CalendarSecret', {
      foundation,
      description: 'Makes the keys of secret links to calendars',
    });
    const calendar = this.#function('Calendar', 'calendar', {
      description: 'Calendars of events that programs subscribe to',
      impact: 'Calendars of events are not brought up to date, and nobody can subscribe to one.',
      entry: 'calendar-handler',
      environment: { ...served, API_URL: http.url, CALENDAR_SECRET: secret.value },
    });
    http.serve(calendarRoutes, calendar);

    const sweep = this.#function('Sweep', 'sweep', {
      description: 'Gives places on that nobody took, or that are released, and assigns reviewers',
      impact: SWEEP_IMPACT,
      entry: 'sweep-handler',
      timeout: Duration.minutes(1),
    });
    runOnSchedule(this, 'SweepSchedule', sweep, Schedule.rate(Duration.minutes(1)));

    const settle = this.#function('Settle', 'settle', {
      description: 'Settles the accounts of places, and ends registrations for cancelled events',
      impact: SETTLE_IMPACT,
      entry: 'settle-handler',
      timeout: Duration.seconds(30),
    });
    const eventName = ['INSERT', 'MODIFY'];
    runOnStream(settle, {
      foundation,
      table: this.table.table,
      filters: [{ eventName, dynamodb: { Keys: { sk: { S: ['EVENT', { prefix: 'REGISTRATION#' }] } } } }],
      impact: SETTLE_IMPACT,
    });

    this.remind = this.#function('Remind', 'remind', {
      description: 'Reminds of a place that is to be taken',
      impact: REMIND_IMPACT,
      entry: 'remind-handler',
    });

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
