import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { aDescription, becomes, described, download, read, send } from '../support/documents.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';

const MIB = 1024 * 1024;

/** A file that is too large for one request: 65 MiB, of which no two parts are alike. */
const LARGE = Buffer.concat([
  Buffer.from('%PDF-1.7\n'),
  ...Array.from({ length: 65 }, (_, n) => Buffer.alloc(MIB, n + 1)),
]);

const parts = async ({ coordinator }: Institution, id: string, limit?: number) =>
  (
    await coordinator.call('requestDocumentParts', {
      params: { documentId: id },
      ...(limit === undefined ? {} : { body: { limit } }),
    })
  ).ok;

const complete = ({ coordinator }: Institution, id: string) =>
  coordinator.call('completeDocument', { params: { documentId: id } });

type Links = Awaited<ReturnType<typeof parts>>['links'];

async function sendAll(links: Links, bytes: Buffer = LARGE): Promise<void> {
  for (const link of links) {
    const response = await send(link, bytes.subarray(link.from, link.from + link.size));
    expect(response.status).toBe(200);
  }
}

describe('a large file', () => {
  test('is sent in parts, goes on after an interruption, and is checked as a whole', async () => {
    const owner = await anInstitution();
    const document = await described(owner, LARGE);
    expect(document).toMatchObject({ parts: { count: 5, size: 16 * MIB } });
    expect(document).not.toHaveProperty('upload');
    const { id } = document;

    const first = await parts(owner, id, 2);
    expect(first).toMatchObject({ count: 5, uploaded: 0 });
    expect(first.links.map(({ part }) => part)).toEqual([1, 2]);
    await sendAll(first.links);
    const early = await complete(owner, id);
    expect(early.problem).toMatchObject({ type: '/problems/parts-missing', missing: 3 });

    const rest = await parts(owner, id);
    expect(rest).toMatchObject({ count: 5, uploaded: 2 });
    expect(rest.links.map(({ part }) => part)).toEqual([3, 4, 5]);
    await sendAll(rest.links);
    expect((await complete(owner, id)).status).toBe(200);
    await becomes(owner, document, 'available');
    expect((await complete(owner, id)).ok.status).toBe('available');

    const link = (await download(owner.coordinator, document)).ok;
    const bytes = Buffer.from(await (await fetch(link.url)).arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(document.sha256);
  });

  test('whose parts are not those that were declared is rejected, and nothing remains', async () => {
    const owner = await anInstitution();
    const document = await described(owner, LARGE);
    const { links } = await parts(owner, document.id);
    const other = Buffer.from(LARGE);
    other[40 * MIB] = 0;
    await sendAll(links, other);
    await complete(owner, document.id);
    expect(await becomes(owner, document, 'rejected')).toMatchObject({ reason: 'wrong-checksum' });
    await expect.poll(async () => (await hub.objectKeys()).filter((key) => key.includes(document.id))).toEqual([]);
  });

  test('takes no part that is longer or shorter than its link is for', async () => {
    const owner = await anInstitution();
    const { id } = await described(owner, LARGE);
    const { links } = await parts(owner, id, 1);
    for (const link of links) {
      expect((await send(link, LARGE.subarray(0, link.size - 1))).status).toBe(403);
      expect((await send(link, LARGE.subarray(0, link.size + 1))).status).toBe(403);
    }
    expect((await parts(owner, id, 1)).uploaded).toBe(0);
  });

  test('that is given up takes no more', async () => {
    const owner = await anInstitution();
    const { id } = await described(owner, LARGE);
    await sendAll((await parts(owner, id, 1)).links);
    const ifMatch = (await owner.coordinator.call('getDocument', { params: { documentId: id } })).headers.etag ?? '';
    await owner.coordinator.call('deleteDocument', { params: { documentId: id }, ifMatch });
    const answer = await owner.coordinator.call('requestDocumentParts', { params: { documentId: id } });
    expect(answer.problem).toMatchObject({ type: '/problems/upload-over', status: 409 });
    expect((await complete(owner, id)).code).toBe('upload-over');
  });
});

test('a small file is not sent in parts', async () => {
  const owner = await anInstitution();
  const { id } = await described(owner, Buffer.from('%PDF-1.7\n'));
  expect((await owner.coordinator.call('requestDocumentParts', { params: { documentId: id } })).code).toBe(
    'not-in-parts',
  );
  expect((await complete(owner, id)).code).toBe('not-in-parts');
  expect((await read(owner.coordinator, { id })).status).toBe('described');
});

test('two requests that begin an upload at once begin one', async () => {
  const owner = await anInstitution();
  const body = aDescription(LARGE);
  const { id } = (await owner.coordinator.call('createDocument', { body })).ok;
  const both = await Promise.all([parts(owner, id, 1), parts(owner, id, 1)]);
  const uploads = both.flatMap(({ links }) => links.map(({ url }) => new URL(url).searchParams.get('uploadId')));
  expect(new Set(uploads).size).toBe(1);
});
