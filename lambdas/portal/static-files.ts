import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file shipped beside this function's code. Read once, at the first request that wants it. */
export function shippedFile(name: string): () => Buffer {
  let content: Buffer | undefined;
  return () => {
    content ??= readFileSync(join(import.meta.dirname, name));
    return content;
  };
}
