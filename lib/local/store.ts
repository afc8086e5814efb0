import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as z from 'zod/mini';

/** What the local runtime remembers: small JSON documents by name, and a folder for its engines' own files. */
export interface Store {
  /** Absolute path. Exists as long as the hub runs; survives it only when `persistent`. */
  readonly dir: string;
  readonly persistent: boolean;
  /**
   * @returns the document, or undefined when there is none yet
   * @throws Error naming the file when it is not what the schema says
   */
  read<T>(name: string, schema: z.ZodMiniType<T>): T | undefined;
  write(name: string, value: unknown): void;
  /** Removes the folder unless it is to survive. */
  readonly close: () => void;
}

/** @param dir folder that survives restarts; without it everything is forgotten on `close` */
export function openStore(dir?: string): Store {
  return dir === undefined ? temporaryStore() : persistentStore(dir);
}

function persistentStore(dir: string): Store {
  mkdirSync(dir, { recursive: true });
  const path = (name: string): string => join(dir, `${name}.json`);
  return {
    dir,
    persistent: true,
    read: (name, schema) => {
      const text = readIfThere(path(name));
      return text === undefined ? undefined : parseDocument(text, schema, path(name));
    },
    write: (name, value) => {
      // Written beside and moved over: a hub that is killed half-way leaves the old document, never half of the new.
      const draft = `${path(name)}.${String(process.pid)}`;
      writeFileSync(draft, JSON.stringify(value, null, 2), { mode: 0o600 });
      renameSync(draft, path(name));
    },
    close: () => undefined,
  };
}

function temporaryStore(): Store {
  const dir = mkdtempSync(join(tmpdir(), 'hub-'));
  const documents = new Map<string, string>();
  return {
    dir,
    persistent: false,
    read: (name, schema) => {
      const text = documents.get(name);
      return text === undefined ? undefined : parseDocument(text, schema, name);
    },
    write: (name, value) => {
      documents.set(name, JSON.stringify(value));
    },
    close: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseDocument<T>(text: string, schema: z.ZodMiniType<T>, name: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${name} is damaged. Start with --fresh to begin anew.`, { cause: error });
  }
}
