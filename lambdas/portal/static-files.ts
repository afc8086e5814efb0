import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

import Negotiator from 'negotiator';

import type { Reply } from '../shared/http/reply.ts';

const A_DAY = 'public, max-age=86400';

/** A file shipped beside this function's code, compressed. Read once, at the first request that wants it. */
function shippedFile(name: string): () => Buffer {
  let content: Buffer | undefined;
  return () => {
    content ??= readFileSync(join(import.meta.dirname, name));
    return content;
  };
}

/** The text in it. */
export function shippedText(name: string): () => string {
  const compressed = shippedFile(`${name}.br`);
  let text: string | undefined;
  return () => {
    text ??= brotliDecompressSync(compressed()).toString();
    return text;
  };
}

/** How a web page's file is answered. @param acceptEncoding the request's header */
export function shippedAsset(name: string, type: string): (acceptEncoding: string | undefined) => Reply {
  const compressed = shippedFile(`${name}.br`);
  const media = { type, cacheControl: A_DAY, vary: 'accept-encoding' };
  return (acceptEncoding = '') => {
    const isTaken = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }).encoding(['br']) === 'br';
    return isTaken
      ? { body: compressed(), media: { ...media, encoding: 'br' } }
      : { body: brotliDecompressSync(compressed()), media };
  };
}
