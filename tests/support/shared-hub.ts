import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { TestProject } from 'vitest/node';

import { contextTables } from '../../lib/local/context-tables.ts';
import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { type SharedHub, serveControls } from './controls.ts';
import { registering, SparePartners } from './spare-partners.ts';

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
  const dynamodb = {
    endpoint: hub.dynamodbEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const tables = contextTables(hub);
  const { institutions: _, audit: __, ...following } = tables;
  const register = registering(
    (lambda, event) => hub.invoke(lambda, event),
    new DynamoDBClient(dynamodb),
    Object.values(following),
  );
  try {
    await register(DEMO_INSTITUTIONS.map(({ alias: ___, ...institution }) => institution));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    controls: {
      facts: async () => ({
        url: hub.url,
        dynamodb,
        tables,
        assembly,
      }),
      token: (request) => hub.token(request),
      spareInstitution: new SparePartners(register).take,
      invoke: (lambda, event) => hub.invoke(lambda, event),
      runSchedule: (rule) => hub.runSchedule(rule),
      oneTimeSchedules: async () => hub.oneTimeSchedules(),
      runOneTimeSchedule: (name) => hub.runOneTimeSchedule(name),
      mails: async () => hub.mails(),
      drainStreams: () => hub.drainStreams(),
      objectKeys: () => keysOf(hub),
      objects: () => objectsOf(hub),
      putObject: async (Key, Body) => {
        await bucketOf(hub).send(new PutObjectCommand({ Bucket: hub.bucketName('DocumentsBucket'), Key, Body }));
      },
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

function bucketOf(hub: Hub): S3Client {
  return new S3Client({
    endpoint: hub.s3Endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

async function keysOf(hub: Hub): Promise<string[]> {
  const { Contents = [] } = await bucketOf(hub).send(
    new ListObjectsV2Command({ Bucket: hub.bucketName('DocumentsBucket') }),
  );
  return Contents.map(({ Key = '' }) => Key);
}

async function objectsOf(hub: Hub): Promise<{ key: string; content: string }[]> {
  const client = bucketOf(hub);
  const Bucket = hub.bucketName('DocumentsBucket');
  const objects = (await keysOf(hub)).map(async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key, Range: 'bytes=0-999999' }));
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
