import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import type { Issuer } from '../issuer/issuer.ts';
import { readBody } from './body.ts';
import type { CrossOrigin } from './cors.ts';
import { httpEvent } from './event.ts';
import { listen } from './listen.ts';
import { INTERNAL_SERVER_ERROR, refusals, STARTING } from './refusal.ts';
import { type Reply, replyFrom } from './reply.ts';
import type { MatchRoute } from './routes.ts';

/** API Gateway's payload quota, in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export interface Served {
  readonly issuer: Issuer;
  readonly match: MatchRoute;
  readonly crossOrigin: CrossOrigin;
  /** Pages of this machine alone: what is at a path, if there is one. */
  readonly pages: (path: string) => Reply | undefined;
  readonly accountId: string;
  /** Told about functions that failed. */
  readonly onLog: (line: string) => void;
}

export interface Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** From now on answers requests; until then they get a 503. */
  serve(served: Served): void;
  readonly stop: () => Promise<void>;
}

/** Longer than clients keep a connection: none is closed just when its client uses it again. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Listens on 127.0.0.1.
 * @param port 0 for any free one
 * @throws Error with `code` EADDRINUSE when the port is taken
 */
export async function openGateway(port: number): Promise<Gateway> {
  let served: Served | undefined;
  const server = createServer((request, response) => {
    void answer(request, response, served).catch(() => {
      // Either the client went away, or a function named a header that HTTP cannot carry.
      if (response.headersSent) response.destroy();
      else send(response, INTERNAL_SERVER_ERROR);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return {
    url: await listen(server, port),
    serve: (what) => {
      served = what;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served | undefined): Promise<void> {
  if (served === undefined) {
    send(response, STARTING);
    return;
  }
  const url = URL.parse(`http://localhost${request.url ?? '/'}`);
  const endpoint = url && served.issuer.endpoints.get(`${String(request.method)} ${url.pathname}`);
  if (endpoint) {
    await endpoint(request, response);
    return;
  }
  const shown = request.method === 'GET' && url ? served.pages(url.pathname) : undefined;
  if (shown !== undefined) {
    send(response, shown);
    return;
  }
  const preflight = served.crossOrigin.preflight(String(request.method), request.headers);
  if (preflight !== undefined) {
    send(response, preflight);
    return;
  }
  const reply = url === null ? refusals.notFound('/') : await route(request, url, served);
  send(response, { ...reply, headers: { ...reply.headers, ...served.crossOrigin.headersFor(request.headers) } });
}

async function route(request: IncomingMessage, url: URL, served: Served): Promise<Reply> {
  const path = decoded(url.pathname);
  const match = path === undefined ? undefined : served.match(String(request.method), url.pathname);
  if (path === undefined || match === undefined) return refusals.notFound(url.pathname);
  const { authorize, scopes, function: target, routeKey, apiId } = match.route;

  const decision = await authorize?.(request.headers.authorization, scopes);
  if (decision?.outcome === 'unauthorized') return refusals.unauthorized(url.pathname, decision.reason);
  if (decision?.outcome === 'forbidden') return refusals.forbidden(url.pathname, scopes);

  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === 'too-large') return refusals.bodyTooLarge(url.pathname);

  const event = httpEvent({
    accountId: served.accountId,
    apiId,
    routeKey,
    request,
    url,
    path,
    pathParameters: match.pathParameters,
    body,
    jwt: decision?.jwt,
  });
  try {
    const reply = replyFrom(await target.invoke(event));
    if (reply !== undefined) return reply;
    served.onLog(JSON.stringify({ level: 'ERROR', message: 'Invalid function response', function: target.name }));
  } catch (error) {
    const reason = error instanceof Error ? { error: error.name, reason: error.message, stack: error.stack } : {};
    served.onLog(JSON.stringify({ level: 'ERROR', message: 'Function failed', function: target.name, ...reason }));
  }
  return INTERNAL_SERVER_ERROR;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, headers, cookies, body }: Reply): void {
  const bytes = Buffer.from(body);
  response
    .writeHead(status, {
      ...headers,
      ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
      ...(status !== 204 && status !== 304 && { 'content-length': bytes.length }),
    })
    .end(bytes);
}
