import { createHash } from 'node:crypto';

import { expect, vi } from 'vitest';

import type { Upload } from '../../lambdas/documents/contract-parts.ts';
import { type CallOptions, type Client } from './client.ts';
import type { Institution } from './factories.ts';
import type { AnswerOf } from './routes.ts';

/** Files, and the documents they become. */

type Document = AnswerOf<'createDocument'>;

let files = 0;

/** A small PDF that no other test has. */
export function aPdf(): Buffer {
  files += 1;
  return Buffer.from(`%PDF-1.7\n% ${String(files)} ${crypto.randomUUID()}\n1 0 obj\n<<>>\nendobj\n%%EOF\n`);
}

/** A program, as Windows runs them. */
export const PROGRAM = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0', 'latin1'), Buffer.alloc(500, 1)]);

/** The harmless file that every scanner takes for malware, in two pieces. */
export const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
  'latin1',
);

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What is truly said of a file. */
export const aDescription = (bytes: Buffer, over: object = {}) => ({
  purpose: 'report',
  name: 'report.pdf',
  mediaType: 'application/pdf',
  size: bytes.length,
  sha256: sha256(bytes),
  classification: 'institution',
  ...over,
});

/** Who describes a file. */
export type Owner = Pick<Institution, 'coordinator'>;

export async function described(
  owner: Owner,
  bytes: Buffer,
  over: object = {},
  options: CallOptions = {},
): Promise<Document> {
  const body = aDescription(bytes, over);
  return (await owner.coordinator.call('createDocument', { body, ...options })).ok;
}

/** Sends bytes to the store as a link says, or otherwise. */
export async function send(
  { url, headers }: Pick<Upload, 'url' | 'headers'>,
  bytes: Buffer,
  over: Readonly<Record<string, string>> = {},
  method = 'PUT',
): Promise<Response> {
  // The length is what `fetch` adds itself.
  const { 'content-length': _, ...others } = { ...headers, ...over };
  return fetch(url, { method, headers: others, body: new Uint8Array(bytes) });
}

export async function uploaded(owner: Owner, bytes: Buffer, over: object = {}): Promise<Document> {
  const document = await described(owner, bytes, over);
  if (document.upload === undefined) throw new Error('There is no link');
  const response = await send(document.upload, bytes);
  expect(response.status).toBe(200);
  return document;
}

export async function read(client: Client, { id }: { readonly id: string }): Promise<AnswerOf<'getDocument'>> {
  return (await client.call('getDocument', { params: { documentId: id } })).ok;
}

/** Waits until a document has this status. */
export async function becomes(
  { coordinator }: Owner,
  document: { readonly id: string },
  status: Document['status'],
): Promise<AnswerOf<'getDocument'>> {
  // Also before the first test.
  await vi.waitFor(
    async () => {
      expect((await read(coordinator, document)).status).toBe(status);
    },
    { timeout: 30_000 },
  );
  return read(coordinator, document);
}

/** A document that is available. */
export async function available(
  owner: Owner,
  bytes: Buffer = aPdf(),
  over: object = {},
): Promise<AnswerOf<'getDocument'>> {
  return becomes(owner, await uploaded(owner, bytes, over), 'available');
}

export function download(client: Client, { id }: { readonly id: string }) {
  return client.call('downloadDocument', { params: { documentId: id } });
}
