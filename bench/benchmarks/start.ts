import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod/mini';

import { freePort } from '../../lib/local/engines/free-port.ts';
import { CLIENT_SECRETS, ClientSecrets } from '../../lib/local/issuer/accounts.ts';
import type { Benchmark } from '../benchmark.ts';
import { median, rounded } from '../statistics.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['bin', 'lib', 'lambdas', 'cdk.json', 'openapi.json', 'package.json'];
const REPETITIONS = 3;
/** Milliseconds. */
const PATIENCE = 60_000;
const CLIENT = 'alexandrov.coordinator';

const Demo = z.looseObject({ grantId: z.string() });
const Token = z.looseObject({ access_token: z.string() });

/**
 * A copy of the project as `npm ci` leaves it: the same packages, no data and no caches of earlier starts.
 */
function freshCheckout(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of SOURCES) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name === '.cache' || name.endsWith('.lock')) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

/** Books as a client with the demo's secrets would: a token, then a booking. @returns the answer's status */
async function book(folder: string, url: string): Promise<number> {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, '.hub', `${name}.json`), 'utf8'));
  const secret = ClientSecrets.parse(read(CLIENT_SECRETS))[CLIENT] ?? '';
  const { grantId } = Demo.parse(read('demo'));
  const answer = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${CLIENT}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = Token.parse(await answer.json());
  const { status } = await fetch(`${url}/v1/grants/${grantId}/bookings`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': 'the-first-booking',
    },
    body: JSON.stringify({ patient: 'MSK-7F3K-042', ageBand: '0-17', diagnosis: 'C71.6' }),
  });
  return status;
}

/** @returns seconds from the command to the first booking */
async function start(folder: string): Promise<number> {
  freshCheckout(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const since = performance.now();
  const child = spawn(process.execPath, ['bin/local.ts', '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    while (child.exitCode === null && performance.now() - since < PATIENCE) {
      // Until the files are written and the port answers there is nothing to book.
      const status = await book(folder, url).catch(() => undefined);
      if (status === 201) return (performance.now() - since) / 1000;
      await sleep(20);
    }
    throw new Error('npm start did not come to answer a booking');
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

export const startBenchmark: Benchmark = {
  name: 'start',
  description: 'npm start on a fresh checkout, to the first booking over HTTP',
  run: async ({ setting }) => {
    const seconds: number[] = [];
    for (let count = 0; count < REPETITIONS; count++) {
      seconds.push(await start(join(setting.scratch, `checkout-${String(count)}`)));
    }
    return { start: { seconds: rounded(median(seconds), 2) } };
  },
};
