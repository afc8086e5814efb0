import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * HTTP as it is: nothing is decompressed, followed or retried, and a header may be sent twice.
 */

export interface Sent {
  readonly method: string;
  /** Path and query, sent as they are. */
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
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path: target, agent }, (response) => {
      buffer(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes });
      }, reject);
    });
    for (const [name, value] of Object.entries(headers)) sending.setHeader(name, value);
    sending.on('error', reject);
    // Without a body the method alone would make Node choose a chunked one.
    if (body === undefined) sending.removeHeader('transfer-encoding');
    sending.end(body);
  });
}
