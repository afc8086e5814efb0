import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import { institutionRoutes, systemRoutes } from '../../lambdas/institutions/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { Identity } from '../constructs/identity.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule, runOnStream } from '../constructs/triggers.ts';

export interface InstitutionsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  readonly identity: Identity;
}

const ADMISSION_IMPACT =
  'A new partner’s system is refused, a revoked one is not; after some deployments every system is refused.';

/** The registry of partners, and who acts for them. */
export class InstitutionsContext extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: InstitutionsContextProps) {
    super(scope, id);
    const { bundle, foundation, http, cursors, identity } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners’ systems cannot look up who takes part, and nobody can be registered.',
    });
    const environment = { TABLE_NAME: this.table.table.tableName };
    const { table } = this.table;
    /** Of the functions that serve routes. */
    const serving = {
      ...environment,
      CURSOR_SECRET: cursors.value,
      REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
    };

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'The registry of partner institutions, and whom to call there',
      impact: 'Partners’ systems cannot look up who takes part, so staff cannot choose whom to give a grant.',
      bundle,
      entry: 'institutions-handler',
      environment: serving,
    });
    mayUse(table, handler, {
      GetItem: ['CONTACTS#*', 'INSTITUTION', 'REQUEST#*', 'SHUT-OUT', 'STEWARDS'],
      Query: ['INSTITUTION', 'LISTING#*'],
      PutItem: ['CONTACTS#*', 'INSTITUTION', 'LISTING#*', 'REQUEST#*', 'STEWARDS'],
      UpdateItem: ['CONTACTS#*', 'RATE#*', 'SHUT-OUT'],
      ConditionCheckItem: ['INSTITUTION'],
      DeleteItem: ['LISTING#*'],
    });
    http.serve(institutionRoutes, handler);

    const { function: register } = new ContextFunction(this, 'Register', {
      foundation,
      description: 'Registers partners; invoked by an admin with the list of them',
      impact: 'An admin cannot register partners in bulk; those who are registered work on.',
      bundle,
      entry: 'institutions-register-handler',
      environment,
    });
    mayUse(table, register, { PutItem: ['INSTITUTION', 'LISTING#*'] });
    new CfnOutput(this, 'RegisterName', { value: register.functionName });

    const issuer = { USER_POOL_ID: identity.userPool.userPoolId };

    const { function: clients } = new ContextFunction(this, 'Clients', {
      foundation,
      description: 'The clients with which partners’ systems get tokens, and their secrets',
      impact:
        'Partners cannot give a system a client or a new secret, nor end one that has leaked; those there are work on.',
      bundle,
      entry: 'institutions-clients-handler',
      environment: { ...serving, ...issuer, SIGN_IN_URL: identity.signInUrl },
    });
    http.serve(systemRoutes, clients);

    const { function: members } = new ContextFunction(this, 'Members', {
      foundation,
      description: 'Says who acts for which institution in which roles, and makes clients; invoked by an admin',
      impact: 'An admin cannot onboard or revoke anybody; those who are enrolled work on.',
      bundle,
      entry: 'institutions-members-handler',
      environment: { ...environment, ...issuer },
    });
    mayUse(table, clients, {
      GetItem: ['CLIENT', 'INSTITUTION', 'REQUEST#*', 'SHUT-OUT', 'STEWARDS'],
      Query: ['CLIENT', 'CLIENTS#*', 'ONBOARDING'],
      PutItem: ['CLIENT', 'CLIENTS#*', 'ONBOARDING', 'REQUEST#*', 'STEWARDS'],
      UpdateItem: ['RATE#*', 'STEWARDS'],
      DeleteItem: ['ONBOARDING'],
    });
    mayUse(table, members, {
      GetItem: ['CLIENT', 'INSTITUTION', 'PERSON', 'REQUEST#*', 'STEWARDS'],
      Query: ['CLIENT', 'ONBOARDING'],
      PutItem: ['CLIENT', 'CLIENTS#*', 'ONBOARDING', 'PERSON', 'REQUEST#*', 'STEWARDS'],
      UpdateItem: ['STEWARDS'],
      DeleteItem: ['ONBOARDING'],
    });
    for (const each of [clients, members]) identity.grantClients(each);
    new CfnOutput(this, 'MembersName', { value: members.functionName });

    const { function: token } = new ContextFunction(this, 'Token', {
      foundation,
      description: 'Puts institution and roles into access tokens before Cognito gives them out',
      impact: 'Nobody can sign in and no system gets a new token; who has one works on until it ends.',
      bundle,
      entry: 'institutions-token-handler',
      environment,
      // Cognito waits no longer.
      timeout: Duration.seconds(5),
    });
    mayUse(table, token, { GetItem: ['CLIENT', 'PERSON', 'SHUT-OUT'] });
    identity.customizeTokensBy(token);

    const { function: admission } = new ContextFunction(this, 'Admission', {
      foundation,
      description: 'Makes the gateway take the tokens of all clients there are',
      impact: ADMISSION_IMPACT,
      bundle,
      entry: 'institutions-admission-handler',
      environment,
    });
    mayUse(table, admission, { GetItem: ['SHUT-OUT'], Query: ['CLIENT'] });
    http.grantAdmission(admission);
    // At once, when who is to be admitted has changed; and every minute, whoever else has changed the authorizer.
    runOnStream(admission, {
      foundation,
      table,
      filters: [{ dynamodb: { Keys: { pk: { S: ['CLIENT', 'SHUT-OUT'] } } } }],
      impact: ADMISSION_IMPACT,
    });
    runOnSchedule(this, 'AdmissionSchedule', admission, Schedule.rate(Duration.minutes(1)));
  }
}
