import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { takeIn, takeScan } from '../../lambdas/documents/checking.ts';
import { Description } from '../../lambdas/documents/contract-parts.ts';
import { DocumentStore } from '../../lambdas/documents/document-store.ts';
import { DocumentsTable } from '../../lambdas/documents/documents-table.ts';
import { objectKeyOf } from '../../lambdas/documents/keys.ts';
import { uploadOf } from '../../lambdas/documents/links.ts';
import { type Document, newDocument } from '../../lambdas/documents/model.ts';
import type { CheckPorts } from '../../lambdas/documents/ports.ts';
import { sweep } from '../../lambdas/documents/sweeping.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { aDescription, aPdf, send } from '../support/documents.ts';

/** What is left half done: on a hub without jobs, whose events nobody hears. */

const INSTITUTION = '019a8f3e-7c00-7a11-8000-0000000000d1';
const HOUR = 3_600_000;

let hub: Hub;
let documents: DocumentsTable;
let store: DocumentStore;
let bucket: S3Client;
beforeAll(async () => {
  hub = await startHub({ jobs: false });
  const signed = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  vi.stubEnv('AWS_REGION', signed.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', hub.s3Endpoint);
  store = new DocumentStore(hub.bucketName('DocumentsBucket'));
  bucket = new S3Client({ ...signed, endpoint: hub.s3Endpoint, forcePathStyle: true });
  const client = new DynamoDBClient({ ...signed, endpoint: hub.dynamodbEndpoint });
  const marshallOptions = { removeUndefinedValues: true };
  const database = DynamoDBDocumentClient.from(client, { marshallOptions });
  documents = new DocumentsTable(new SingleTable(database, hub.tableName('DocumentsData')));
  await documents.partners.put({ id: INSTITUTION, status: 'active', version: 1 });
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  bucket.destroy();
  await hub.stop();
});

const portsIn = (hours: number): CheckPorts => ({
  ...{ documents, store, keptDays: 1, newId: () => crypto.randomUUID() },
  now: () => new Date(Date.now() + hours * HOUR),
});

async function described(bytes: Buffer): Promise<Document> {
  const deed = { by: HUB, institutionId: INSTITUTION, now: new Date() };
  const document = newDocument(crypto.randomUUID(), Description.parse(aDescription(bytes)), deed);
  const creation = { request: crypto.randomUUID(), fingerprint: 'x', resourceId: document.id, now: new Date() };
  expect(await documents.create(creation, document)).toEqual({ kind: 'created' });
  return document;
}

async function uploaded(bytes = aPdf()): Promise<Document> {
  const document = await described(bytes);
  const upload = await uploadOf(portsIn(0), document);
  if (upload === undefined) throw new Error('There is no link');
  expect((await send(upload, bytes)).status).toBe(200);
  return document;
}

const statusOf = async ({ id }: Document) => (await documents.get(id))?.status;
const objectOf = (document: Document) => ({ key: objectKeyOf(document) });

test('a file of whose arrival nobody was told is found, checked, and made available by the scan that comes late', async () => {
  const document = await uploaded();
  expect((await sweep(portsIn(0))).abandoned).toBe(0);
  expect(await statusOf(document)).toBe('described');
  expect(await sweep(portsIn(2))).toMatchObject({ abandoned: 0, DocumentsStuck: 1 });
  expect(await statusOf(document)).toBe('scanning');
  await takeScan(portsIn(2), objectOf(document), 'clean');
  expect(await statusOf(document)).toBe('available');
  expect(await sweep(portsIn(4))).toMatchObject({ DocumentsStuck: 0 });
});

test('what was described and never uploaded is given up, and what is uploaded then is nobody’s', async () => {
  const bytes = aPdf();
  const document = await described(bytes);
  const upload = await uploadOf(portsIn(0), document);
  expect((await sweep(portsIn(2))).abandoned).toBe(1);
  expect(await documents.get(document.id)).toMatchObject({ status: 'rejected', reason: 'never-uploaded' });
  if (upload === undefined) throw new Error('There is no link');
  await send(upload, bytes);
  expect(await takeIn(portsIn(2), objectOf(document))).toBe('orphan');
  expect(await store.find(objectKeyOf(document))).toBeUndefined();
});

test('objects that are nobody’s are found in the bucket, those of documents stay', async () => {
  const document = await uploaded();
  await takeIn(portsIn(0), objectOf(document));
  const keys = [`documents/${INSTITUTION}/${crypto.randomUUID()}`, 'documents/whatever'];
  for (const Key of [...keys, 'audit/anchors/not-ours']) {
    await bucket.send(new PutObjectCommand({ Bucket: hub.bucketName('DocumentsBucket'), Key, Body: 'x' }));
  }
  // Too young: their documents may just be described.
  expect((await sweep(portsIn(0))).DocumentsOrphaned).toBe(0);
  expect((await sweep(portsIn(2))).DocumentsOrphaned).toBe(2);
  for (const key of keys) expect(await store.find(key)).toBeUndefined();
  expect(await store.find('audit/anchors/not-ours')).toBeDefined();
  expect(await store.find(objectKeyOf(document))).toBeDefined();
});

test('news that comes twice, late, and at the same moment makes one document available once', async () => {
  const document = await uploaded();
  const ports = portsIn(0);
  const object = objectOf(document);
  await Promise.all([takeIn(ports, object), takeScan(ports, object, 'clean'), takeIn(ports, object)]);
  await takeScan(ports, object, 'clean');
  const there = await documents.get(document.id);
  expect(there?.status).toBe('available');
  await Promise.all([takeIn(ports, object), takeScan(ports, object, 'clean')]);
  expect(await documents.get(document.id)).toEqual(there);
  expect(await store.find(object.key)).toBeDefined();
});

test('malware that the scanner reports before the check has ended is never available', async () => {
  const document = await uploaded();
  const ports = portsIn(0);
  await Promise.all([takeIn(ports, objectOf(document)), takeScan(ports, objectOf(document), 'threats')]);
  await takeScan(ports, objectOf(document), 'clean');
  expect(await statusOf(document)).toBe('threats-found');
});
