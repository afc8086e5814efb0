import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a partner's system was sent. */
export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly subject: string };
}

type Answer = (call: Call, response: ServerResponse) => void;

/** A partner's system on this machine, which takes whatever comes until it is told to do otherwise. */
export class Receiver {
  readonly calls: Call[] = [];
  readonly url: string;
  readonly #stop: () => void;
  #answer: Answer = answering(204);

  private constructor(url: string, stop: () => void) {
    this.url = url;
    this.#stop = stop;
  }

  static async open(): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new Receiver(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hooks`, () => {
      server.closeAllConnections();
      server.close();
    });
    server.on('request', (request, response) => void receiver.#take(request, response));
    return receiver;
  }

  answer(answer: Answer): void {
    this.#answer = answer;
  }

  close(): void {
    this.#stop();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const call: Call = {
      path: request.url ?? '',
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body,
      event: JSON.parse(body) as Call['event'],
    };
    this.calls.push(call);
    this.#answer(call, response);
  }
}

/** Answers always the same. */
export function answering(status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer {
  return (_, response) => response.writeHead(status, headers).end(body);
}
