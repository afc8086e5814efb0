import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IFunction, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { trainingRoutes } from '../../lambdas/training/contract.ts';
import { credentialRoutes } from '../../lambdas/training/credential-contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse, type Uses } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule, runOnStream } from '../constructs/triggers.ts';

export interface TrainingContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** What institutions have agreed, which programmes are offered under, and the partners as they are known there. */
  readonly agreements: ContextTable;
}

const CREDENTIALS_IMPACT =
  'Nobody can verify a credential, and hosts cannot issue or revoke any; certificates cannot be printed.';
const SWEEP_IMPACT = 'Seats that nobody confirmed, or that are released, stay empty while others wait for one.';
const SETTLE_IMPACT =
  'Applications to cancelled cohorts stay open, and after a request that broke off a seat can be shown as taken; what is promised for the travel of who does not come is not given back to its budget.';
const FOLLOWING_IMPACT =
  'New partners cannot offer programmes or apply, and those whose status has changed are still treated as before; programmes under new agreements are refused, and can still be offered under ended ones.';
const ATTENDANCE_IMPACT = 'Certificates of events cannot be issued to those who were checked in of late.';
const REMIND_IMPACT = 'Nobody is reminded of seats before they lapse.';

/**
 * What each function does in which partitions of the table; `lambdas/training/keys.ts` says what is where. The local runtime
 * refuses everything else, and a test everything that no test has needed.
 */
const CLAIMS = ['COHORT#*', 'LINE#*'];
const LINES = ['LINE#*'];
const USES = {
  http: {
    GetItem: [
      ...['AGREEMENT#*', 'COHORT#*', 'NAME#*', 'PARTNER#*', 'PERSON#*'],
      ...['PROGRAMME#*', 'REQUEST#*', 'SHUT-OUT'],
    ],
    Query: [...CLAIMS, 'INSTITUTION#*', 'PROGRAMME#*', 'PUBLISHED'],
    PutItem: [
      ...[...CLAIMS, 'INSTITUTION#*', 'NAME#*', 'PERSON#*', 'PROGRAMME#*', 'PUBLISHED'],
      ...['READING#*', 'REQUEST#*', 'SWEEP'],
    ],
    UpdateItem: ['COHORT#*', 'RATE#*'],
    ConditionCheckItem: ['AGREEMENT#*', 'COHORT#*', 'PARTNER#*'],
    DeleteItem: [...LINES, 'NAME#*'],
  },
  credentials: {
    GetItem: [
      ...['ATTENDANCE#*', 'COHORT#*', 'CREDENTIAL#*', 'EVENT#*', 'ISSUED#*', 'NAME#*', 'PARTNER#*'],
      ...['PROGRAMME#*', 'REQUEST#*', 'SHUT-OUT', 'STATUS-LISTS'],
    ],
    Query: ['SIGNING-KEYS', 'STATUS-LIST#*'],
    PutItem: [
      ...['CREDENTIAL#*', 'ISSUED#*', 'NAME#*', 'READING#*', 'REQUEST#*'],
      ...['SIGNING-KEYS', 'STATUS-LIST#*'],
    ],
    UpdateItem: ['RATE#*', 'STATUS-LISTS'],
    DeleteItem: ['NAME#*'],
  },
  sweep: {
    GetItem: ['COHORT#*'],
    Query: [...CLAIMS, 'SWEEP'],
    PutItem: ['COHORT#*'],
    UpdateItem: ['COHORT#*'],
    DeleteItem: [...LINES, 'SWEEP'],
  },
  settle: {
    GetItem: ['COHORT#*'],
    Query: CLAIMS,
    PutItem: CLAIMS,
    UpdateItem: ['COHORT#*'],
    DeleteItem: LINES,
  },
  remind: { GetItem: ['COHORT#*'], PutItem: ['REMINDER#*'] },
  following: { PutItem: ['AGREEMENT#*', 'PARTNER#*'], UpdateItem: ['SHUT-OUT'] },
  attendance: { PutItem: ['ATTENDANCE#*', 'EVENT#*'] },
} as const satisfies Record<string, Uses>;

/** Joint training programmes: cohorts, applications and seats, and the jobs that keep them true. */
export class TrainingContext extends Construct {
  readonly table: ContextTable;
  /** Reminds of a seat whose time to be confirmed is nearly over. */
  readonly remind: IFunction;
  readonly #props: TrainingContextProps;

  constructor(scope: Construct, id: string, props: TrainingContextProps) {
    super(scope, id);
    this.#props = props;
    const { foundation, http, cursors, agreements } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners’ staff cannot offer programmes, apply or look up applications, or are told to try again.',
    });

    const handler = this.#function('Http', 'http', {
      description: 'Training programmes, cohorts and applications, and what they cost',
      impact: 'Partners’ staff cannot offer programmes, apply or look up applications, or only some of them.',
      entry: 'handler',
      environment: {
        CURSOR_SECRET: cursors.value,
        REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
      },
    });
    http.serve(trainingRoutes, handler);

    const secret = new SigningSecret(this, 'CredentialSecret', {
      foundation,
      description: 'What the key is made of that credentials are signed with',
    });
    const credentials = this.#function('Credentials', 'credentials', {
      description: 'Issues, verifies and revokes credentials',
      impact: CREDENTIALS_IMPACT,
      entry: 'credentials-handler',
      environment: {
        API_URL: http.url,
        CREDENTIAL_SECRET: secret.value,
        REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
      },
    });
    http.serve(credentialRoutes, credentials);

    const sweep = this.#function('Sweep', 'sweep', {
      description: 'Gives seats on that nobody confirmed, or that are released',
      impact: SWEEP_IMPACT,
      entry: 'sweep-handler',
      timeout: Duration.minutes(1),
    });
    runOnSchedule(this, 'SweepSchedule', sweep, Schedule.rate(Duration.minutes(1)));

    const settle = this.#function('Settle', 'settle', {
      description:
        'Ends applications to cancelled cohorts and travel grants of ended ones, and finishes what a request has left half-way',
      impact: SETTLE_IMPACT,
      entry: 'settle-handler',
      timeout: Duration.seconds(30),
    });
    const pk = { S: [{ prefix: 'COHORT#' }] };
    runOnStream(settle, {
      foundation,
      table: this.table.table,
      filters: [
        { eventName: ['MODIFY'], dynamodb: { Keys: { pk, sk: { S: [{ prefix: 'APPLICATION#' }] } } } },
        {
          eventName: ['MODIFY'],
          dynamodb: { Keys: { sk: { S: ['COHORT'] } }, NewImage: { status: { S: ['cancelled'] } } },
        },
      ],
      impact: SETTLE_IMPACT,
    });

    this.remind = this.#function('Remind', 'remind', {
      description: 'Reminds of a seat that is to be confirmed',
      impact: REMIND_IMPACT,
      entry: 'remind-handler',
    });

    const following = this.#function('Following', 'following', {
      description: 'Follows the agreements that programmes are offered under, and the partners as agreements know them',
      impact: FOLLOWING_IMPACT,
      entry: 'following-handler',
    });
    runOnStream(following, {
      foundation,
      table: agreements.table,
      filters: [{ dynamodb: { Keys: { sk: { S: ['AGREEMENT', 'PARTNER'] } } } }],
      impact: FOLLOWING_IMPACT,
    });
  }

  /** Follows who has attended events: their certificates are issued here, beside those of training. */
  follow(events: ContextTable): void {
    const attendance = this.#function('Attendance', 'attendance', {
      description: 'Follows who has attended events',
      impact: ATTENDANCE_IMPACT,
      entry: 'attendance-handler',
    });
    runOnStream(attendance, {
      foundation: this.#props.foundation,
      table: events.table,
      filters: [
        { dynamodb: { Keys: { sk: { S: ['EVENT'] } }, NewImage: { status: { S: ['published'] } } } },
        { dynamodb: { Keys: { sk: { S: [{ prefix: 'REGISTRATION#' }] } }, NewImage: { status: { S: ['attended'] } } } },
      ],
      impact: ATTENDANCE_IMPACT,
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
      entry: `training-${about.entry}`,
      environment: { TABLE_NAME: table.tableName, ...about.environment },
    });
    mayUse(table, made.function, USES[uses]);
    return made.function;
  }
}
