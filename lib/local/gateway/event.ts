import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { JwtContext } from './authorizer.ts';

export interface RequestFacts {
  readonly accountId: string;
  readonly apiId: string;
  readonly routeKey: string;
  readonly request: IncomingMessage;
  readonly url: URL;
  /** The path with its percent-encoding undone, as HTTP APIs hand it on. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly jwt: JwtContext | undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Content types whose bodies reach the function as text; everything else is base64. */
const TEXT = /^(?:text\/|application\/(?:json|javascript|xml|graphql)\b|application\/[\w.-]+\+(?:json|xml)\b)/i;

/**
 * The event of a Lambda proxy integration, payload format version 2.0.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent(facts: RequestFacts): Record<string, unknown> {
  const { accountId, apiId, routeKey, request, url, path, pathParameters, body, jwt } = facts;
  const now = new Date();
  const requestId = randomUUID();
  const sourceIp = (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const { cookies, headers } = headersOf(request, sourceIp);
  const parameters = Object.entries(pathParameters);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(url.search.length > 1 && { queryStringParameters: queryOf(url) }),
    requestContext: {
      accountId,
      apiId,
      ...(jwt !== undefined && { authorizer: { jwt } }),
      domainName: headers['host'] ?? url.host,
      domainPrefix: (headers['host'] ?? url.host).split('.')[0],
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(parameters.length > 0 && { pathParameters: Object.fromEntries(parameters) }),
    ...bodyOf(body, headers['content-type']),
  };
}

/** Names in lower case, repeated ones joined by commas; cookies apart from the others. */
function headersOf(
  request: IncomingMessage,
  sourceIp: string,
): { readonly cookies: readonly string[]; readonly headers: Readonly<Record<string, string>> } {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (name === 'cookie') cookies.push(...values.flatMap((value) => value.split(/; */)).filter((pair) => pair !== ''));
    else headers[name] = values.join(',');
  }
  const forwarded = headers['x-forwarded-for'];
  return {
    cookies,
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
      'x-forwarded-for': forwarded === undefined ? sourceIp : `${forwarded}, ${sourceIp}`,
      'x-forwarded-port': String(request.socket.localPort),
      'x-forwarded-proto': 'http',
    },
  };
}

function queryOf(url: URL): Record<string, string> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name).join(',')]));
}

function bodyOf(body: Buffer, contentType: string | undefined) {
  if (body.length === 0) return { isBase64Encoded: false };
  // Bytes that are no UTF-8 would be lost as text, whatever their content type claims.
  const isText = (contentType === undefined || TEXT.test(contentType)) && isUtf8(body);
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Such as `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(at.getUTCDate())}/${String(MONTHS[at.getUTCMonth()])}/${String(at.getUTCFullYear())}`;
  return `${date}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}
