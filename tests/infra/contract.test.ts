import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import type { Resource, Template } from '../../lib/local/template/template.ts';
import { ALL_PROBLEMS, openApiDocument } from '../../lib/openapi.ts';
import { committedDocument } from '../support/described.ts';
import { hubFacts, hubTemplate } from '../support/hub.ts';
import { ALL_ROUTES } from '../support/routes.ts';

let template: Template;
beforeAll(async () => {
  template = await hubTemplate();
});

/** A property somewhere inside a resource, by its path. */
function at(resource: Resource, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
    resource.properties,
  );
}

/** The logical ids that a part of the template refers to. */
function references(part: unknown): string[] {
  const text = JSON.stringify(part ?? null);
  return [...text.matchAll(/"(?:Ref|Fn::GetAtt)":(?:\["|")(\w+)"/g)].map(([, id = '']) => id);
}

describe('the API', () => {
  test('has exactly the routes of the contracts, each with its scopes', () => {
    const routes = template.ofType('AWS::ApiGatewayV2::Route').map((route) => ({
      key: at(route, 'RouteKey'),
      scopes: at(route, 'AuthorizationScopes') ?? 'public',
      authorization: at(route, 'AuthorizationType') ?? 'NONE',
    }));
    const contracts = ALL_ROUTES.map(({ method, path, scopes }) => ({
      key: `${method} ${path}`,
      scopes,
      authorization: scopes === 'public' ? 'NONE' : 'JWT',
    }));

    const byKey = (a: { key: unknown }, b: { key: unknown }) => String(a.key).localeCompare(String(b.key));
    expect(routes.toSorted(byKey)).toEqual(contracts.toSorted(byKey));
  });

  test('is open without a token on a few named routes only', () => {
    const open = ALL_ROUTES.filter(({ scopes }) => scopes === 'public').map(({ path }) => path);
    expect(open.toSorted()).toEqual(['/docs', '/docs/{asset}', '/health', '/openapi.json', '/problems/{code}']);
  });

  test('asks for a write scope wherever something is changed', () => {
    const changing = ALL_ROUTES.filter(({ method }) => method !== 'GET');
    expect(changing.filter(({ scopes }) => !String(scopes).endsWith('.write'))).toEqual([]);
  });

  test('asks for a key wherever something is made, and for an ETag wherever something is changed', () => {
    const making = ALL_ROUTES.filter(({ response }) => response.status === 201);
    const changing = ALL_ROUTES.filter(({ method }) => ['PATCH', 'PUT', 'DELETE'].includes(method));
    expect(making.filter(({ idempotencyKey }) => idempotencyKey !== 'required')).toEqual([]);
    expect(changing.filter(({ ifMatch }) => ifMatch !== 'required')).toEqual([]);
  });

  test('may invoke the functions it sends requests to', () => {
    const targets = template
      .ofType('AWS::ApiGatewayV2::Integration')
      .flatMap((integration) => references(at(integration, 'IntegrationUri')));
    const permitted = template
      .ofType('AWS::Lambda::Permission')
      .filter((permission) => at(permission, 'Principal') === 'apigateway.amazonaws.com')
      .flatMap((permission) => references(at(permission, 'FunctionName')));
    expect([...new Set(permitted)].toSorted()).toEqual([...new Set(targets)].toSorted());
  });
});

describe('the description', () => {
  test('that is committed is the one the contracts make: run `npm run openapi`', () => {
    expect(committedDocument).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  test('names every problem in the code', async () => {
    const modules = readdirSync('lambdas', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const codes = modules.flatMap((file) =>
      [...readFileSync(join('lambdas', file), 'utf8').matchAll(/^ {2}code: '([a-z-]+)',\n {2}status: \d{3},/gm)].map(
        ([, code]) => code,
      ),
    );
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.toSorted()).toEqual(ALL_PROBLEMS.map(({ code }) => code).toSorted());
  });

  test('gives each problem one code', () => {
    expect(new Set(ALL_PROBLEMS.map(({ code }) => code)).size).toBe(ALL_PROBLEMS.length);
  });

  test('gives each operation one id', () => {
    expect(new Set(ALL_ROUTES.map(({ operationId }) => operationId)).size).toBe(ALL_ROUTES.length);
  });
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
    expect(buckets()).toHaveLength(1);
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

test('what is stored stays when the stack goes', async () => {
  const { assembly } = await hubFacts();
  const file = readdirSync(assembly).find((name) => name.endsWith('.template.json')) ?? '';
  const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
    Resources: Record<string, { Type: string; DeletionPolicy?: string; UpdateReplacePolicy?: string }>;
  };
  const kept = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool', 'AWS::Logs::LogGroup'];
  const stores = Object.values(Resources).filter(({ Type }) => kept.includes(Type));
  expect(stores.length).toBeGreaterThan(4);
  for (const { DeletionPolicy, UpdateReplacePolicy } of stores) {
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  }
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
