import { mkdirSync } from 'node:fs';

import { fillGaps } from './s3-gaps.ts';

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
 * @param onEvent hears of objects that were made or removed, in the words of S3's first notifications
 */
export async function startS3(
  port: number,
  directory: string,
  buckets: readonly string[],
  keys: readonly KeyPair[],
  onEvent: (event: unknown) => void,
): Promise<RunningS3> {
  mkdirSync(directory, { recursive: true });
  // Loaded late: it takes longer than anything else here and the rest starts meanwhile.
  const { default: S3rver } = await import('@20minutes/s3rver');
  const { default: accounts } = await import('@20minutes/s3rver/lib/models/account.js');
  const { default: signatures } = await import('@20minutes/s3rver/lib/signature/v4.js');
  const { getStringToSign } = signatures;
  // It leaves five characters of a query as they are that S3 does not, such as those in the name of a download.
  signatures.getStringToSign = (request, signature) =>
    getStringToSign({ ...request, querystring: encodedFully(request.querystring) }, signature);
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
  server.middleware.unshift(fillGaps(directory));
  server.on('event', onEvent);
  await server.run();
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    stop: async () => {
      server.httpServer?.closeAllConnections();
      await server.close();
    },
  };
}

/** As RFC 3986 has it; what is encoded already stays as it is. */
function encodedFully(query: string): string {
  return query.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
