import { describe, expect, test } from 'vitest';

import { at, references, stage, templateOf } from '../support/stages.ts';

/** What holds for whatever is deployed; `prod` is what partners use, and `dev` differs in settings only. */
const template = templateOf(stage('prod'));

describe('every function', () => {
  const functions = () => template.ofType('AWS::Lambda::Function');

  test('runs Node 24 on arm64', () => {
    const settings = functions().map((each) => [at(each, 'Runtime'), at(each, 'Architectures')]);
    expect(settings.length).toBeGreaterThanOrEqual(6);
    for (const setting of settings) expect(setting).toEqual(['nodejs24.x', ['arm64']]);
  });

  test('has a role of its own', () => {
    const roles = functions().flatMap((each) => references(at(each, 'Role')));
    expect(new Set(roles).size).toBe(functions().length);
  });

  test('has a log group of its own, whose lines do not stay for ever', () => {
    const groups = functions().map((each) => references(at(each, 'LoggingConfig', 'LogGroup'))[0] ?? '');
    expect(new Set(groups).size).toBe(functions().length);
    for (const group of groups) {
      expect(at(template.find(group, 'AWS::Logs::LogGroup'), 'RetentionInDays')).toBeGreaterThan(0);
    }
  });

  test('has a limit of time and says what it does', () => {
    for (const each of functions()) {
      expect(at(each, 'Timeout')).toBeLessThanOrEqual(60);
      expect(String(at(each, 'Description')).length).toBeGreaterThan(10);
    }
  });
});

describe('every table', () => {
  const tables = () => template.ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');

  test('is paid by use, streams its changes, is encrypted and forgets what it may', () => {
    expect(tables()).toHaveLength(2);
    for (const table of tables()) {
      expect(table.properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      });
    }
  });

  test('can be restored to any second and not be deleted', () => {
    for (const table of tables()) {
      const [replica] = at(table, 'Replicas') as Record<string, unknown>[];
      expect(replica).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });
});

describe('every role', () => {
  interface Statement {
    readonly Action: string | string[];
    readonly Resource: unknown;
    readonly Effect: string;
  }
  const policies = () => template.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  const statements = () =>
    policies().flatMap((policy) => at(policy, 'PolicyDocument', 'Statement') as readonly Statement[]);

  test('is allowed actions by name', () => {
    const actions = statements().flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(10);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('is allowed them on resources by name', () => {
    expect(statements().filter(({ Resource }) => Resource === '*')).toEqual([]);
  });

  test('has no managed policy', () => {
    expect(template.ofType('AWS::IAM::Role').filter((role) => at(role, 'ManagedPolicyArns') !== undefined)).toEqual([]);
  });

  test('may not delete what is stored', () => {
    const actions = statements().flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^dynamodb:(?:Delete|BatchWrite|Scan)/.test(action))).toEqual([]);
  });
});

describe('every bucket', () => {
  const buckets = () => template.ofType('AWS::S3::Bucket');

  test('is private, versioned and encrypted', () => {
    expect(buckets()).toHaveLength(2);
    for (const bucket of buckets()) {
      expect(bucket.properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
      expect(at(bucket, 'BucketEncryption')).toBeDefined();
    }
  });

  test('answers over TLS 1.2 and later only', () => {
    const denied = template
      .ofType('AWS::S3::BucketPolicy')
      .flatMap((policy) => at(policy, 'PolicyDocument', 'Statement') as { Effect: string; Condition?: unknown }[])
      .filter(({ Effect }) => Effect === 'Deny')
      .map(({ Condition }) => Condition);
    expect(denied).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    expect(denied).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
  });
});

const KEEPS_DATA = [
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::GlobalTable',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
];

describe('what is stored', () => {
  test('stays when the stack goes, in prod', () => {
    const stores = template.ofType(...KEEPS_DATA);
    expect(stores.length).toBeGreaterThan(8);
    for (const { deletionPolicy, updateReplacePolicy } of stores) {
      expect([deletionPolicy, updateReplacePolicy]).toEqual(['Retain', 'Retain']);
    }
  });

  test('goes with the stack, in dev', () => {
    const stores = templateOf(stage('dev')).ofType(...KEEPS_DATA);
    expect(stores.length).toBeGreaterThan(8);
    expect(stores.filter(({ deletionPolicy }) => deletionPolicy !== 'Delete')).toEqual([]);
  });
});

test('what fails on a stream is retried, then parked', () => {
  const mappings = template.ofType('AWS::Lambda::EventSourceMapping');
  expect(mappings).toHaveLength(2);
  for (const mapping of mappings) {
    expect(mapping.properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 86_400,
      DestinationConfig: { OnFailure: { Destination: expect.anything() as object } },
    });
  }
});
