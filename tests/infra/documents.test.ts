import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Hub, startHub } from '../../lib/local/hub.ts';
import { STAGES } from '../../lib/stage-config.ts';
import { at, references, stage, templateOf } from '../support/stages.ts';

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

describe.each(STAGES)('the bucket of documents in %s', (name) => {
  const template = templateOf(stage(name));
  const bucket = template.find('DocumentsBucket', 'AWS::S3::Bucket');
  const rules = at(bucket, 'LifecycleConfiguration', 'Rules') as readonly Record<string, unknown>[];
  const rule = (id: string) => rules.find(({ Id }) => Id === id);
  interface Statement {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Principal: unknown;
    readonly Resource: unknown;
    readonly Condition?: unknown;
  }
  const statements = (
    at(template.find('DocumentsBucketPolicy', 'AWS::S3::BucketPolicy'), 'PolicyDocument', 'Statement') as Statement[]
  ).filter(({ Resource, Condition }) => JSON.stringify([Resource, Condition]).includes('documents/*'));

  test('removes what has ended when its classification says, and what was begun and never finished', () => {
    const days = { public: 30, partners: 90, institution: 365, clinical: 3653 };
    for (const [classification, ExpirationInDays] of Object.entries(days)) {
      const TagFilters = [{ Key: 'ended', Value: classification }];
      const Prefix = 'documents/';
      expect(rule(`ended-${classification}`)).toMatchObject({
        Status: 'Enabled',
        Prefix,
        TagFilters,
        ExpirationInDays,
      });
    }
    expect(rule('removed')).toMatchObject({
      ...{ Prefix: 'documents/', ExpiredObjectDeleteMarker: true },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    });
    expect(rule('unfinished')).toMatchObject({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 } });
    // Nothing else removes anything, least of all the audit's anchors.
    const removing = rules.filter((each) => 'ExpirationInDays' in each || 'NoncurrentVersionExpiration' in each);
    expect(removing).toHaveLength(5);
    for (const each of removing) expect(each['Prefix']).toBe('documents/');
  });

  test('moves what is seldom read to where it costs less, and is still read at once', () => {
    expect(rule('colder')).toMatchObject({
      Prefix: 'documents/',
      Transitions: [
        { StorageClass: 'STANDARD_IA', TransitionInDays: 90 },
        { StorageClass: 'GLACIER_IR', TransitionInDays: 365 },
      ],
    });
  });

  test('tells the event bus of objects', () => {
    expect(at(bucket, 'NotificationConfiguration')).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });

  test('lets web pages of the stage’s own origins in, and no others', () => {
    const { allowedOrigins } = stage(name);
    const cors = at(bucket, 'CorsConfiguration', 'CorsRules') as readonly Record<string, unknown>[] | undefined;
    expect(cors?.flatMap(({ AllowedOrigins }) => AllowedOrigins) ?? []).toEqual(allowedOrigins);
    for (const each of cors ?? []) expect(each['AllowedMethods']).toEqual(['GET', 'PUT']);
  });

  test('puts nothing over anything, and takes no signature older than five minutes, whoever has signed', () => {
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toMatchObject([
      {
        ...{ Action: 's3:PutObject', Principal: { AWS: '*' } },
        Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      },
      {
        ...{ Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], Principal: { AWS: '*' } },
        Condition: { NumericGreaterThan: { 's3:signatureAge': '300000' } },
      },
    ]);
  });

  test('is written to by the API alone, and removed from by its jobs', () => {
    const who = (action: string) =>
      statements
        .filter(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes(action))
        .flatMap(({ Principal }) =>
          [...JSON.stringify(Principal).matchAll(/"(Documents\w+?)Role/g)].map(([, name]) => name),
        )
        .toSorted();
    expect(who('s3:PutObject')).toEqual(['DocumentsHttp']);
    expect(who('s3:DeleteObject')).toEqual(['DocumentsArrived', 'DocumentsKeeping', 'DocumentsSweep']);
    expect(who('s3:GetObject')).toEqual([
      ...['DocumentsArrived', 'DocumentsHttp', 'DocumentsScanner', 'DocumentsSweep'],
    ]);
  });

  test('is scanned by GuardDuty, whose findings a rule takes', () => {
    const plan = template.find('DocumentsScanner', 'AWS::GuardDuty::MalwareProtectionPlan');
    expect(plan.properties).toMatchObject({
      ProtectedResource: { S3Bucket: { BucketName: { Ref: bucket.logicalId }, ObjectPrefixes: ['documents/'] } },
      Role: { 'Fn::GetAtt': [expect.stringMatching(/^DocumentsScannerRole/), 'Arn'] },
    });
    const taking = template.find('DocumentsScannedRule', 'AWS::Events::Rule');
    expect(at(taking, 'EventPattern')).toEqual({
      source: ['aws.guardduty'],
      'detail-type': ['GuardDuty Malware Protection Object Scan Result'],
      detail: {
        s3ObjectDetails: { bucketName: [{ Ref: bucket.logicalId }], objectKey: [{ prefix: 'documents/' }] },
      },
    });
    expect(references(at(taking, 'Targets'))).toEqual([expect.stringMatching(/^DocumentsScannedFunction/)]);
  });

  test('keeps agreements for ten years; a trial for a day', () => {
    const lambda = template.find('DocumentsScannedFunction', 'AWS::Lambda::Function');
    expect(at(lambda, 'Environment', 'Variables', 'KEPT_DAYS')).toBe(name === 'prod' ? '3653' : '1');
  });
});
