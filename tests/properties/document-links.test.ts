import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { Description } from '../../lambdas/documents/contract-parts.ts';
import { DocumentStore } from '../../lambdas/documents/document-store.ts';
import { DocumentsTable } from '../../lambdas/documents/documents-table.ts';
import { attachmentNamed, FileName } from '../../lambdas/documents/file-name.ts';
import { LINK_LIFE, partLinkOf, uploadOf } from '../../lambdas/documents/links.ts';
import { extensionsOf, LARGEST, LARGEST_AT_ONCE, MEDIA_TYPES } from '../../lambdas/documents/media-types.ts';
import { allParts, type Document, newDocument } from '../../lambdas/documents/model.ts';
import type { Ports } from '../../lambdas/documents/ports.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';

/** That no link looser than the rules can be made, whatever a file is said to be. Links are made without asking anybody. */

const SIGNING = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'somebody',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
};
let store: DocumentStore;
beforeAll(() => {
  for (const [name, value] of Object.entries(SIGNING)) vi.stubEnv(name, value);
  store = new DocumentStore('bucket');
});
afterAll(() => {
  vi.unstubAllEnvs();
});
const documents = new DocumentsTable(new SingleTable(DynamoDBDocumentClient.from(new DynamoDBClient()), 'nobody asks'));

const uuid = fc.uuid({ version: 4 });
const stem = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
const described = fc
  .record({
    mediaType: fc.constantFrom(...Object.keys(MEDIA_TYPES)),
    stem,
    size: fc.oneof(
      fc.integer({ min: 1, max: LARGEST }),
      fc.constantFrom(1, LARGEST_AT_ONCE, LARGEST_AT_ONCE + 1, LARGEST),
    ),
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    clinical: fc.boolean(),
  })
  .map(({ mediaType, stem: name, size, sha256, clinical }) => ({
    ...{ mediaType, size, sha256, name: `${name}.${extensionsOf(mediaType)[0] ?? ''}` },
    ...(clinical
      ? { purpose: 'clinical', classification: 'clinical' }
      : { purpose: 'paper', classification: 'public' }),
  }));

/** A description that the contract lets pass, as a document; and some time that has gone by since. */
const cases = fc
  .record({ body: described, id: uuid, institutionId: uuid, elapsed: fc.integer({ min: 0, max: 8 * 24 * 3_600_000 }) })
  .map(({ body, ...rest }) => ({ ...rest, parsed: Description.safeParse(body) }))
  .filter(({ parsed }) => parsed.success)
  .map(({ parsed, id, institutionId, elapsed }): { document: Document; now: Date } => {
    const made = new Date('2026-03-01T12:00:00Z');
    const document = newDocument(id, parsed.data!, { by: HUB, institutionId, now: made });
    return { document, now: new Date(made.getTime() + elapsed) };
  });

const portsAt = (now: Date): Ports => ({ documents, store, now: () => now, newId: () => crypto.randomUUID() });

function expectStrict(
  url: string,
  { id, institutionId, uploadBefore }: Document,
  now: Date,
  signed: readonly string[],
) {
  const { pathname, searchParams } = new URL(url);
  expect(pathname).toBe(`/bucket/documents/${institutionId}/${id}`);
  const seconds = Number(searchParams.get('X-Amz-Expires'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(300);
  expect(now.getTime() + seconds * 1000).toBeLessThanOrEqual(Date.parse(uploadBefore) + 1000);
  const headers = (searchParams.get('X-Amz-SignedHeaders') ?? '').split(';');
  expect(headers).toEqual(expect.arrayContaining(['host', ...signed]));
}

const NAMES = ['content-length', 'content-type', 'if-none-match', 'x-amz-checksum-sha256'];

describe('a link', () => {
  test('lives for five minutes at most', () => {
    expect(LINK_LIFE).toBe(300);
  });

  test('to upload a file is for that file alone, in its institution’s place, and while it is waited for', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ document, now }) => {
        const upload = await uploadOf(portsAt(now), document);
        const isWaitedFor = now.toISOString() < document.uploadBefore;
        expect(upload !== undefined).toBe(isWaitedFor && document.size <= LARGEST_AT_ONCE);
        if (upload === undefined) return;
        expectStrict(upload.url, document, now, NAMES);
        expect(upload.headers).toEqual({
          'content-length': String(document.size),
          'content-type': document.mediaType,
          'if-none-match': '*',
          'x-amz-checksum-sha256': Buffer.from(document.sha256, 'hex').toString('base64'),
        });
        // A header in the query would be the link's to change nothing of, and nobody's to send.
        for (const name of NAMES) expect(new URL(upload.url).searchParams.has(name)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test.each(['uploaded', 'scanning', 'available', 'rejected', 'threats-found', 'superseded', 'deleted'] as const)(
    'to upload is not made for what is %s',
    async (status) => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ document, now }) => {
          expect(await uploadOf(portsAt(now), { ...document, status })).toBeUndefined();
        }),
        { numRuns: 20 },
      );
    },
  );

  test('to upload a part is for so many bytes; all parts together are the file', async () => {
    const large = cases.filter(({ document }) => document.size > LARGEST_AT_ONCE);
    await fc.assert(
      fc.asyncProperty(large, fc.nat(), async ({ document, now }, number) => {
        const parts = allParts(document);
        expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(document.size);
        expect(parts.length).toBeLessThanOrEqual(10_000);
        const part = parts[number % parts.length]!;
        const link = await partLinkOf(portsAt(now), document, 'upload', part);
        expectStrict(link.url, { ...document, uploadBefore: '9999-12-31T00:00:00Z' }, now, ['content-length']);
        expect(link.headers).toEqual({ 'content-length': String(part.size) });
        expect(new URL(link.url).searchParams.get('partNumber')).toBe(String(part.part));
      }),
      { numRuns: 100 },
    );
  });

  test('to download says a file name that no header or file system can be tricked by', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: 'binary' }), (anything) => {
        const { data: name } = FileName.safeParse(`${anything}.pdf`);
        if (name === undefined) return;
        const disposition = attachmentNamed(name);
        expect(disposition).toMatch(
          /^attachment; filename="[^"\\\p{Cc}\P{ASCII}]*"; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/u,
        );
        expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? '')).toBe(name);
        expect(name).not.toMatch(/[/\\\p{C}]/u);
      }),
      { numRuns: 2000 },
    );
  });
});
