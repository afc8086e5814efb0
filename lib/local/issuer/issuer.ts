import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { SignJWT } from 'jose';

import { readBody } from '../gateway/body.ts';
import type { Account, AccountBook } from './accounts.ts';
import type { AppClientBook } from './app-clients.ts';
import type { SigningKey } from './signing-key.ts';
import type { Bearer, CustomizedToken, CustomizeToken } from './token-trigger.ts';

/** Seconds an access token lives, as in the deployed user pool. */
const TOKEN_LIFETIME = 3600;
const MAX_FORM_BYTES = 16 * 1024;

export interface IssuerOptions {
  /** The issuer identifier, also where its endpoints are. */
  readonly url: string;
  /** What tokens are for: the template's user pool client. */
  readonly audience: string;
  readonly key: SigningKey;
  readonly accounts: AccountBook;
  /** Clients of systems that were made while it runs. */
  readonly appClients?: AppClientBook | undefined;
  /** Says what its tokens carry. Without it they say what the accounts are made for. */
  readonly customize?: CustomizeToken | undefined;
}

export type IssuerHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Issuer {
  /** By `METHOD path`. */
  readonly endpoints: ReadonlyMap<string, IssuerHandler>;
  /** Signs an access token. `claims` go over the usual ones; undefined removes one. */
  mint(account: Account, scopes: readonly string[], claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Whose secret was right, and what may be asked for with it. */
interface Subject {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** An OAuth 2.0 error answer [RFC 6749, section 5.2]. */
class OAuthError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }
}

/**
 * A stand-in for the user pool: issues access tokens with the same claims, for the client credentials grant
 * [RFC 6749, section 4.4]. Source of the claims:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function createIssuer({ url, audience, key, accounts, appClients, customize }: IssuerOptions): Issuer {
  const sign = async (clientId: string, scopes: readonly string[], claims: Readonly<Record<string, unknown>>) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: url,
      sub: clientId,
      client_id: clientId,
      token_use: 'access',
      scope: scopes.join(' '),
      version: 2,
      iat: now,
      auth_time: now,
      exp: now + TOKEN_LIFETIME,
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .sign(key.privateKey);
  };

  // As people's client would have got it.
  const mint: Issuer['mint'] = async ({ clientId, institutionId, role }, scopes, claims = {}) =>
    sign(clientId, scopes, { aud: audience, institution_id: institutionId, roles: [role], ...claims });

  const customized = async (bearer: Bearer, scopes: readonly string[]): Promise<CustomizedToken> => {
    if (customize === undefined) return { scopes, claims: {} };
    try {
      const token = await customize(bearer, scopes);
      return { ...token, claims: { institution_id: undefined, roles: undefined, ...token.claims } };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OAuthError(400, 'invalid_grant', `The token trigger gave no token. ${reason}`);
    }
  };

  const systemWith = (clientId: string, secret: string): Subject | undefined => {
    const scopes = appClients?.authenticate(clientId, secret);
    return scopes && { clientId, scopes };
  };

  const token = async (request: IncomingMessage): Promise<unknown> => {
    const form = await readForm(request);
    const { clientId, secret } = credentials(request, form);
    const account = accounts.authenticate(clientId, secret);
    const bearer = account ?? systemWith(clientId, secret);
    if (bearer === undefined) throw new OAuthError(401, 'invalid_client', 'Unknown client or wrong secret.');
    const grantType = form.get('grant_type');
    if (grantType === null) throw new OAuthError(400, 'invalid_request', 'grant_type is missing.');
    if (grantType !== 'client_credentials') {
      throw new OAuthError(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
    }
    const asked = grantedScopes(bearer, form.get('scope'));
    const kind = account === undefined ? 'client' : 'person';
    const { scopes, claims } = await customized({ kind, ...bearer }, asked);
    return {
      // A system's token names no audience, as Cognito's do: the gateway goes by its client id.
      access_token: await (account === undefined ? sign(clientId, scopes, claims) : mint(account, scopes, claims)),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME,
      scope: scopes.join(' '),
    };
  };

  const metadata = {
    issuer: url,
    token_endpoint: `${url}/oauth2/token`,
    jwks_uri: `${url}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };

  return {
    mint,
    endpoints: new Map<string, IssuerHandler>([
      ['GET /.well-known/openid-configuration', answering(() => Promise.resolve(metadata))],
      ['GET /.well-known/jwks.json', answering(() => Promise.resolve({ keys: [key.publicJwk] }))],
      ['POST /oauth2/token', answering(token)],
    ]),
  };
}

/** Client id and secret: HTTP Basic, or in the body, but not both [RFC 6749, section 2.3]. */
function credentials(request: IncomingMessage, form: URLSearchParams): { clientId: string; secret: string } {
  const header = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (header !== undefined) {
    if (form.has('client_secret')) throw new OAuthError(400, 'invalid_request', 'Send the secret once.');
    const [clientId = '', secret = ''] = Buffer.from(header, 'base64').toString('utf8').split(/:(.*)/s, 2);
    return { clientId: formDecoded(clientId), secret: formDecoded(secret) };
  }
  return { clientId: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
}

/** Both parts of Basic credentials are form-encoded before they are joined [RFC 6749, section 2.3.1]. */
function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text}`).get('value') ?? '';
}

function grantedScopes(account: Subject, requested: string | null): readonly string[] {
  const names = (requested ?? '').split(' ').filter((name) => name !== '');
  if (names.length === 0) return account.scopes;
  const refused = names.find((name) => !account.scopes.some((scope) => scope === name));
  if (refused !== undefined) {
    throw new OAuthError(400, 'invalid_scope', `${account.clientId} may not have the scope ${refused}.`);
  }
  return [...new Set(names)];
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
    throw new OAuthError(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded.');
  }
  const body = await readBody(request, MAX_FORM_BYTES);
  if (body === 'too-large') throw new OAuthError(400, 'invalid_request', 'The body is too large.');
  return new URLSearchParams(body.toString('utf8'));
}

function answering(produce: (request: IncomingMessage) => Promise<unknown>): IssuerHandler {
  return async (request, response) => {
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    try {
      const body = JSON.stringify(await produce(request));
      response.writeHead(200, headers).end(body);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      response
        .writeHead(error.status, {
          ...headers,
          ...(error.status === 401 && { 'www-authenticate': 'Basic realm="oauth2"' }),
        })
        .end(JSON.stringify({ error: error.code, error_description: error.message }));
    }
  };
}
