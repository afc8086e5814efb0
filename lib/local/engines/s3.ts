import { mkdirSync } from 'node:fs';

export interface RunningS3 {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts an S3 with these buckets on 127.0.0.1, in this process.
 * @param directory where objects are kept
 */
export async function startS3(port: number, directory: string, buckets: readonly string[]): Promise<RunningS3> {
  mkdirSync(directory, { recursive: true });
  // Loaded late: it takes longer than anything else here and the rest starts meanwhile.
  const { default: S3rver } = await import('@20minutes/s3rver');
  const server = new S3rver({
    address: '127.0.0.1',
    port,
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: buckets.map((name) => ({ name })),
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
