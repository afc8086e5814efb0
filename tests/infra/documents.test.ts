import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Hub, startHub } from '../../lib/local/hub.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({ jobs: false });
});
afterAll(() => hub.stop());

function client(secretAccessKey: string): S3Client {
  return new S3Client({
    endpoint: hub.s3Endpoint,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey },
  });
}

test('the bucket of the template is there and keeps what it is given', async () => {
  const object = { Bucket: hub.bucketName('DocumentsBucket'), Key: 'agreements/one.txt' };
  await client('S3RVER').send(new PutObjectCommand({ ...object, Body: 'as signed', ContentType: 'text/plain' }));

  const { Body, ContentType } = await client('S3RVER').send(new GetObjectCommand(object));

  expect(await Body?.transformToString()).toBe('as signed');
  expect(ContentType).toBe('text/plain');
});

test('a request signed with another key is refused', async () => {
  const object = { Bucket: hub.bucketName('DocumentsBucket'), Key: 'agreements/two.txt', Body: 'forged' };

  await expect(client('another key').send(new PutObjectCommand(object))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
});
