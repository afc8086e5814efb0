import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { TestProject } from 'vitest/node';

import type { MailEntry, OneTimeSchedule, TokenRequest } from '../../lib/local/hub.ts';
import type { Usage } from '../../lib/local/permissions/gate.ts';

/**
 * What tests can ask of the hub they share beside HTTP. It is served by the test runner's own process, so that all test
 * files have one hub, wherever that runs.
 */

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the shared hub's controls are served. */
    readonly controls: string;
    /** Where the shared hub runs: in this machine's own runtime, or deployed. */
    readonly target: 'local' | 'deployed';
  }
}

export interface HubFacts {
  /** Base URL of the API; may have a path. */
  readonly url: string;
  /** How to reach the database past the API. */
  readonly dynamodb: Pick<DynamoDBClientConfig, 'endpoint' | 'region'> & {
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly tables: {
    readonly institutions: string;
    readonly agreements: string;
    readonly quotas: string;
    readonly training: string;
    readonly events: string;
    readonly documents: string;
    readonly audit: string;
    readonly notifications: string;
  };
  /** The folder with the synthesized app. */
  readonly assembly: string;
}

/** What a test can ask of the shared hub, by name. */
export interface Controls {
  readonly facts: () => Promise<HubFacts>;
  readonly token: (request: TokenRequest) => Promise<string>;
  /** An id of an active institution that no test has had yet. */
  readonly spareInstitution: () => Promise<string>;
  /** Runs a function as an admin or a service does. */
  readonly invoke: (lambda: string, event: unknown) => Promise<unknown>;
  readonly runSchedule: (rule: string) => Promise<void>;
  /** Schedules that functions have made, each for one time. */
  readonly oneTimeSchedules: () => Promise<readonly OneTimeSchedule[]>;
  /** Runs one of them now. */
  readonly runOneTimeSchedule: (name: string) => Promise<void>;
  /** What was mailed, newest first. */
  readonly mails: () => Promise<readonly MailEntry[]>;
  /** Resolves when the jobs that follow streams have caught up. */
  readonly drainStreams: () => Promise<void>;
  /** The keys of everything in the bucket of documents. */
  readonly objectKeys: () => Promise<readonly string[]>;
  /** Everything in the bucket of documents; of what is larger than 1 MB the beginning only. */
  readonly objects: () => Promise<readonly { readonly key: string; readonly content: string }[]>;
  /** Puts something there, past the API. */
  readonly putObject: (key: string, content: string) => Promise<void>;
  /** Everything the functions have written so far. */
  readonly logs: () => Promise<readonly string[]>;
  /** What each function has done with the database so far, by logical id. */
  readonly databaseUsage: () => Promise<Readonly<Record<string, Usage>> | undefined>;
  /** Paths of the test files all of whose tests have been run by now. */
  readonly finishedFiles: () => Promise<readonly string[]>;
}

export interface SharedHub {
  readonly controls: Controls;
  readonly stop: () => Promise<void>;
}

/** Serves the controls of a hub that starts when the first test asks for it. Returns the way to end both. */
export async function serveControls(
  project: TestProject,
  target: 'local' | 'deployed',
  start: () => Promise<SharedHub>,
): Promise<() => Promise<void>> {
  let starting: Promise<SharedHub> | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      try {
        starting ??= start();
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
  project.provide('target', target);

  return async () => {
    server.close();
    server.closeAllConnections();
    await (await starting?.catch(() => undefined))?.stop();
  };
}
