import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import type { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { GatewayEvent } from './request.ts';
import type { Route } from './route.ts';

type Headers = Record<string, string>;

const COMMON_HEADERS: Readonly<Headers> = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** The same list, continued: the request's own URL with the new cursor. */
function nextLink(event: GatewayEvent, cursor: string): string {
  const query = new URLSearchParams(event.rawQueryString);
  query.set('cursor', cursor);
  return `<${event.rawPath}?${query.toString()}>; rel="next"`;
}

/** Renders a reply as API Gateway wants it. Bytes are sent in base64, JSON as text. */
export function respond({ response }: Route, reply: Reply, event: GatewayEvent): APIGatewayProxyStructuredResultV2 {
  const { status } = response;
  const headers: Headers = { ...COMMON_HEADERS, 'content-type': reply.media?.type ?? 'application/json' };
  if (reply.version !== undefined) headers['etag'] = `"${String(reply.version)}"`;
  if (reply.location !== undefined) headers['location'] = reply.location;
  if (reply.replayed === true) headers['idempotency-replayed'] = 'true';
  if (reply.media?.encoding !== undefined) headers['content-encoding'] = reply.media.encoding;
  if (reply.media?.vary !== undefined) headers['vary'] = reply.media.vary;
  if (reply.media?.cacheControl !== undefined) headers['cache-control'] = reply.media.cacheControl;
  if (reply.media?.contentSecurityPolicy !== undefined) {
    headers['content-security-policy'] = reply.media.contentSecurityPolicy;
  }
  if (reply.next !== undefined) headers['link'] = nextLink(event, reply.next);
  if (response.alternatives !== undefined) headers['vary'] = 'accept';
  if (Buffer.isBuffer(reply.body)) {
    return { statusCode: status, headers, body: reply.body.toString('base64'), isBase64Encoded: true };
  }
  return {
    statusCode: status,
    headers,
    body: reply.media === undefined ? JSON.stringify(reply.body) : String(reply.body),
  };
}

/** Renders a refusal as RFC 9457 problem details. */
export function refuse(problem: Problem, instance: string, correlationId: string): APIGatewayProxyStructuredResultV2 {
  const headers: Headers = { ...COMMON_HEADERS, 'content-type': 'application/problem+json' };
  if (problem.retryAfter !== undefined) headers['retry-after'] = String(problem.retryAfter);
  return {
    statusCode: problem.type.status,
    headers,
    body: JSON.stringify({
      // First, so that no extension takes the place of a standard member.
      ...problem.extensions,
      type: `/problems/${problem.type.code}`,
      title: problem.type.title,
      status: problem.type.status,
      detail: problem.message,
      instance,
      correlationId,
    }),
  };
}
