import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../../lib/local/engines/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const VERSION = '1.5.33';
/** An environment of its own, so that nothing of the machine's Python changes, kept for the next run. */
const VENV = join(ROOT, `.cache/ministack-${VERSION}`);
const READY_WITHIN = 60_000;

/** MiniStack cannot be had on this machine. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

export interface RunningMinistack {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/**
 * Installs MiniStack, an emulator of AWS, from the Python package index unless it is there already.
 * @throws NotInstalled that says what is missing
 */
export function installMinistack(): void {
  if (existsSync(join(VENV, 'bin/ministack'))) return;
  // Made aside, and moved once it is whole: what an interrupted run leaves behind is not taken for an installation.
  const draft = `${VENV}-draft`;
  rmSync(draft, { recursive: true, force: true });
  run('python3', ['-m', 'venv', draft], 'Python 3.10 or newer with its module venv is needed.');
  // With `python -m pip`, and `python -m ministack` below: scripts of an environment name the folder it was made in.
  run(
    join(draft, 'bin/python'),
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack[full]==${VERSION}`],
    `pip could not install ministack[full]==${VERSION}.`,
  );
  rmSync(VENV, { recursive: true, force: true });
  renameSync(draft, VENV);
}

function run(command: string, args: readonly string[], needed: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  const said = (error?.message ?? stderr).trim().split('\n').slice(-3).join('\n');
  throw new NotInstalled(`MiniStack ${VERSION} is not installed and cannot be: ${needed}\n${said}`);
}

/** Starts MiniStack on a free port of this machine, empty. Nothing of it is left after `stop`. */
export async function startMinistack(): Promise<RunningMinistack> {
  installMinistack();
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'ministack-'));
  const child = spawn(join(VENV, 'bin/python'), ['-m', 'ministack'], {
    // Functions run on this machine's `node` and inherit this environment: it has what it needs and no more.
    env: {
      PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      TMPDIR: home,
      STATE_DIR: join(home, 'state'),
      S3_DATA_DIR: join(home, 's3'),
      TZ: 'UTC',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      // As AWS does it: no token when the trigger before token generation fails.
      MINISTACK_COGNITO_PRETOKEN_STRICT: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => said.push(String(data)));
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const patience = AbortSignal.timeout(READY_WITHIN);
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null || patience.aborted) {
      await stop();
      throw new Error(`MiniStack does not start:\n${said.join('').slice(-2000)}`);
    }
    await sleep(200);
  }
  return { endpoint, stop };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}
