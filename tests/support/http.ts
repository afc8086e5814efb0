import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { buffer } from 'node:stream/consumers';

/**
 * HTTP as it is: nothing is decompressed, followed or retried, and a header may be sent twice.
 */

export interface Sent {
  readonly method: string;
  /** Path and query, sent as they are, after the path of the base URL. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

const agent = new Agent({ keepAlive: true });

export function send(baseUrl: string, { method, target, headers = {}, body }: Sent): Promise<Received> {
  const { protocol, hostname, port, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/$/, '') + target;
  const secure = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage): void => {
      buffer(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes });
      }, reject);
    };
    const sending = secure
      ? requestSecurely({ hostname, port, method, path }, receive)
      : request({ hostname, port, method, path, agent }, receive);
    for (const [name, value] of Object.entries(headers)) sending.setHeader(name, value);
    sending.on('error', reject);
    // Without a body the method alone would make Node choose a chunked one.
    if (body === undefined) sending.removeHeader('transfer-encoding');
    sending.end(body);
  });
}
