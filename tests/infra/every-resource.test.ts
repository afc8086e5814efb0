import { describe, expect, test } from 'vitest';

import { at, mappingsOf, NESTED, policiesIn, references, stage, templateOf, templatesOf } from '../support/stages.ts';

/** What holds for whatever is deployed; `prod` is what partners use, and `dev` differs in settings only. */
const { root, whole: template } = templatesOf(stage('prod'));

/** Functions that a person invokes and waits for. */
const INVOKED_BY_AN_ADMIN = ['InstitutionsRegisterFunction', 'InstitutionsMembersFunction'];

/** Functions that read whole files, which have five gigabytes at most. */
const READING_FILES = ['DocumentsArrivedFunction', 'DocumentsSweepFunction'];

test('a stack has room for more: CloudFormation takes five hundred resources, and two hundred parameters', () => {
  expect(root.resources.size).toBeLessThanOrEqual(490);
  const [watch, ...others] = root.ofType(NESTED);
  expect(others).toEqual([]);
  expect(template.resources.size - root.resources.size).toBeLessThanOrEqual(490);
  expect(Object.keys(watch?.properties['Parameters'] ?? {}).length).toBeLessThanOrEqual(180);
});

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

  test('that is invoked by nobody who waits has a way for what fails', () => {
    const scheduled = template.ofType('AWS::Events::Rule').flatMap((rule) => references(at(rule, 'Targets')));
    const followers = template
      .ofType('AWS::Lambda::EventSourceMapping')
      .flatMap((mapping) => references(at(mapping, 'FunctionName')));
    const called = template
      .ofType('AWS::ApiGatewayV2::Integration')
      .flatMap((integration) => references(at(integration, 'IntegrationUri')));
    // Whoever makes a schedule for one time is told what it runs; EventBridge Scheduler tries again for a day.
    const reminders = mappingsOf(template, 'AWS::SQS::Queue')
      .flatMap((mapping) => references(at(mapping, 'FunctionName')))
      .flatMap((id) => references(at(template.find(id, 'AWS::Lambda::Function'), 'Environment')));
    const triggers = template.ofType('AWS::Cognito::UserPool').flatMap((pool) => references(at(pool, 'LambdaConfig')));
    // A schedule's next run does the work of the one that failed; a stream has its queue, which is asserted below.
    const nobodyWaits = functions().filter(
      ({ logicalId }) => ![...called, ...scheduled, ...followers, ...reminders, ...triggers].includes(logicalId),
    );
    for (const { logicalId } of nobodyWaits) expect(INVOKED_BY_AN_ADMIN).toContainEqual(logicalId.slice(0, -8));
  });

  test('calls nobody on a private address: only the local runtime lets it', () => {
    for (const each of [template, templateOf(stage('dev'))]) {
      const text = JSON.stringify(each.ofType('AWS::Lambda::Function'));
      expect(text).toContain('DELIVERIES_URL');
      expect(text).not.toContain('LOCAL_RECEIVERS');
    }
  });

  test('has a limit of time and says what it does', () => {
    for (const each of functions()) {
      const most = READING_FILES.some((name) => each.logicalId.startsWith(name)) ? 900 : 60;
      expect(at(each, 'Timeout')).toBeLessThanOrEqual(most);
      expect(String(at(each, 'Description')).length).toBeGreaterThan(10);
    }
  });
});

describe('every log', () => {
  const logs = () => template.ofType('AWS::Logs::LogGroup');

  test('is kept for as long as the stage says, encrypted with the Hub’s key', () => {
    for (const log of logs()) {
      expect(at(log, 'RetentionInDays')).toBe(stage('prod').logRetentionDays);
      expect(references(at(log, 'KmsKeyId'))).toEqual(key());
    }
  });
});

describe('the API', () => {
  const settings = () => template.ofType('AWS::ApiGatewayV2::Stage').map(({ properties }) => properties);

  test('takes no more than the stage says', () => {
    const { ratePerSecond, burst } = stage('prod').throttle;
    expect(settings()).toHaveLength(1);
    for (const setting of settings()) {
      expect(setting['DefaultRouteSettings']).toEqual({
        ThrottlingRateLimit: ratePerSecond,
        ThrottlingBurstLimit: burst,
      });
    }
  });

  test('logs each request by an allow-list without body, token, query, path or address', () => {
    for (const { AccessLogSettings } of settings()) {
      const { Format } = AccessLogSettings as { Format: string };
      const variables = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name = '']) => name);
      expect(variables.length).toBeGreaterThan(6);
      expect(
        variables.filter((name) => /path|identity|query|header|body|token|sub$|userAgent|domain/i.test(name)),
      ).toEqual([]);
      const line: unknown = JSON.parse(Format);
      expect(line).toMatchObject({ route: '$context.routeKey', status: '$context.status' });
    }
  });

  test('has a name of its own when the stage gives one', () => {
    const domain = {
      name: 'api.hub.example.org',
      certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
    };
    const named = templateOf({ ...stage('prod'), domain });
    expect(template.ofType('AWS::ApiGatewayV2::DomainName')).toEqual([]);
    expect(named.ofType('AWS::ApiGatewayV2::DomainName').map(({ properties }) => properties)).toMatchObject([
      { DomainName: domain.name, DomainNameConfigurations: [{ SecurityPolicy: 'TLS_1_2' }] },
    ]);
    expect(named.ofType('AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
  });
});

/** The logical id of the Hub's key. */
const key = () => template.ofType('AWS::KMS::Key').map(({ logicalId }) => logicalId);

test('there is one key, which is replaced every year and serves nobody outside the account', () => {
  const [resource, ...others] = template.ofType('AWS::KMS::Key');
  expect(others).toEqual([]);
  if (resource === undefined) throw new Error('There is no key');
  expect(at(resource, 'EnableKeyRotation')).toBe(true);
  const statements = at(resource, 'KeyPolicy', 'Statement') as { Principal: { AWS?: unknown }; Condition?: unknown }[];
  for (const { Condition } of statements.filter(({ Principal: { AWS } }) => AWS === '*')) {
    expect(Condition).toMatchObject({ StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' } } });
  }
});

test('every secret is encrypted with the Hub’s key', () => {
  const secrets = template.ofType('AWS::SecretsManager::Secret');
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) expect(references(at(secret, 'KmsKeyId'))).toEqual(key());
});

describe('every table', () => {
  const tables = () => template.ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');

  test('streams its changes, if anything is made from them', () => {
    const followed = mappingsOf(template, 'AWS::DynamoDB::GlobalTable').flatMap((mapping) =>
      references(at(mapping, 'EventSourceArn')),
    );
    const streaming = tables().filter(({ properties }) => properties['StreamSpecification'] !== undefined);
    expect(new Set(streaming.map(({ logicalId }) => logicalId))).toEqual(new Set(followed));
    for (const table of streaming)
      expect(at(table, 'StreamSpecification', 'StreamViewType')).toBe('NEW_AND_OLD_IMAGES');
  });

  test('is paid by use, is encrypted and forgets what it may', () => {
    expect(tables().length).toBeGreaterThanOrEqual(5);
    for (const table of tables()) {
      expect(table.properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      });
    }
  });

  test('has copies where the stage says, each under a key of its region', () => {
    const keyArn = 'arn:aws:kms:eu-north-1:111122223333:key/00000000-0000-0000-0000-000000000000';
    const copied = templateOf({ ...stage('prod'), replicas: [{ region: 'eu-north-1', keyArn }] });
    for (const table of copied.ofType('AWS::DynamoDB::GlobalTable')) {
      expect(at(table, 'Replicas')).toMatchObject([
        {
          Region: 'eu-north-1',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { KMSMasterKeyId: keyArn },
        },
        { Region: 'eu-central-1', DeletionProtectionEnabled: true },
      ]);
    }
  });

  test('can be restored to any second of 35 days and not be deleted', () => {
    for (const table of tables()) {
      const [replica] = at(table, 'Replicas') as Record<string, unknown>[];
      expect(replica).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      });
      expect(references(at(table, 'Replicas', 0, 'SSESpecification', 'KMSMasterKeyId'))).toEqual(key());
    }
  });
});

describe('every role', () => {
  interface Statement {
    readonly Action: string | string[];
    readonly Resource: unknown;
    readonly Effect: string;
    readonly Condition?: unknown;
  }
  interface LeadingKeys {
    readonly 'ForAllValues:StringLike': { readonly 'dynamodb:LeadingKeys': string | readonly string[] };
  }
  const policies = () => policiesIn(template);
  const statements = () => policies().flatMap(({ document }) => document.Statement as readonly Statement[]);

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

  const touching = (pattern: RegExp) =>
    statements().filter(({ Action }) => [Action].flat().some((action) => pattern.test(action)));
  const partitionsOf = ({ Condition }: Statement): readonly string[] => {
    const partitions = [
      (Condition as LeadingKeys | undefined)?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'] ?? '*',
    ].flat();
    expect(Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } });
    return partitions;
  };

  test('reads and writes partitions of tables by name, and never a whole table', () => {
    const inIndexes = ({ Resource }: Statement) => JSON.stringify(Resource).includes('/index/');
    const all = touching(/^dynamodb:(?!DescribeStream|GetRecords|GetShardIterator|ListStreams)/);
    // Indexes have keys only, whose partitions are ids.
    expect(new Set(all.filter(inIndexes).flatMap(({ Action }) => Action))).toEqual(new Set(['dynamodb:Query']));
    const items = all.filter((statement) => !inIndexes(statement));
    expect(items.length).toBeGreaterThan(20);
    for (const statement of items) {
      expect([statement.Action].flat().filter((action) => !/Item$|Query$/.test(action))).toEqual([]);
      for (const partition of partitionsOf(statement)) expect(partition).toMatch(/^[A-Z]+(-[A-Z]+)*(#\*)?$/);
    }
    expect(touching(/^dynamodb:(Batch|Scan|PartiQL)/)).toEqual([]);
  });

  test('may not delete what is stored, but for places in lists and lines, notes of what was begun, webhooks and names', () => {
    const deleting = touching(/^dynamodb:Delete/);
    expect(deleting.length).toBeGreaterThan(0);
    const partitions = new Set(deleting.flatMap(partitionsOf));
    expect([...partitions].toSorted()).toEqual([
      ...[
        'ABSTRACTS#*',
        'DIGEST',
        'DUE',
        'HELD',
        'INSTITUTION#*',
        'LINE#*',
        'LISTING#*',
        'NAME#*',
        'NEEDS#*',
        'ONBOARDING',
        'PUBLIC',
        'PUBLISHED',
        'REGISTRATIONS#*',
        'SIGNING#*',
        'SWEEP',
        'WAITING#*',
        'WEBHOOKS#*',
      ],
    ]);
  });

  test('has a policy that is well below what a role can hold', () => {
    for (const policy of policies()) {
      expect(JSON.stringify(policy.document).length).toBeLessThan(10_240 / 2);
    }
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

  test('of documents can lock what it keeps, and locks nothing by itself', () => {
    const [bucket] = buckets().filter(({ logicalId }) => logicalId.startsWith('DocumentsBucket'));
    expect(bucket?.properties).toMatchObject({ ObjectLockEnabled: true });
    expect(bucket && at(bucket, 'ObjectLockConfiguration')).toBeUndefined();
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

describe('the anchors of the audit', () => {
  interface Statement {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Principal: unknown;
    readonly Resource: unknown;
    readonly Condition?: unknown;
  }
  const statements = template
    .ofType('AWS::S3::BucketPolicy')
    .flatMap((policy) => at(policy, 'PolicyDocument', 'Statement') as Statement[])
    .filter(({ Resource, Condition }) => JSON.stringify([Resource, Condition]).includes('audit/anchors/*'));
  const keptDays = (of: typeof template) =>
    at(of.find('AuditAnchorFunction', 'AWS::Lambda::Function'), 'Environment', 'Variables', 'KEPT_DAYS');

  test('are written by a job that can neither remove one nor cut its time short', () => {
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.flatMap(({ Action }) => Action).toSorted()).toEqual([
      ...['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:PutObjectRetention'],
    ]);
    for (const { Principal } of allowed) expect(JSON.stringify(Principal)).toMatch(/"AuditAnchorRole\w+"/);
  });

  test('are replaced and hidden by nobody', () => {
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toMatchObject([
      { Action: 's3:PutObject', Principal: { AWS: '*' }, Condition: { Null: { 's3:if-none-match': 'true' } } },
      { Action: 's3:DeleteObject', Principal: { AWS: '*' } },
    ]);
  });

  test('stay for ten years, in dev for a day', () => {
    expect(keptDays(template)).toBe('3653');
    expect(keptDays(templateOf(stage('dev')))).toBe('1');
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
  const mappings = mappingsOf(template, 'AWS::DynamoDB::GlobalTable');
  expect(mappings.length).toBeGreaterThanOrEqual(11);
  for (const mapping of mappings) {
    expect(mapping.properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 86_400,
    });
    const destination = at(mapping, 'DestinationConfig', 'OnFailure', 'Destination');
    expect(template.find(references(destination)[0] ?? '', 'AWS::SQS::Queue').logicalId).toMatch(/^FoundationParked/);
    const lambda = template.find(references(at(mapping, 'FunctionName'))[0] ?? '', 'AWS::Lambda::Function');
    const role = template.find(references(at(lambda, 'Role'))[0] ?? '', 'AWS::IAM::Role');
    const statements = at(role, 'Policies', 0, 'PolicyDocument', 'Statement') as {
      Action: unknown;
      Resource: unknown;
    }[];
    const sends = statements.filter(({ Action }) => Action === 'sqs:SendMessage');
    expect(sends.flatMap(({ Resource }) => Resource)).toContainEqual(destination);
  }
});

test('what fails in a queue comes back by itself, and at last is a dead letter', () => {
  const mappings = mappingsOf(template, 'AWS::SQS::Queue');
  expect(mappings.length).toBeGreaterThanOrEqual(1);
  for (const mapping of mappings) {
    expect(at(mapping, 'FunctionResponseTypes')).toEqual(['ReportBatchItemFailures']);
    const queue = template.find(references(at(mapping, 'EventSourceArn'))[0] ?? '', 'AWS::SQS::Queue');
    const lambda = template.find(references(at(mapping, 'FunctionName'))[0] ?? '', 'AWS::Lambda::Function');
    const [deadLetters = ''] = references(at(queue, 'RedrivePolicy'));
    expect(at(template.find(deadLetters, 'AWS::SQS::Queue'), 'MessageRetentionPeriod')).toBe(14 * 86_400);
    // As Lambda asks for: no message comes back while its function is still at it.
    expect(at(queue, 'VisibilityTimeout')).toBeGreaterThanOrEqual(6 * Number(at(lambda, 'Timeout')));
  }
});
