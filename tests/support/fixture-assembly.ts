import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The smallest app with everything the local runtime serves, as `cdk synth` would leave it behind. */
export interface FixtureOptions {
  /** Source of the one function's module, which exports `http`, `stream`, `queue` and `tick`. */
  readonly code: string;
  /** Goes over the resources below. */
  readonly resources?: Readonly<Record<string, unknown>>;
}

const API = { Ref: 'Api' };

function lambda(entry: string, properties: Readonly<Record<string, unknown>> = {}) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: 'code.zip' },
      Handler: `code.${entry}`,
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['SomeRole', 'Arn'] },
      Timeout: 1,
      MemorySize: 512,
      Environment: {
        Variables: {
          TABLE_NAME: { Ref: 'Table' },
          SECRET: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:::}}']] },
        },
      },
      ...properties,
    },
  };
}

export function route(key: string, scopes?: readonly string[]) {
  return {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: API,
      RouteKey: key,
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
      ...(scopes === undefined
        ? { AuthorizationType: 'NONE' }
        : { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Authorizer' }, AuthorizationScopes: scopes }),
    },
  };
}

const RESOURCES = {
  Pool: { Type: 'AWS::Cognito::UserPool' },
  Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'Pool' } } },
  Secret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: { GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true } },
  },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Table: {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'other', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOther',
          KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      Replicas: [{ Region: { Ref: 'AWS::Region' } }],
    },
  },
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
  Authorizer: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: API,
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: [{ Ref: 'Client' }], Issuer: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } },
    },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: API,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['HttpFunction', 'Arn'] },
      PayloadFormatVersion: '2.0',
    },
  },
  Public: route('POST /public/{name}/{rest+}'),
  PublicGet: route('GET /public'),
  Guarded: route('GET /guarded', ['hub/quotas.read', 'hub/quotas.write']),
  Unscoped: route('GET /unscoped', []),
  HttpFunction: lambda('http'),
  StreamFunction: lambda('stream'),
  TickFunction: lambda('tick'),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: 'StreamFunction' },
      EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      BatchSize: 10,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"WANTED#"}]}}}}' }],
      },
    },
  },
  QueueRole: { Type: 'AWS::IAM::Role', Properties: {} },
  QueuePolicy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sqs:ChangeMessageVisibility',
            Resource: { 'Fn::GetAtt': ['WorkQueue', 'Arn'] },
          },
        ],
      },
      Roles: [{ Ref: 'QueueRole' }],
    },
  },
  QueueFunction: lambda('queue', {
    Role: { 'Fn::GetAtt': ['QueueRole', 'Arn'] },
    Environment: { Variables: { QUEUE_URL: { Ref: 'WorkQueue' } } },
  }),
  DeadQueue: { Type: 'AWS::SQS::Queue' },
  WorkQueue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 1,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadQueue', 'Arn'] }, maxReceiveCount: 3 },
    },
  },
  QueueMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: 'QueueFunction' },
      EventSourceArn: { 'Fn::GetAtt': ['WorkQueue', 'Arn'] },
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  },
  Tick: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': ['TickFunction', 'Arn'] } }],
    },
  },
};

/** @returns the folder, to be given to `startHub` as `assembly` */
export function writeFixtureAssembly({ code, resources = {} }: FixtureOptions): string {
  const dir = mkdtempSync(join(tmpdir(), 'hub-fixture-'));
  const write = (file: string, value: unknown): void => {
    writeFileSync(join(dir, file), JSON.stringify(value));
  };
  mkdirSync(join(dir, 'asset.code'));
  writeFileSync(join(dir, 'asset.code/code.mjs'), code);
  write('manifest.json', {
    artifacts: {
      App: { type: 'aws:cloudformation:stack', properties: { templateFile: 'App.template.json' } },
      'App.assets': { type: 'cdk:asset-manifest', properties: { file: 'App.assets.json' } },
    },
  });
  write('App.assets.json', {
    files: { code: { source: { path: 'asset.code' }, destinations: { here: { objectKey: 'code.zip' } } } },
  });
  write('App.template.json', { Resources: { ...RESOURCES, ...resources } });
  return dir;
}
