import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A file shipped beside this function's code. Read once, at the first request that wants it. */
export function shippedFile(name: string): () => Buffer {
  let content: Buffer | undefined;
  return () => {
    content ??= readFileSync(join(import.meta.dirname, name));
    return content;
  };
}

/** The same of a text that is shipped compressed. */
export function shippedText(name: string): () => string {
  const compressed = shippedFile(name);
  let text: string | undefined;
  return () => {
    text ??= gunzipSync(compressed()).toString();
    return text;
  };
}
