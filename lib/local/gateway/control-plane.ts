import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import * as z from 'zod/mini';

import type { Authorizer } from './authorizer.ts';
import { readBody } from './body.ts';
import { listen } from './listen.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** API Gateway's own API, as far as functions call it: looking at an authorizer, and changing whom it takes tokens of. */
export interface ControlPlane {
  /** What functions get as their endpoint of API Gateway. */
  readonly url: string;
  /** Until then it knows no authorizer. */
  serve(authorizers: ReadonlyMap<string, Authorizer>): void;
  readonly stop: () => Promise<void>;
}

const Change = z.object({
  jwtConfiguration: z.object({ audience: z.array(z.string()), issuer: z.string() }),
});

/** Listens on a free port of 127.0.0.1. Permissions are not enforced, as nowhere here. */
export async function openControlPlane(): Promise<ControlPlane> {
  let authorizers: ReadonlyMap<string, Authorizer> = new Map();
  const server = createServer((request, response) => {
    void answer(request, response, authorizers).catch((error: unknown) => {
      send(response, 400, { message: error instanceof Error ? error.message : String(error) });
    });
  });
  const url = await listen(server, 0);
  return {
    url,
    serve: (known) => {
      authorizers = known;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  authorizers: ReadonlyMap<string, Authorizer>,
): Promise<void> {
  const [, id = ''] = /^\/v2\/apis\/[^/]+\/authorizers\/([^/?]+)$/.exec(request.url ?? '') ?? [];
  const authorizer = authorizers.get(id);
  if (authorizer === undefined) {
    send(response, 404, { message: 'There is no such authorizer.' });
    return;
  }
  if (request.method === 'PATCH') {
    const body = await readBody(request, MAX_BODY_BYTES);
    const { audience, issuer } = Change.parse(JSON.parse(body.toString())).jwtConfiguration;
    if (issuer !== authorizer.configuration.Issuer) throw new Error('Another issuer is not supported locally.');
    authorizer.configuration = { Audience: audience, Issuer: issuer };
  }
  const { Audience, Issuer } = authorizer.configuration;
  send(response, 200, { authorizerId: id, jwtConfiguration: { audience: Audience, issuer: Issuer } });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
