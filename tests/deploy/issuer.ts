import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import type { TokenRequest } from '../../lib/local/hub.ts';
import { openAccounts } from '../../lib/local/issuer/accounts.ts';
import { createIssuer } from '../../lib/local/issuer/issuer.ts';
import { openSigningKey } from '../../lib/local/issuer/signing-key.ts';
import { openStore } from '../../lib/local/store.ts';

/** What tokens of the tests' issuer are for: the context flag `issuerAudience`. */
export const AUDIENCE = 'hub-acceptance';

export interface TestIssuer {
  readonly url: string;
  readonly token: (request: TokenRequest) => Promise<string>;
  readonly stop: () => void;
}

/** The local runtime's issuer by itself, for a deployment that is told to trust it. Any institution may have a token. */
export async function startIssuer(): Promise<TestIssuer> {
  const store = openStore();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const issuer = createIssuer({
    url,
    audience: AUDIENCE,
    key: await openSigningKey(store),
    accounts: openAccounts(DEMO_INSTITUTIONS, store),
  });
  server.on('request', (request, response) => {
    const serve = issuer.endpoints.get(`${String(request.method)} ${String(request.url)}`);
    if (serve === undefined) response.writeHead(404).end();
    else void serve(request, response);
  });
  return {
    url,
    token: async ({ institution, role, scopes = scopesOf([role]), claims }) => {
      const institutionId = DEMO_INSTITUTIONS.find(({ alias }) => alias === institution)?.id ?? institution;
      return issuer.mint({ clientId: `${institution}.${role}`, institutionId, role, scopes: [] }, scopes, claims);
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
      store.close();
    },
  };
}
