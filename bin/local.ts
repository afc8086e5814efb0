import { contextTables } from '../lib/local/context-tables.ts';
import '../lib/compile-cache.ts';

import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Functions run in UTC in the cloud, so they do here.
process.env['TZ'] = 'UTC';

const HELP = `npm start -- [--port <number>] [--fresh]

Serves the Hub on this machine, with demo data, until Ctrl-C.

  --port <number>  where to listen on 127.0.0.1 (default 4000)
  --fresh          throw the data of earlier starts (.hub) away
  --help           this text

HUB_DYNAMODB=dynamodb-local uses AWS's DynamoDB Local (needs Java 17) instead of the embedded database;
AWS_ENDPOINT_URL_DYNAMODB=<url> uses one that runs already.
`;

const DEFAULT_PORT = 4000;

interface Flags {
  readonly port: number;
  readonly fresh: boolean;
  readonly help: boolean;
}

/** @throws Error that says which flag is wrong */
function readFlags(): Flags {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, fresh: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === '') {
    throw new Error(`--port ${String(values.port)}: a port is a number from 0 (any free one) to 65535.`);
  }
  return { port, fresh: values.fresh ?? false, help: values.help ?? false };
}

async function run({ port, fresh }: Flags): Promise<void> {
  const [{ HUB_DIR, claim, readRunning }, { startHub }, { openStore }, { seedDemo }, { welcome }] = await Promise.all([
    import('../lib/local/running.ts'),
    import('../lib/local/hub.ts'),
    import('../lib/local/store.ts'),
    import('../lib/local/demo/seed.ts'),
    import('../lib/local/welcome.ts'),
  ]);
  // Not the data of a hub that runs: `claim` below says so then.
  if (fresh && (await readRunning(HUB_DIR)) === undefined) rmSync(HUB_DIR, { recursive: true, force: true });
  mkdirSync(HUB_DIR, { recursive: true });
  const claimed = await claim(HUB_DIR);
  const log = createWriteStream(join(HUB_DIR, 'hub.log'), { flags: 'a' });

  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interruption.abort();
    });
  }

  stopWithParent(interruption);

  const interrupted = (): boolean => interruption.signal.aborted;

  try {
    const hub = await startHub({
      port,
      dataDir: HUB_DIR,
      onProgress: (line) => {
        console.log(`${line} …`);
      },
      onLog: (line) => log.write(`${line}\n`),
    });
    try {
      if (interrupted()) return;
      console.log('Filling in the demo data …');
      const demo = await seedDemo(hub, openStore(HUB_DIR));
      if (interrupted()) return;
      const { url, dynamodbEndpoint: dynamodb, s3Endpoint: s3 } = hub;
      const tables = contextTables(hub);
      claimed.announce({ url, dynamodb, s3, tables, bucket: hub.bucketName('DocumentsBucket') });
      console.log(welcome(hub.url, demo));
      await once(interruption.signal, 'abort');
    } finally {
      await hub.stop();
    }
  } finally {
    claimed.release();
    await new Promise((resolve) => log.end(resolve));
  }
}

/**
 * A signal sent to `npm start` ends npm and the shell between, but does not reach this process. Losing its parent is how
 * it learns of that.
 */
function stopWithParent(interruption: AbortController): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) interruption.abort();
  }, 300).unref();
}

function explained(error: unknown, port: number): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `Port ${String(port)} is taken. Choose another: npm start -- --port ${String(port + 1)}`;
  }
  return error.message;
}

let flags: Flags;
try {
  flags = readFlags();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exit(1);
}

if (flags.help) console.log(HELP);
else {
  try {
    await run(flags);
    process.exit(0);
  } catch (error) {
    console.error(explained(error, flags.port));
    process.exit(1);
  }
}
