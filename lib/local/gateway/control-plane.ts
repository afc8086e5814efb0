import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { readBody } from './body.ts';
import { listen } from './listen.ts';

const MAX_BODY_BYTES = 256 * 1024;

/** The APIs of AWS's services, as far as functions call them. */
export interface ControlPlane {
  /** What functions get as their endpoint of these services. */
  readonly url: string;
  /** Until then it knows no API. */
  serve(apis: ServedApis): void;
  readonly stop: () => Promise<void>;
}

export interface ServedApis {
  /** By what is before the dot in the header `X-Amz-Target`. */
  readonly targets: Readonly<Record<string, TargetApi>>;
  /** Asked one after another. */
  readonly rest: readonly RestApi[];
}

/**
 * An API whose operations are named in the header `X-Amz-Target`.
 * @param functionName who asks
 */
export type TargetApi = (functionName: string, operation: string, request: unknown) => ApiAnswer;

/** An API whose operations are methods on paths. @returns `undefined` when it has no such path */
export type RestApi = (request: RestRequest) => ApiAnswer | undefined | Promise<ApiAnswer | undefined>;

export interface RestRequest {
  readonly functionName: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** `undefined` when there is none. */
  readonly body: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** Name of a refusal, where the API has it in a header. */
  readonly error?: string;
  readonly body: object;
}

/** The access key that a request is signed with, which names the function: each has a key of its own. */
const SIGNED_BY = /Credential=([^/]+)\//;

/** Listens on a free port of 127.0.0.1. */
export async function openControlPlane(): Promise<ControlPlane> {
  let apis: ServedApis = { targets: {}, rest: [] };
  const server = createServer((request, response) => {
    answer(request, apis)
      .then((answered) => {
        send(response, answered);
      })
      .catch((error: unknown) => {
        send(response, { status: 400, body: { message: error instanceof Error ? error.message : String(error) } });
      });
  });
  const url = await listen(server, 0);
  return {
    url,
    serve: (served) => {
      apis = served;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, { targets, rest }: ServedApis): Promise<ApiAnswer> {
  const functionName = SIGNED_BY.exec(String(request.headers.authorization))?.[1] ?? 'nobody';
  const content = await readBody(request, MAX_BODY_BYTES);
  if (content === 'too-large') throw new Error('The request is too large.');
  const body: unknown = content.length === 0 ? undefined : JSON.parse(content.toString());
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const [service = '', operation = ''] = String(target).split('.');
    const api = Object.hasOwn(targets, service) ? targets[service] : undefined;
    if (api === undefined) throw new Error(`${String(target)} is not known locally.`);
    return api(functionName, operation, body);
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const asked = { functionName, method: request.method ?? 'GET', path: pathname, query: searchParams, body };
  for (const api of rest) {
    const answered = await api(asked);
    if (answered !== undefined) return answered;
  }
  return { status: 404, body: { message: `${asked.method} ${pathname} is not known locally.` } };
}

function send(response: ServerResponse, { status, error, body }: ApiAnswer): void {
  const headers = { 'content-type': 'application/json', ...(error !== undefined && { 'x-amzn-errortype': error }) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
