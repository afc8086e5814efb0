import { Construct } from 'constructs';

import { portalRoutes } from '../../lambdas/portal/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { Identity } from '../constructs/identity.ts';

export interface PortalContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly identity: Identity;
}

/** The front desk: health, API reference, problem pages. Public, and keeps no data. */
export class PortalContext extends Construct {
  constructor(scope: Construct, id: string, { bundle, foundation, http, identity }: PortalContextProps) {
    super(scope, id);
    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'Health, API reference, problem pages',
      impact: 'Developers of partners cannot read the API’s reference, and monitors of partners see the Hub as down.',
      bundle,
      entry: 'portal-handler',
      environment: { SIGN_IN_URL: identity.signInUrl },
    });
    http.serve(portalRoutes, handler);
  }
}
