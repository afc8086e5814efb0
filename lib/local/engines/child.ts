import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.ts';

export interface ChildOptions {
  /** What it is called in messages. */
  readonly name: string;
  readonly command: string;
  /** @param port on 127.0.0.1 that it is to listen on */
  readonly args: (port: number) => readonly string[];
  readonly cwd?: string;
  /** Milliseconds it may take to listen. */
  readonly startWithin: number;
}

export interface Child {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Ends it, politely at first. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** How much of the child's output is kept for an error message, in characters. */
const KEPT_OUTPUT = 4000;

/**
 * Runs `"$@"` for as long as standard input stays open. The kernel closes that pipe when the hub dies, however it dies,
 * so no engine outlives its hub and keeps the port and the data file.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
engine=$!
{
  cat <&3
  kill "$engine"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$engine" && sleep 0.1; done
  kill -9 "$engine"
} >/dev/null 2>&1 &
guard=$!
wait "$engine"
status=$?
kill "$guard" 2>/dev/null
exit "$status"
`;

class EndedEarly extends Error {}

/** A port that was free is now and then taken by somebody else, before the child has it. */
const ATTEMPTS = 3;

/**
 * Starts a server as a child process, on a free port, and waits until it listens.
 * @throws Error with the last lines of its output when it ends early or takes too long
 */
export async function startChild(options: ChildOptions, attempts = ATTEMPTS): Promise<Child> {
  try {
    return await startOn(await freePort(), options);
  } catch (error) {
    if (attempts <= 1 || !(error instanceof EndedEarly)) throw error;
    return startChild(options, attempts - 1);
  }
}

async function startOn(port: number, options: ChildOptions): Promise<Child> {
  const { name, startWithin } = options;
  const child = spawnGuarded(options, port);
  let output = '';
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure = new Error(`${name} could not be started: ${error.message}`, { cause: error });
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
    // The guard's own pipe: without this it would wait for a parent that no longer has anything to guard.
    child.once('exit', (code, signal) => {
      failure ??= new EndedEarly(`${name} ended (${signal ?? `exit code ${String(code)}`}).`);
      child.stdin?.destroy();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    });
  }
  // The pipe breaks when the child is gone already; that is reported by `exit`.
  child.stdin?.on('error', () => undefined);

  const stop = async (): Promise<void> => {
    child.stdin?.end();
    if (process.platform === 'win32') child.kill();
    await ended;
  };

  const deadline = Date.now() + startWithin;
  while (!(await accepts(port))) {
    if (failure !== undefined) {
      await ended;
      failure.message = withOutput(failure.message, output);
      throw failure;
    }
    if (Date.now() > deadline) {
      await stop();
      throw new Error(withOutput(`${name} did not listen within ${String(startWithin / 1000)} seconds.`, output));
    }
    await sleep(5);
  }
  return { endpoint: `http://127.0.0.1:${String(port)}`, stop };
}

function spawnGuarded({ command, args, cwd }: ChildOptions, port: number): ChildProcess {
  const common = { stdio: 'pipe', ...(cwd === undefined ? {} : { cwd }) } as const;
  return process.platform === 'win32'
    ? spawn(command, args(port), common)
    : // Detached: Ctrl-C in a terminal reaches the hub only, which then ends its engines in order.
      spawn('/bin/sh', ['-c', GUARD, 'hub-engine', command, ...args(port)], { ...common, detached: true });
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}

function withOutput(message: string, output: string): string {
  const lines = output.trim().split('\n').slice(-10).join('\n');
  return lines === '' ? message : `${message} Its last words:\n${lines}`;
}
