import { expect } from 'vitest';

import type { Received } from './http.ts';
import { DEPLOYED } from './hub.ts';

/** What a deployed gateway says when it refuses by itself, with the code of the problem that the local runtime has there. */
const REFUSALS: Readonly<Record<string, string>> = {
  '401 Unauthorized': 'unauthorized',
  '403 Forbidden': 'forbidden',
  '404 Not Found': 'not-found',
};

/** The problem's code when a deployed gateway has refused by itself. The local runtime answers with the problem. */
export function refusedByGateway({ status, headers, bytes }: Received): string | undefined {
  if (!DEPLOYED || headers['content-type'] !== 'application/json') return undefined;
  const { message, ...rest } = JSON.parse(bytes.toString()) as { message?: string };
  return Object.keys(rest).length > 0 ? undefined : REFUSALS[`${String(status)} ${String(message)}`];
}

/** Expects the challenge of a refusal [RFC 6750, section 3]. A deployed gateway words its own, and its emulator has none. */
export function expectChallenge({ headers }: { readonly headers: Received['headers'] }, text: string): void {
  if (!DEPLOYED) expect(headers['www-authenticate']).toContain(text);
}
