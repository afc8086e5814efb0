import { mkdirSync } from 'node:fs';

/** Whoever signs requests. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RunningS3 {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts an S3 with these buckets on 127.0.0.1, in this process.
 * @param directory where objects are kept
 * @param keys whose signatures are believed, beside the engine's own
 */
export async function startS3(
  port: number,
  directory: string,
  buckets: readonly string[],
  keys: readonly KeyPair[],
): Promise<RunningS3> {
  mkdirSync(directory, { recursive: true });
  // Loaded late: it takes longer than anything else here and the rest starts meanwhile.
  const { default: S3rver } = await import('@20minutes/s3rver');
  const { default: accounts } = await import('@20minutes/s3rver/lib/models/account.js');
  for (const { accessKeyId, secretAccessKey } of keys) {
    accounts.DUMMY_ACCOUNT.createKeyPair(accessKeyId, secretAccessKey);
  }
  const server = new S3rver({
    address: '127.0.0.1',
    port,
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  // It expects another signature of a list than S3 does, which clients sign for: lists are served to anybody.
  server.middleware.unshift(({ path, headers }, next) => {
    if (/^\/[^/]+\/$/.test(path)) delete headers['authorization'];
    return next();
  });
  await server.run();
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    stop: async () => {
      server.httpServer?.closeAllConnections();
      await server.close();
    },
  };
}
