import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { TestProject } from 'vitest/node';

import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { type Hub, startHub, type TokenRequest } from '../../lib/local/hub.ts';
import type { Usage } from '../../lib/local/permissions/gate.ts';

/**
 * One hub for all API tests. It runs in the test runner's own process, and starts when the first test asks for it; the
 * test files reach what HTTP does not offer through a second, small server. Test files keep out of each other's way by
 * acting for institutions of their own.
 */

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the shared hub's controls are served. */
    readonly controls: string;
  }
}

/** Active partners beside those of the demonstration, for tests that want nobody else's data in their lists. */
const SPARE_INSTITUTIONS = 800;

export interface HubFacts {
  readonly url: string;
  readonly engine: string;
  readonly dynamodbEndpoint: string;
  readonly tables: readonly string[];
  /** The folder with the synthesized app. */
  readonly assembly: string;
}

/** What a test can ask of the shared hub, by name. */
export interface Controls {
  readonly facts: () => Promise<HubFacts>;
  readonly token: (request: TokenRequest) => Promise<string>;
  /** An id of an active institution that no test has had yet. */
  readonly spareInstitution: () => Promise<string>;
  readonly runSchedule: (rule: string) => Promise<void>;
  readonly drainStreams: () => Promise<void>;
  /** Everything the functions have written so far. */
  readonly logs: () => Promise<readonly string[]>;
  /** What each function has done with the database so far, by logical id. */
  readonly databaseUsage: () => Promise<Readonly<Record<string, Usage>> | undefined>;
  /** Paths of the test files all of whose tests have been run by now. */
  readonly finishedFiles: () => Promise<readonly string[]>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: ReturnType<typeof start> | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      try {
        starting ??= start(project);
        const { controls } = await starting;
        const { name, args } = JSON.parse(await text(request)) as { name: keyof Controls; args: unknown[] };
        const control = controls[name] as (...args: unknown[]) => Promise<unknown>;
        response.end(JSON.stringify({ result: await control(...args) }));
      } catch (error) {
        response.statusCode = 500;
        response.end(JSON.stringify({ error: error instanceof Error ? error.stack : String(error) }));
      }
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('controls', `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    await (await starting?.catch(() => undefined))?.stop();
  };
}

async function start(project: TestProject): Promise<{ controls: Controls; stop: () => Promise<void> }> {
  const lines: string[] = [];
  const assembly = mkdtempSync(join(tmpdir(), 'hub-assembly-'));
  const { synthesize } = await import('../../lib/local/template/synthesize.ts');
  synthesize(assembly);
  const hub: Hub = await startHub({ assembly, onLog: (line) => lines.push(line) });
  const stop = async (): Promise<void> => {
    await hub.stop();
    rmSync(assembly, { recursive: true, force: true });
  };
  const spare = Array.from({ length: SPARE_INSTITUTIONS }, () => randomUUID());
  try {
    const partners = [...demoPartners(), ...spare.map(sparePartner)];
    // A few at a time: an engine that has just started is slow, and a function waits for it three seconds only.
    for (let first = 0; first < partners.length; first += 50) {
      await hub.invoke('InstitutionsRegister', { institutions: partners.slice(first, first + 50) });
    }
    await hub.drainStreams();
  } catch (error) {
    await stop();
    throw error;
  }

  const controls: Controls = {
    facts: async () => ({
      url: hub.url,
      engine: hub.engine,
      dynamodbEndpoint: hub.dynamodbEndpoint,
      tables: [hub.tableName('Institutions'), hub.tableName('Quotas')],
      assembly,
    }),
    token: (request) => hub.token(request),
    spareInstitution: async () => {
      const id = spare.pop();
      if (id === undefined) throw new Error('Every spare institution is taken: make more.');
      return id;
    },
    runSchedule: (rule) => hub.runSchedule(rule),
    drainStreams: () => hub.drainStreams(),
    logs: async () => lines,
    databaseUsage: async () => {
      const usage = hub.databaseUsage();
      return usage && Object.fromEntries(usage);
    },
    finishedFiles: async () => finishedFiles(project),
  };
  return { controls, stop };
}

function finishedFiles({ vitest, config }: TestProject): string[] {
  // With a pattern some tests of every file are left out.
  if (config.testNamePattern !== undefined) return [];
  const finished = vitest.state.getTestModules().filter((each) => ['passed', 'failed'].includes(each.state()));
  return finished.map(({ moduleId }) => moduleId);
}

function demoPartners() {
  return DEMO_INSTITUTIONS.map(({ alias: _, ...institution }) => institution);
}

function sparePartner(id: string) {
  return {
    id,
    kind: 'hospital',
    name: { en: 'A hospital of the tests' },
    city: { en: 'Minsk' },
    country: 'BY',
    timeZone: 'Europe/Minsk',
    services: [],
  };
}
