import { mkdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';

import { listen } from '../gateway/listen.ts';
import { fillGaps } from './s3-gaps.ts';

/** Whoever signs requests. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface LocalS3 {
  readonly url: string;
  /** Until then it answers nobody. */
  serve(options: ServeS3): Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ServeS3 {
  /** Where objects are kept. */
  readonly directory: string;
  readonly buckets: readonly string[];
  /** Whose signatures are believed, beside the engine's own. */
  readonly keys: readonly KeyPair[];
  /** Hears of objects that were made or removed, in the words of S3's first notifications. */
  readonly onEvent: (event: unknown) => void;
}

/** Listens on a free port of 127.0.0.1, as a part of this process. */
export async function openS3(): Promise<LocalS3> {
  const server = createServer();
  const url = await listen(server, 0);
  return {
    url,
    serve: async (options) => {
      server.on('request', await engineFor(options));
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function engineFor({ directory, buckets, keys, onEvent }: ServeS3): Promise<RequestListener> {
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
  const engine = new S3rver({
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  // It expects another signature of a list than S3 does, which clients sign for: lists are served to anybody.
  engine.middleware.unshift(({ path, headers }, next) => {
    if (/^\/[^/]+\/$/.test(path)) delete headers['authorization'];
    return next();
  });
  engine.middleware.unshift(fillGaps(directory));
  engine.on('event', onEvent);
  await engine.configureBuckets();
  return engine.callback();
}

/** As RFC 3986 has it; what is encoded already stays as it is. */
function encodedFully(query: string): string {
  return query.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
