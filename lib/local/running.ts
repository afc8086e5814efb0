import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod/mini';

/** Where `npm start` keeps its data, in the project's folder. */
export const HUB_DIR = join(import.meta.dirname, '../../.hub');

/** Where a running hub answers, and where its data can be reached past it. */
const Whereabouts = z.object({
  url: z.string(),
  dynamodb: z.string(),
  s3: z.string(),
  /** Names of tables, by context. */
  tables: z.object({
    institutions: z.string(),
    agreements: z.string(),
    quotas: z.string(),
    training: z.string(),
    events: z.string(),
    documents: z.string(),
    audit: z.string(),
  }),
  /** The bucket of documents. */
  bucket: z.string(),
});
type Whereabouts = z.infer<typeof Whereabouts>;

const Running = z.object({ pid: z.int(), ...z.partial(Whereabouts).shape });
export type Running = z.infer<typeof Running>;

const FILE = 'running.json';

/** How long a hub may take from claiming its folder to answering, in milliseconds. */
const STARTS_WITHIN = 60_000;

/**
 * The hub that runs on a data folder, or undefined when there is none. What a killed one left behind does not count,
 * also when its process id belongs to something else by now.
 */
export async function readRunning(dir: string): Promise<Running | undefined> {
  const file = join(dir, FILE);
  try {
    const running = Running.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (!isAlive(running.pid)) return undefined;
    if (running.url === undefined) {
      return Date.now() - statSync(file).mtimeMs < STARTS_WITHIN ? running : undefined;
    }
    const { ok } = await fetch(`${running.url}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(2000),
    });
    return ok ? running : undefined;
  } catch {
    return undefined;
  }
}

/** Two hubs on one folder would write over each other. */
export class AlreadyRunning extends Error {}

export interface Claim {
  /** Tells others where this hub answers. */
  announce(where: Whereabouts): void;
  /** To be called when the hub has ended. */
  release(): void;
}

/**
 * Marks a data folder, which must exist, as this process's own.
 * @throws AlreadyRunning
 */
export async function claim(dir: string): Promise<Claim> {
  const file = join(dir, FILE);
  const write = (running: Running, flag: 'w' | 'wx'): void => {
    writeFileSync(file, JSON.stringify(running), { flag });
  };
  const mine: Running = { pid: process.pid };
  try {
    write(mine, 'wx');
  } catch {
    const other = await readRunning(dir);
    if (other !== undefined) {
      const where = other.url === undefined ? 'is starting' : `runs at ${other.url}`;
      throw new AlreadyRunning(`The Hub already ${where} (process ${String(other.pid)}). Stop it first.`);
    }
    write(mine, 'w');
  }
  return {
    announce: (where) => {
      write({ ...mine, ...where }, 'w');
    },
    release: () => {
      rmSync(file, { force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
