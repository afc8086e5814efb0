import { hubFacts } from './hub.ts';

/** Tokens as a partner's system gets them, from the local issuer. */

interface TokenAnswer {
  readonly status: number;
  readonly access_token?: string;
  readonly error?: string;
  readonly error_description?: string;
}

/** Asks for a token by client credentials. @param scope default: all the client may have */
export async function tokenOf(clientId: string, secret: string | undefined, scope?: string): Promise<TokenAnswer> {
  const response = await fetch(`${(await hubFacts()).url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${String(secret)}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

/** Whether a secret of a client is good, or what the issuer says. */
export async function verdictOn(clientId: string, secret: string | undefined): Promise<string> {
  const { status, error } = await tokenOf(clientId, secret);
  return status === 200 ? 'good' : String(error);
}
