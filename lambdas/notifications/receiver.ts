import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';

import { hostOf, isPublicAddress, type Receivers, receiverUrl } from './addresses.ts';
import type { Attempt } from './delivery-model.ts';

/** Calling receivers. */

export interface Address {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (name: string) => Promise<readonly Address[]>;
export type Outcome = Pick<Attempt, 'status' | 'failure'>;

/** Milliseconds, for everything from the name to the end of the answer. */
const TIMEOUT = 10_000;
/** Bytes of an answer that are waited for. */
const MOST_READ = 64 * 1024;

const resolveAll: Resolve = (name) => lookup(name, { all: true, order: 'ipv4first' });

class NotAllowed extends Error {}

/**
 * Sends a request and tells how it went. Never throws. Redirects are not followed, and nothing of the answer is kept but
 * its status.
 *
 * The name is resolved once; every address it has is checked, and the connection is made to one of those very addresses:
 * a name that means another address a moment later changes nothing.
 */
export async function post(
  receivers: Receivers,
  text: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { resolve = resolveAll, timeout = TIMEOUT, ca }: { resolve?: Resolve; timeout?: number; ca?: string } = {},
): Promise<Outcome> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const url = receiverUrl(text, receivers);
    if (url === undefined) throw new NotAllowed();
    const addresses = await allowedAddresses(hostOf(url), receivers, resolve, signal);
    return { status: await request(url, addresses, headers, body, signal, ca) };
  } catch (error) {
    return { failure: signal.aborted ? 'timeout' : failureOf(error) };
  }
}

async function allowedAddresses(
  host: string,
  { local }: Receivers,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('Too late'));
    });
  });
  // A number is its own address, which no resolver is asked about.
  const addresses = await Promise.race([resolve(host), late]);
  if (addresses.length === 0) throw new NotAllowed();
  // One that is not allowed beside others that are is an attempt at something.
  if (!addresses.every(({ address }) => isPublicAddress(address) || local.includes(address))) {
    throw new NotAllowed();
  }
  return addresses;
}

function request(
  url: URL,
  addresses: readonly Address[],
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<number> {
  return new Promise((done, failed) => {
    const { request: send } = url.protocol === 'https:' ? https : http;
    const outgoing = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // One connection for one request: what a name meant yesterday is not gone on with.
      agent: false,
      // The addresses that were checked, whatever the name means now.
      lookup: (_name, { all }, found) => {
        const [first = { address: '', family: 4 }] = addresses;
        if (all === true) found(null, [...addresses]);
        else found(null, first.address, first.family);
      },
      signal,
      ...(ca !== undefined && { ca }),
    });
    // Such as after a switch to another protocol, which is no error.
    const unanswered = (): void => {
      failed(new Error('There was no answer'));
    };
    outgoing.on('error', failed).on('close', unanswered);
    outgoing.on('response', (answer) => {
      // The receiver has decided: how the rest of its answer goes changes nothing.
      const { statusCode = 0 } = answer;
      const decided = (): void => {
        done(statusCode);
      };
      outgoing.on('error', decided).off('error', failed).on('close', decided).off('close', unanswered);
      let read = 0;
      answer.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > MOST_READ) answer.destroy();
      });
      answer.on('error', decided);
      answer.on('close', decided);
    });
    outgoing.end(body);
  });
}

function failureOf(error: unknown): NonNullable<Outcome['failure']> {
  if (error instanceof NotAllowed) return 'address';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(?:ENOTFOUND|EAI_|ENODATA)/.test(code)) return 'name';
  if (/^(?:HPE_|ERR_HTTP)/.test(code)) return 'answer';
  if (/CERT|SIGNED|ISSUER|^ERR_TLS|^ERR_SSL/.test(code)) return 'certificate';
  return 'connection';
}
