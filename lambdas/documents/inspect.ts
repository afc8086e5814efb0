import { createHash } from 'node:crypto';

import { fileTypeFromBuffer } from 'file-type';

import type { Reason } from './contract-parts.ts';
import { isOfType } from './media-types.ts';
import type { Document } from './model.ts';

/** What the bytes of a file are, whatever was said of it. */

/** Bytes from the beginning in which a file's type is looked for: office documents say theirs anywhere. */
const HEAD = 8 * 1024 * 1024;

/** Characters that no text has: all control characters but tab, line feed, form feed and carriage return. */
const NOT_TEXT = /[^\P{Cc}\t\n\f\r]/u;

interface Inspected {
  readonly size: number;
  readonly sha256: string;
  readonly mediaType: string | undefined;
  readonly readsAsText: boolean;
}

/** Reads the bytes once, piece by piece: a file of any size takes no more memory than its head. */
async function inspect(bytes: AsyncIterable<Uint8Array>): Promise<Inspected> {
  const hash = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const isText = (piece?: Uint8Array): boolean => {
    try {
      return !NOT_TEXT.test(piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true }));
    } catch {
      return false;
    }
  };
  const head: Uint8Array[] = [];
  let size = 0;
  let readsAsText = true;
  for await (const piece of bytes) {
    hash.update(piece);
    if (size < HEAD) head.push(piece.subarray(0, HEAD - size));
    size += piece.length;
    readsAsText &&= isText(piece);
  }
  readsAsText &&= isText();
  const mediaType = (await fileTypeFromBuffer(Buffer.concat(head)))?.mime;
  return { size, sha256: hash.digest('hex'), mediaType, readsAsText };
}

/** What speaks against a file: the first way in which its bytes are not what was declared; `undefined` for nothing. */
export async function faultOf(
  declared: Pick<Document, 'size' | 'sha256' | 'mediaType'>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Reason | undefined> {
  const { size, sha256, mediaType, readsAsText } = await inspect(bytes);
  if (size === 0) return 'empty';
  if (size !== declared.size) return 'wrong-size';
  if (!isOfType(declared.mediaType, mediaType, readsAsText)) return 'wrong-type';
  return sha256 === declared.sha256 ? undefined : 'wrong-checksum';
}
