import { Construct } from 'constructs';

import { agreementRoutes } from '../../lambdas/agreements/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnStream } from '../constructs/triggers.ts';

export interface AgreementsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** The registry of partners, whose changes this context follows. */
  readonly institutions: ContextTable;
}

const PARTNERS_IMPACT =
  'New partners cannot conclude agreements, and those whose status has changed are still treated as before.';

/** What institutions have agreed: proposals, approvals, versions, terminations. */
export class AgreementsContext extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: AgreementsContextProps) {
    super(scope, id);
    const { bundle, foundation, http, cursors, institutions } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners cannot propose, approve, terminate or look up agreements, or are told to try again.',
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
      description: 'Agreements between partners: versions, approvals, termination',
      impact: 'Partners cannot propose, approve, terminate or look up agreements, or only some of them.',
      bundle,
      entry: 'agreements-handler',
      environment: serving,
    });
    mayUse(table, handler, {
      GetItem: ['AGREEMENT#*', 'REQUEST#*', 'SHUT-OUT'],
      Query: ['AGREEMENT#*', 'INSTITUTION#*'],
      PutItem: ['AGREEMENT#*', 'INSTITUTION#*', 'REQUEST#*'],
      UpdateItem: ['AGREEMENT#*', 'RATE#*'],
      ConditionCheckItem: ['PARTNER#*'],
    });
    http.serve(agreementRoutes, handler);

    const { function: partners } = new ContextFunction(this, 'Partners', {
      foundation,
      description: 'Follows the registry of partners',
      impact: PARTNERS_IMPACT,
      bundle,
      entry: 'agreements-partners-handler',
      environment,
    });
    mayUse(table, partners, { PutItem: ['PARTNER#*'], UpdateItem: ['SHUT-OUT'] });
    runOnStream(partners, {
      foundation,
      table: institutions.table,
      filters: [{ dynamodb: { Keys: { pk: { S: ['INSTITUTION'] } } } }],
      impact: PARTNERS_IMPACT,
    });
  }
}
