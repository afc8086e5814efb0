import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { TestProject } from 'vitest/node';

import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { type SharedHub, serveControls, sparePartners } from './controls.ts';

/**
 * One hub for all API tests. It runs in the test runner's own process, and starts when the first test asks for it; the
 * test files reach what HTTP does not offer through a second, small server. Test files keep out of each other's way by
 * acting for institutions of their own.
 */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return serveControls(project, 'local', () => start(project));
}

async function start(project: TestProject): Promise<SharedHub> {
  const lines: string[] = [];
  const assembly = mkdtempSync(join(tmpdir(), 'hub-assembly-'));
  const { synthesize } = await import('../../lib/local/template/synthesize.ts');
  synthesize(assembly);
  // What runs every minute would visit thousands of grants, most of the time for nothing: tests run it when they need it.
  const hub = await startHub({ assembly, clock: false, onLog: (line) => lines.push(line) });
  const stop = async (): Promise<void> => {
    await hub.stop();
    rmSync(assembly, { recursive: true, force: true });
  };
  const spare = sparePartners();
  try {
    const partners = [...DEMO_INSTITUTIONS.map(({ alias: _, ...institution }) => institution), ...spare.partners];
    // A few at a time: an engine that has just started is slow, and a function waits for it three seconds only.
    for (let first = 0; first < partners.length; first += 50) {
      await hub.invoke('InstitutionsRegister', { institutions: partners.slice(first, first + 50) });
    }
    // Every job hears of every partner, and the audit writes each down.
    await hub.drainStreams(120_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    controls: {
      facts: async () => ({
        url: hub.url,
        dynamodb: {
          endpoint: hub.dynamodbEndpoint,
          region: 'eu-central-1',
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        },
        tables: {
          institutions: hub.tableName('Institutions'),
          agreements: hub.tableName('Agreements'),
          quotas: hub.tableName('Quotas'),
          audit: hub.tableName('Audit'),
        },
        assembly,
      }),
      token: (request) => hub.token(request),
      spareInstitution: spare.take,
      invoke: (lambda, event) => hub.invoke(lambda, event),
      runSchedule: (rule) => hub.runSchedule(rule),
      drainStreams: () => hub.drainStreams(),
      objects: () => objectsOf(hub),
      logs: async () => lines,
      databaseUsage: async () => {
        const usage = hub.databaseUsage();
        return usage && Object.fromEntries(usage);
      },
      finishedFiles: async () => finishedFiles(project),
    },
    stop,
  };
}

async function objectsOf(hub: Hub): Promise<{ key: string; content: string }[]> {
  const client = new S3Client({
    endpoint: hub.s3Endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const Bucket = hub.bucketName('DocumentsBucket');
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  const objects = Contents.map(async ({ Key: key = '' }) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
    return { key, content: (await Body?.transformToString()) ?? '' };
  });
  return Promise.all(objects);
}

function finishedFiles({ vitest, config }: TestProject): string[] {
  // With a pattern some tests of every file are left out.
  if (config.testNamePattern !== undefined) return [];
  const finished = vitest.state.getTestModules().filter((each) => ['passed', 'failed'].includes(each.state()));
  return finished.map(({ moduleId }) => moduleId);
}
