import { randomUUID } from 'node:crypto';

import type { ProblemType } from '../../../lambdas/shared/http/problem.ts';
import { BodyTooLarge, Forbidden, NotFound, Unauthorized } from '../../../lambdas/shared/http/problems.ts';
import type { Reply } from './reply.ts';

/**
 * The gateway's own refusals. In AWS they carry `message` only; here they are problems like all others, with the same
 * status, the same `message` and the same `www-authenticate`.
 */
export const refusals = {
  notFound: (path: string): Reply => refusal(NotFound, 'Not Found', 'There is no such route.', path),

  bodyTooLarge: (path: string): Reply =>
    refusal(BodyTooLarge, 'Request Entity Too Large', 'The gateway takes bodies of at most 10 MB.', path, {
      connection: 'close',
    }),

  /** @param reason undefined when no token came at all, which RFC 6750 (section 3.1) says to answer without an error code */
  unauthorized: (path: string, reason: string | undefined): Reply =>
    refusal(
      Unauthorized,
      'Unauthorized',
      reason === undefined ? 'The request carries no access token.' : `The access token was refused: ${reason}.`,
      path,
      {
        'www-authenticate':
          reason === undefined ? 'Bearer' : `Bearer error="invalid_token", error_description="${headerSafe(reason)}"`,
      },
    ),

  forbidden: (path: string, scopes: readonly string[]): Reply =>
    refusal(Forbidden, 'Forbidden', `The access token has none of the scopes ${scopes.join(', ')}.`, path, {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
    }),
};

/** A function that threw or answered nonsense: exactly what API Gateway says then. */
export const INTERNAL_SERVER_ERROR: Reply = {
  status: 500,
  headers: { 'content-type': 'application/json' },
  cookies: [],
  body: JSON.stringify({ message: 'Internal Server Error' }),
};

export const STARTING: Reply = {
  status: 503,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  cookies: [],
  body: JSON.stringify({ message: 'Service Unavailable' }),
};

const PLAIN_PATH = /^(?:\/(?:v1|[a-z.-]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))+$/i;

/** A path that nothing but words and ids are in; in any other could be a person's name or number. */
function instanceOf(path: string): string {
  return PLAIN_PATH.test(path) && !/[A-Z]/.test(path) ? path : '/';
}

function refusal(
  { code, status, title }: ProblemType,
  message: string,
  detail: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const correlationId = randomUUID();
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'x-correlation-id': correlationId,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...headers,
    },
    cookies: [],
    body: JSON.stringify({
      type: `/problems/${code}`,
      title,
      status,
      detail,
      instance: instanceOf(path),
      correlationId,
      message,
    }),
  };
}

function headerSafe(text: string): string {
  return text.replaceAll(/[^ !#-[\]-~]/g, ' ');
}
