import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { type Role, SCOPES } from '../../lambdas/shared/auth/vocabulary.ts';
import { assertDescribed, type ProblemBody } from './described.ts';
import { refusedByGateway } from './gateway-refusals.ts';
import { type Sent, send } from './http.ts';
import { hub, hubFacts } from './hub.ts';
import { type AnswerOf, type OperationId, pathOf, ROUTES } from './routes.ts';

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly rawBody?: string | Buffer;
  /** @default a new one where the route requires one; `null` sends none */
  readonly key?: string | null;
  readonly ifMatch?: string;
  /** Over all others; `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
}

/** An answer that fits the OpenAPI document. */
export class Answer<K extends OperationId = OperationId> {
  readonly operationId: K;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;

  constructor(
    operationId: K,
    { status, headers, bytes }: Omit<Answer, 'operationId' | 'body' | 'ok' | 'problem' | 'code'>,
  ) {
    this.operationId = operationId;
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  get body(): unknown {
    const text = this.bytes.toString();
    return /[/+]json/.test(this.headers['content-type'] ?? '') ? (JSON.parse(text) as unknown) : text;
  }

  /** The body of a success. @throws Error when it is a refusal */
  get ok(): AnswerOf<K> {
    if (this.status !== ROUTES[this.operationId].response.status) throw this.#unexpected();
    return this.body as AnswerOf<K>;
  }

  /** The body of a refusal. @throws Error when it is a success */
  get problem(): ProblemBody {
    if (this.headers['content-type'] !== 'application/problem+json') throw this.#unexpected();
    return this.body as ProblemBody;
  }

  /** What happened in a word: the code of a refusal, or the status of a success. */
  get code(): string {
    if (this.status < 400) return String(this.status);
    return refusedByGateway(this) ?? this.problem.type.replace('/problems/', '');
  }

  #unexpected(): Error {
    return new Error(`${this.operationId} answered ${String(this.status)} ${this.bytes.toString().slice(0, 600)}`);
  }
}

/** Sends requests with one access token, and holds every answer against the OpenAPI document. */
export class Client {
  readonly #token: () => Promise<string | undefined>;

  constructor(token: () => Promise<string | undefined>) {
    this.#token = token;
  }

  async call<K extends OperationId>(operationId: K, options: CallOptions = {}): Promise<Answer<K>> {
    const { url } = await hubFacts();
    const received = await send(url, await this.#request(operationId, options));
    // What a deployed gateway says by itself has no problem details (ADR 0011).
    if (refusedByGateway(received) === undefined) assertDescribed(ROUTES[operationId], received);
    return new Answer(operationId, received);
  }

  async #request(operationId: OperationId, options: CallOptions): Promise<Sent> {
    const route = ROUTES[operationId];
    const { params, query, body, ifMatch } = options;
    const token = await this.#token();
    const required = 'idempotencyKey' in route && route.idempotencyKey === 'required';
    const key = options.key === undefined && required ? randomUUID() : options.key;
    const search = query === undefined ? '' : `?${new URLSearchParams(mapped(query)).toString()}`;
    const content = options.rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers: NonNullable<CallOptions['headers']> = {
      authorization: token === undefined ? null : `Bearer ${token}`,
      'content-type': content === undefined ? null : 'application/json',
      'content-length': content === undefined ? null : String(Buffer.byteLength(content)),
      'idempotency-key': key ?? null,
      'if-match': ifMatch ?? null,
      ...options.headers,
    };
    return {
      method: route.method,
      target: pathOf(route, params) + search,
      headers: Object.fromEntries(
        Object.entries(headers).filter((header): header is [string, string | readonly string[]] => header[1] !== null),
      ),
      ...(content === undefined ? {} : { body: content }),
    };
  }
}

function mapped(query: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}

const clients = new Map<string, Client>();

/**
 * A client of an institution's account with this role.
 * @param institution alias of a demo institution, or an id
 * @param scopes default: those the role may have
 */
export function api(institution: string, role: Role = 'coordinator', scopes?: readonly string[]): Client {
  const name = JSON.stringify([institution, role, scopes]);
  let client = clients.get(name);
  if (client === undefined) {
    let token: Promise<string> | undefined;
    client = new Client(() => (token ??= hub.token({ institution, role, ...(scopes && { scopes }) })));
    clients.set(name, client);
  }
  return client;
}

/** With every scope there is, so that nothing but the role decides. */
export function apiWithAllScopes(institution: string, role: Role): Client {
  return api(institution, role, SCOPES);
}

/** @param token undefined sends none */
export function apiWithToken(token: string | undefined): Client {
  return new Client(() => Promise.resolve(token));
}

export const anonymous = apiWithToken(undefined);
