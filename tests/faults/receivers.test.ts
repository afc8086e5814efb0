import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Outcome, post, type Resolve } from '../../lambdas/notifications/receiver.ts';
import { answering, Receiver } from '../support/receiver.ts';

/** Calls of receivers that do not behave, or are not what they are called. */

const HERE = { local: ['127.0.0.1'] };
const NOWHERE = { local: [] };
const HEADERS = { 'content-type': 'application/cloudevents+json' };
const at =
  (...addresses: readonly string[]): Resolve =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

const call = (url: string, options?: Parameters<typeof post>[4]): Promise<Outcome> =>
  post(HERE, url, HEADERS, '{"a":1}', options);

/** A server that speaks no HTTP of its own accord. */
async function raw(onConnection: (socket: Socket) => void): Promise<{ url: string; server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/` };
}

const SLOWLY = `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(100)}`;
function dripping(socket: Socket): void {
  let at = 0;
  const timer = setInterval(() => socket.write(SLOWLY[at++ % SLOWLY.length] ?? ''), 50);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => {
  receiver.close();
});

describe('an answer', () => {
  test('that redirects is a failure, and nobody is called there', async () => {
    const target = await Receiver.open();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answer(answering(status, { location: target.url }));
      expect(await call(receiver.url)).toEqual({ status });
    }
    expect(target.calls).toEqual([]);
    target.close();
  });

  test('is what its status says, whatever its body', async () => {
    receiver.answer((_, response) => {
      response.writeHead(200);
      response.write('x');
      // And nothing more.
    });
    expect(await call(receiver.url, { timeout: 300 })).toEqual({ status: 200 });
  });

  test('of 10 MB is not read to its end', async () => {
    let sent = 0;
    let isCut = false;
    receiver.answer((_, response) => {
      response.writeHead(200);
      response.on('close', () => {
        isCut = !response.writableFinished;
      });
      void (async () => {
        for (; sent < 10_000_000 && !response.destroyed; sent += 10_000) {
          response.write('x'.repeat(10_000));
          await sleep(0);
        }
        response.end();
      })();
    });
    expect(await call(receiver.url)).toEqual({ status: 200 });
    await expect.poll(() => isCut).toBe(true);
    expect(sent).toBeLessThan(5_000_000);
  });

  test('that does not come is not waited for', async () => {
    receiver.answer(() => undefined);
    const begun = performance.now();
    expect(await call(receiver.url, { timeout: 300 })).toEqual({ failure: 'timeout' });
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test.each([
    ['comes byte by byte', dripping, 'timeout'],
    ['is garbage', (socket: Socket) => socket.end('\0\0garbage\r\n\r\n'), 'answer'],
    [
      'has headers without end',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`),
      'answer',
    ],
    [
      'wants to speak of something else',
      (socket: Socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      'connection',
    ],
    [
      'is always yet to come',
      (socket: Socket) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 20);
        socket.on('close', () => {
          clearInterval(timer);
        });
      },
      'timeout',
    ],
    ['ends before it begins', (socket: Socket) => socket.destroy(), 'connection'],
  ] as const)('that %s is none', async (_, onConnection, failure) => {
    const { server, url } = await raw(onConnection);
    expect(await call(url, { timeout: 1000 })).toEqual({ failure });
    server.close();
  });

  test('is not to be had where nobody listens', async () => {
    const { server, url } = await raw(() => undefined);
    server.close();
    expect(await call(url)).toEqual({ failure: 'connection' });
  });
});

describe('a name', () => {
  const NAME = 'https://hooks.hospital.by/';
  const asked = (resolve: Resolve) => post(NOWHERE, NAME, HEADERS, '{}', { resolve, timeout: 1000 });

  test.each([['127.0.0.1'], ['10.1.2.3'], ['169.254.169.254'], ['::1'], ['fd00::1'], ['::ffff:10.0.0.1']])(
    'that means %s is not called',
    async (address) => {
      expect(await asked(at(address))).toEqual({ failure: 'address' });
      // Nor when it means something else as well.
      expect(await asked(at('93.184.216.34', address))).toEqual({ failure: 'address' });
    },
  );

  test('that means nothing is not called', async () => {
    expect(await asked(at())).toEqual({ failure: 'address' });
    const error = Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
    expect(await asked(() => Promise.reject(error))).toEqual({ failure: 'name' });
  });

  test('that is resolved for ever is not waited for', async () => {
    expect(await asked(() => new Promise(() => undefined))).toEqual({ failure: 'timeout' });
  });
});

describe('a name with a certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-tls-'));
  const NAME = 'hooks.hospital.by';
  let server: ReturnType<typeof createSecureServer>;
  let ca: string;
  let port: string;
  const seen: { readonly host: string | undefined; readonly name: unknown }[] = [];
  beforeAll(async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    ca = readFileSync(cert, 'utf8');
    server = createSecureServer({ key: readFileSync(key), cert: ca }, (request, response) => {
      seen.push({ host: request.headers.host, name: Reflect.get(request.socket, 'servername') });
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = String((server.address() as AddressInfo).port);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  test('is asked about once, and called at the address that was checked, by its name', async () => {
    let questions = 0;
    const rebinding: Resolve = () => {
      questions += 1;
      return at(questions === 1 ? '127.0.0.1' : '169.254.169.254')('');
    };
    expect(await call(`https://${NAME}:${port}/in`, { resolve: rebinding, ca })).toEqual({ status: 204 });
    expect(questions).toBe(1);
    expect(seen).toEqual([{ host: `${NAME}:${port}`, name: NAME }]);
  });

  test('is not called when the certificate is another’s, or nobody’s', async () => {
    const resolve = at('127.0.0.1');
    expect(await call(`https://other.hospital.by:${port}/`, { resolve, ca })).toEqual({ failure: 'certificate' });
    expect(await call(`https://${NAME}:${port}/`, { resolve })).toEqual({ failure: 'certificate' });
    expect(seen).toHaveLength(1);
  });
});
