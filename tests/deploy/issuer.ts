import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import type { TokenRequest } from '../../lib/local/hub.ts';
import { openAccounts } from '../../lib/local/issuer/accounts.ts';
import { createIssuer, type Issuer } from '../../lib/local/issuer/issuer.ts';
import { openSigningKey } from '../../lib/local/issuer/signing-key.ts';
import { openStore } from '../../lib/local/store.ts';
import { cdkOrThrow } from './cdk.ts';
import { DeployedStack } from './stack.ts';

/** What tokens of the tests' issuer are for: the context flag `issuerAudience`. */
export const AUDIENCE = 'hub-acceptance';

export interface TestIssuer {
  readonly url: string;
  readonly token: (request: TokenRequest) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The local runtime's issuer by itself, with a key of its own. */
async function makeIssuer() {
  const store = openStore();
  const key = await openSigningKey(store);
  const accounts = openAccounts(DEMO_INSTITUTIONS, store);
  return {
    jwk: key.publicJwk,
    at: (url: string): Issuer => createIssuer({ url, audience: AUDIENCE, key, accounts }),
    close: () => {
      store.close();
    },
  };
}

/** Any institution may have a token. */
function tokensOf(issuer: Issuer): TestIssuer['token'] {
  return async ({ institution, role, scopes = scopesOf([role]), claims }) => {
    const institutionId = DEMO_INSTITUTIONS.find(({ alias }) => alias === institution)?.id ?? institution;
    return issuer.mint({ clientId: `${institution}.${role}`, institutionId, role, scopes: [] }, scopes, claims);
  };
}

/** An issuer on this machine, for a deployment to an emulator that is told to trust it. */
export async function startIssuer(): Promise<TestIssuer> {
  const made = await makeIssuer();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const issuer = made.at(url);
  server.on('request', (request, response) => {
    const serve = issuer.endpoints.get(`${String(request.method)} ${String(request.url)}`);
    if (serve === undefined) response.writeHead(404).end();
    else void serve(request, response);
  });
  return {
    url,
    token: tokensOf(issuer),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      made.close();
    },
  };
}

const PUBLIC_ISSUER = { app: 'node tests/deploy/public-issuer.ts' };

/** An issuer for a deployment to AWS: tokens are signed here, and what an API checks them with is put on the internet. */
export async function publishIssuer(environment: Readonly<Record<string, string>>): Promise<TestIssuer> {
  const made = await makeIssuer();
  const flags = ['-c', `jwk=${JSON.stringify(made.jwk)}`];
  await cdkOrThrow(['deploy', '--require-approval', 'never', ...flags], environment, PUBLIC_ISSUER);
  const address = await new DeployedStack('OncologyHub-test-issuer', environment).output('Url');
  // The issuer's name is the address without the slash that Lambda puts behind it.
  const url = address.replace(/\/$/, '');
  return {
    url,
    token: tokensOf(made.at(url)),
    stop: async () => {
      await cdkOrThrow(['destroy', '--force', ...flags], environment, PUBLIC_ISSUER);
      made.close();
    },
  };
}
