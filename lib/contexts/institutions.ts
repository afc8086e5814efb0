import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import { institutionRoutes } from '../../lambdas/institutions/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { Identity } from '../constructs/identity.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnSchedule } from '../constructs/triggers.ts';

export interface InstitutionsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  readonly identity: Identity;
}

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

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'The registry of partner institutions',
      impact: 'Partners’ systems cannot look up who takes part, so staff cannot choose whom to give a grant.',
      bundle,
      entry: 'institutions-handler',
      environment: { ...environment, CURSOR_SECRET: cursors.value },
    });
    this.table.table.grant(handler, 'dynamodb:GetItem', 'dynamodb:Query');
    http.serve(institutionRoutes, handler);

    const { function: register } = new ContextFunction(this, 'Register', {
      foundation,
      description: 'Registers partners; invoked by an admin with the list of them',
      impact: 'An admin cannot register partners; those who are registered work on.',
      bundle,
      entry: 'institutions-register-handler',
      environment,
    });
    this.table.table.grant(register, 'dynamodb:PutItem');
    new CfnOutput(this, 'RegisterName', { value: register.functionName });

    const { function: members } = new ContextFunction(this, 'Members', {
      foundation,
      description: 'Says who acts for which institution in which roles; invoked by an admin',
      impact: 'An admin cannot onboard or revoke anybody; those who are enrolled work on.',
      bundle,
      entry: 'institutions-members-handler',
      environment,
    });
    this.table.table.grant(members, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem');
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
    this.table.table.grant(token, 'dynamodb:GetItem');
    identity.customizeTokensBy(token);

    const { function: admission } = new ContextFunction(this, 'Admission', {
      foundation,
      description: 'Makes the gateway take the tokens of all clients there are',
      impact:
        'A new partner’s system is refused, a revoked one is not; after some deployments every system is refused.',
      bundle,
      entry: 'institutions-admission-handler',
      environment,
    });
    this.table.table.grant(admission, 'dynamodb:Query');
    http.grantAdmission(admission);
    runOnSchedule(this, 'AdmissionSchedule', admission, Schedule.rate(Duration.minutes(1)));
    new CfnOutput(this, 'AdmissionName', { value: admission.functionName });
  }
}
