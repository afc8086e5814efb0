import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import * as z from 'zod/mini';

import type { Authorizer } from './authorizer.ts';
import { readBody } from './body.ts';
import { listen } from './listen.ts';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The APIs of AWS's services, as far as functions call them: API Gateway's, to look at an authorizer and to change whom it
 * takes tokens of, and those that name their operation in a header, such as Cognito's.
 */
export interface ControlPlane {
  /** What functions get as their endpoint of these services. */
  readonly url: string;
  /** Until then it knows no authorizer and no API. @param apis by what is before the dot in `X-Amz-Target` */
  serve(authorizers: ReadonlyMap<string, Authorizer>, apis: Readonly<Record<string, TargetApi>>): void;
  readonly stop: () => Promise<void>;
}

/**
 * An API whose operations are named in the header `X-Amz-Target`.
 * @param functionName who asks
 */
export type TargetApi = (functionName: string, operation: string, request: unknown) => TargetAnswer;

export interface TargetAnswer {
  readonly status: number;
  readonly body: object;
}

const Change = z.object({
  jwtConfiguration: z.object({ audience: z.array(z.string()), issuer: z.string() }),
});

/** The access key that a request is signed with, which names the function: each has a key of its own. */
const SIGNED_BY = /Credential=([^/]+)\//;

/** Listens on a free port of 127.0.0.1. Permissions on the gateway are not enforced. */
export async function openControlPlane(): Promise<ControlPlane> {
  let authorizers: ReadonlyMap<string, Authorizer> = new Map();
  let apis: Readonly<Record<string, TargetApi>> = {};
  const server = createServer((request, response) => {
    const target = request.headers['x-amz-target'];
    const answering =
      target === undefined
        ? answer(request, response, authorizers)
        : answerTarget(request, response, String(target), apis);
    void answering.catch((error: unknown) => {
      send(response, 400, { message: error instanceof Error ? error.message : String(error) });
    });
  });
  const url = await listen(server, 0);
  return {
    url,
    serve: (knownAuthorizers, knownApis) => {
      authorizers = knownAuthorizers;
      apis = knownApis;
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

async function answerTarget(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  apis: Readonly<Record<string, TargetApi>>,
): Promise<void> {
  const body = await readBody(request, MAX_BODY_BYTES);
  const [service = '', operation = ''] = target.split('.');
  const api = Object.hasOwn(apis, service) ? apis[service] : undefined;
  if (api === undefined || body === 'too-large') throw new Error(`${target} is not known locally.`);
  const name = SIGNED_BY.exec(String(request.headers.authorization))?.[1] ?? 'nobody';
  const answered = api(name, operation, JSON.parse(body.toString()));
  send(response, answered.status, answered.body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
