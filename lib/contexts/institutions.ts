import { Construct } from 'constructs';

import { institutionRoutes } from '../../lambdas/institutions/contract.ts';
import { bundle } from '../constructs/bundle.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { SigningSecret } from '../constructs/signing-secret.ts';

export interface InstitutionsContextProps {
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
}

/** The registry of partners. */
export class InstitutionsContext extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, { foundation, http, cursors }: InstitutionsContextProps) {
    super(scope, id);
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners’ systems cannot look up who takes part, and nobody can be registered.',
    });
    const code = bundle({ context: 'institutions', entries: ['handler', 'register-handler'] });

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'The registry of partner institutions',
      impact: 'Partners’ systems cannot look up who takes part, so staff cannot choose whom to give a grant.',
      bundle: code,
      entry: 'handler',
      environment: { TABLE_NAME: this.table.table.tableName, CURSOR_SECRET: cursors.value },
    });
    this.table.table.grant(handler, 'dynamodb:GetItem', 'dynamodb:Query');
    http.serve(institutionRoutes, handler);

    const { function: register } = new ContextFunction(this, 'Register', {
      foundation,
      description: 'Registers partners; invoked by an admin with the list of them',
      impact: 'An admin cannot register partners; those who are registered work on.',
      bundle: code,
      entry: 'register-handler',
      environment: { TABLE_NAME: this.table.table.tableName },
    });
    this.table.table.grant(register, 'dynamodb:PutItem');
  }
}
