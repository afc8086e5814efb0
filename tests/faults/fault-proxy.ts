import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { isLong } from '../support/selection.ts';

/** What can go wrong between a function and its database. */
export const FAULTS = [
  'throttled',
  'server-error',
  'lost-request',
  'lost-reply',
  'transaction-conflict',
  'killed-before',
  'killed-after',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Those that a run tries: all, or in a quick one that which leaves the most behind. */
export const TRIED: readonly Fault[] = isLong ? FAULTS : ['killed-after'];

/** Decides about each request in turn: `undefined` lets it pass. */
export type Plan = (call: { readonly number: number; readonly operation: string }) => Fault | undefined;

const NONE: Plan = () => undefined;

/** Stands between the functions and the engine, passes requests on, and makes the faults a plan asks for. */
export class FaultProxy {
  readonly #target: URL;
  readonly #server: Server;
  #plan: Plan = NONE;
  #calls = 0;
  #dead = false;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      // A function that gave up has closed its side: there is nobody left to answer.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Follows a plan from now on, counting calls from 1. Without a plan everything passes. */
  follow(plan: Plan = NONE): void {
    this.#plan = plan;
    this.#calls = 0;
    this.#dead = false;
  }

  /** Calls made since the plan began. */
  get calls(): number {
    return this.#calls;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    // A killed process sends nothing any more: every later request of it gets nowhere.
    const fault = this.#dead ? 'lost-request' : this.#plan({ number: ++this.#calls, operation });
    if (fault === 'killed-before' || fault === 'killed-after') this.#dead = true;
    switch (fault) {
      case 'throttled':
        refuse(response, 400, 'ThrottlingException');
        return;
      case 'transaction-conflict':
        refuse(response, 400, 'TransactionConflictException');
        return;
      case 'server-error':
        refuse(response, 500, 'InternalServerError');
        return;
      case 'lost-request':
      case 'killed-before':
        response.destroy();
        return;
      case 'lost-reply':
      case 'killed-after':
        await this.#forward(request, Buffer.concat(chunks));
        response.destroy();
        return;
      case undefined: {
        const { status, headers, body } = await this.#forward(request, Buffer.concat(chunks));
        response.writeHead(status, headers).end(body);
      }
    }
  }

  #forward(request: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
      const onward = httpRequest(
        { host: this.#target.hostname, port: this.#target.port, method: 'POST', path: '/', headers: request.headers },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () => {
            resolve({ status: reply.statusCode ?? 500, headers: reply.headers, body: Buffer.concat(chunks) });
          });
        },
      );
      onward.on('error', reject);
      onward.end(body);
    });
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'injected' });
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}
