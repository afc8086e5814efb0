import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TestProject } from 'vitest/node';

import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { type SharedHub, serveControls } from '../support/controls.ts';
import { registering, SparePartners } from '../support/spare-partners.ts';
import { bootstrap, cdkOrThrow } from './cdk.ts';
import { AUDIENCE, publishIssuer, startIssuer } from './issuer.ts';
import { clientConfig, DeployedStack } from './stack.ts';
import { openTarget, type Target } from './target.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The deployment that the API tests run against. */
    readonly deployment: {
      readonly target: Target['name'];
      readonly stack: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly flags: readonly string[];
    };
  }
}

const STACK = 'OncologyHub-dev';

/**
 * Deploys the Hub's stage `dev` once for all API tests, before the first of them: a target that cannot be deployed to
 * fails the whole run. Takes everything away at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const target = await openTarget().catch((error: unknown) => {
    // Said first and by itself: the test runner begins with what it makes of a setup that failed.
    console.error(
      `\nNothing was deployed, and nothing tested. ${error instanceof Error ? error.message : String(error)}`,
    );
    throw error;
  });
  const cleanups: (() => Promise<void> | void)[] = [target.stop];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  try {
    const hub = await deploy(project, target, cleanups);
    const end = await serveControls(project, 'deployed', () => Promise.resolve(hub));
    return async () => {
      await end();
      await stop();
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const note = (line: string): void => {
  console.log(`deploy: ${line}`);
};

async function deploy(
  project: TestProject,
  { name, environment, endpoint, flags: needed }: Target,
  cleanups: (() => Promise<void> | void)[],
): Promise<SharedHub> {
  const stack = new DeployedStack(STACK, environment);
  if ((await stack.status()) !== undefined) {
    throw new Error(
      `${name} has a stack ${STACK} already, which this test would write to and remove. Use another account.`,
    );
  }
  const bootstrapped = await bootstrap(environment);
  note(`${name} bootstrapped in ${bootstrapped.seconds.toFixed(1)} s`);
  const issuer = endpoint === undefined ? await publishIssuer(environment) : await startIssuer();
  cleanups.push(issuer.stop);
  const flags = [...needed, '-c', `issuer=${issuer.url}`, '-c', `issuerAudience=${AUDIENCE}`];

  if (name !== 'MiniStack') {
    cleanups.push(async () => {
      await cdkOrThrow(['destroy', '--force', ...flags], environment);
    });
  }
  const deployed = await cdkOrThrow(['deploy', '--require-approval', 'never', ...flags], environment);
  note(`${STACK} deployed in ${deployed.seconds.toFixed(1)} s`);
  project.provide('deployment', { target: name, stack: STACK, environment: { ...environment }, flags });

  const tables = {
    institutions: await stack.table('Institutions'),
    agreements: await stack.table('Agreements'),
    quotas: await stack.table('Quotas'),
    training: await stack.table('Training'),
    events: await stack.table('Events'),
    documents: await stack.table('DocumentsData'),
    audit: await stack.table('Audit'),
    notifications: await stack.table('Notifications'),
  };
  const { institutions: _, audit: __, ...following } = tables;
  const client = new DynamoDBClient(clientConfig(environment));
  const register = registering((lambda, event) => stack.invoke(lambda, event), client, Object.values(following));
  await register(DEMO_INSTITUTIONS.map(({ alias: ___, ...institution }) => institution));
  const url = await stack.apiUrl();
  note(`partners registered; ${url} answers`);

  return {
    controls: {
      facts: async () => ({ url, dynamodb: clientConfig(environment), tables, assembly: '' }),
      token: (request) => issuer.token(request),
      spareInstitution: new SparePartners(register).take,
      invoke: (lambda, event) => stack.invoke(lambda, event),
      // What the rule runs, as the rule runs it.
      runSchedule: async (rule) => {
        await stack.invoke(rule.replace(/Schedule$/, ''), {});
      },
      oneTimeSchedules: () => notHere(endpoint),
      runOneTimeSchedule: () => notHere(endpoint),
      mails: () => notHere(endpoint),
      drainStreams: () => notHere(endpoint),
      objectKeys: () => notHere(endpoint),
      objects: () => notHere(endpoint),
      putObject: () => notHere(endpoint),
      logs: () => notHere(endpoint),
      databaseUsage: () => notHere(endpoint),
      finishedFiles: () => notHere(endpoint),
    },
    stop: async () => undefined,
  };
}

function notHere(endpoint = 'AWS'): Promise<never> {
  return Promise.reject(new Error(`Tests cannot see that of a deployment (${endpoint}).`));
}
