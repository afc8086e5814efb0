import { describe, expect, test } from 'vitest';

import {
  aDescription,
  aPdf,
  becomes,
  described,
  download,
  EICAR,
  PROGRAM,
  read,
  send,
  sha256,
  uploaded,
} from '../support/documents.ts';
import { anInstitution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';

/** The keys in the bucket that are about a document. */
async function objectsOf({ id }: { readonly id: string }): Promise<string[]> {
  return (await hub.objectKeys()).filter((key) => key.includes(id));
}

describe('a file', () => {
  test('is described, uploaded, checked, scanned, and downloaded as what it is', async () => {
    const owner = await anInstitution();
    const bytes = aPdf();
    const name = 'Протокол консилиума “2026-03”.pdf';
    const document = await described(owner, bytes, { name });
    expect(document).toMatchObject({ status: 'described', institutionId: owner.id, held: false });
    expect((await download(owner.coordinator, document)).code).toBe('document-not-available');

    const { upload } = document;
    if (upload === undefined) throw new Error('There is no link');
    expect(new URL(upload.url).pathname).toMatch(new RegExp(`/documents/${owner.id}/${document.id}$`));
    expect(Date.parse(upload.expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    expect((await send(upload, bytes)).status).toBe(200);

    const there = await becomes(owner, document, 'available');
    expect(there).toMatchObject({ name, sha256: sha256(bytes), availableAt: expect.any(String) as string });
    expect(there).not.toHaveProperty('upload');
    const link = (await download(owner.coordinator, document)).ok;
    const response = await fetch(link.url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''%D0%9F/);
    expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? '')).toBe(name);
  });

  test('has one document, however often it is described with the same key, and each time a fresh link', async () => {
    const owner = await anInstitution();
    const bytes = aPdf();
    const key = crypto.randomUUID();
    const body = aDescription(bytes);
    const first = await owner.coordinator.call('createDocument', { body, key });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await owner.coordinator.call('createDocument', { body, key });
    expect(again.ok.id).toBe(first.ok.id);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.ok.upload?.url).not.toBe(first.ok.upload?.url);
    if (again.ok.upload === undefined) throw new Error('There is no link');
    expect((await send(again.ok.upload, bytes)).status).toBe(200);
    await becomes(owner, first.ok, 'available');
    const late = await owner.coordinator.call('createDocument', { body, key });
    expect(late.ok).toMatchObject({ id: first.ok.id, status: 'available' });
    expect(late.ok).not.toHaveProperty('upload');
    expect((await owner.coordinator.call('createDocument', { body: aDescription(aPdf()), key })).code).toBe(
      'idempotency-key-reused',
    );
  });

  test('with malware is never to be had, and is removed', async () => {
    const owner = await anInstitution();
    const over = { name: 'harmless.txt', mediaType: 'text/plain' };
    const document = await uploaded(owner, EICAR, over);
    const found = await becomes(owner, document, 'threats-found');
    expect(found.reason).toBe('threats-found');
    expect((await download(owner.coordinator, document)).problem).toMatchObject({
      status: 409,
      reason: 'threats-found',
    });
    await expect.poll(() => objectsOf(document)).toEqual([]);
  });

  test.each([
    ['a program that is called a PDF', PROGRAM, {}, 'wrong-type'],
    ['a PDF that is called a text', aPdf(), { name: 'a.txt', mediaType: 'text/plain' }, 'wrong-type'],
    [
      'what is no text',
      Buffer.from([0x41, 0xff, 0xfe, 0x00]),
      { name: 'a.txt', mediaType: 'text/plain' },
      'wrong-type',
    ],
    [
      'a web page that is called a picture',
      Buffer.from('<html></html>'),
      { name: 'a.png', mediaType: 'image/png' },
      'wrong-type',
    ],
    ['other bytes than were declared', aPdf(), { sha256: '0'.repeat(64) }, 'wrong-checksum'],
  ])('that is %s is rejected, says why, and leaves nothing behind', async (_what, bytes, over, reason) => {
    const owner = await anInstitution();
    const document = await uploaded(owner, bytes, over);
    expect(await becomes(owner, document, 'rejected')).toMatchObject({ reason });
    expect((await download(owner.coordinator, document)).code).toBe('document-not-available');
    await expect.poll(() => objectsOf(document)).toEqual([]);
  });
});

describe('the store takes', () => {
  const REFUSED = [400, 403, 411, 412];

  test.each<readonly [string, (bytes: Buffer) => Parameters<typeof send> extends [unknown, ...infer R] ? R : never]>([
    ['more bytes', (bytes) => [Buffer.concat([bytes, bytes])]],
    ['no bytes', () => [Buffer.alloc(0)]],
    ['another media type', (bytes) => [bytes, { 'content-type': 'text/html' }]],
    ['another checksum', (bytes) => [bytes, { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') }]],
    ['to replace what is there', (bytes) => [bytes, { 'if-none-match': '' }]],
    ['to be read', () => [Buffer.alloc(0), {}, 'DELETE']],
  ])('no other request than the link is for: %s', async (_what, request) => {
    const owner = await anInstitution();
    const bytes = aPdf();
    const document = await described(owner, bytes);
    if (document.upload === undefined) throw new Error('There is no link');
    const response = await send(document.upload, ...request(bytes));
    expect(REFUSED).toContain(response.status);
    expect(await objectsOf(document)).toEqual([]);
    expect((await read(owner.coordinator, document)).status).toBe('described');
  });

  const withOther = (url: string, name: string, value: string): string => {
    const changed = new URL(url);
    changed.searchParams.set(name, value);
    return changed.href;
  };

  test.each<readonly [string, (url: string, other: string) => string]>([
    ['another key', (url) => url.replace('?', 'x?')],
    ['a key of another institution', (url, other) => url.replace(/documents\/[^/]+/, `documents/${other}`)],
    ['a longer life', (url) => withOther(url, 'X-Amz-Expires', '86400')],
    ['no signature', (url) => url.replace(/\?.*/, '')],
    ['fewer signed headers', (url) => withOther(url, 'X-Amz-SignedHeaders', 'host')],
  ])('no link that was changed: %s', async (_what, change) => {
    const [owner, other] = [await anInstitution(), await anInstitution()];
    const bytes = aPdf();
    const { upload } = await described(owner, bytes);
    if (upload === undefined) throw new Error('There is no link');
    expect((await send({ ...upload, url: change(upload.url, other.id) }, bytes)).status).toBe(403);
  });

  test('a file once', async () => {
    const owner = await anInstitution();
    const bytes = aPdf();
    const { upload, id } = await described(owner, bytes);
    if (upload === undefined) throw new Error('There is no link');
    expect((await send(upload, bytes)).status).toBe(200);
    expect((await send(upload, bytes)).status).toBe(412);
    await becomes(owner, { id }, 'available');
  });
});
