import type { Resource, Template } from './template.ts';

/** What local resources are called and where they are: the facts that a deployment's attributes are made of. */
export interface LocalFacts {
  readonly region: string;
  readonly accountId: string;
  /** The gateway's own address, which is also the token issuer. */
  readonly baseUrl: string;
  readonly tableName: (logicalId: string) => string;
  /** @throws Error when the table has no stream */
  readonly streamArn: (logicalId: string) => string;
  readonly bucketName: (logicalId: string) => string;
  /** Where queues are served. */
  readonly queuesUrl: string;
}

interface StandIn {
  readonly ref: string;
  /** Values, or functions for what is known only once an engine runs. */
  readonly attributes?: Readonly<Record<string, string | (() => string)>>;
}

type MakeStandIn = (resource: Resource, facts: LocalFacts) => StandIn;

const arn = ({ region, accountId }: LocalFacts, service: string, rest: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${rest}`;

const table: MakeStandIn = ({ logicalId }, facts) => ({
  ref: facts.tableName(logicalId),
  attributes: {
    Arn: arn(facts, 'dynamodb', `table/${facts.tableName(logicalId)}`),
    StreamArn: () => facts.streamArn(logicalId),
  },
});

const SIGN_IN_DOMAIN = 'local-sign-in';
/** Where a deployment's sign-in domain is reached. */
const SIGN_IN_URL = new RegExp(`https://${SIGN_IN_DOMAIN}\\.auth\\.[a-z0-9-]+\\.amazoncognito\\.com`, 'g');

/** The host of a deployment's API. */
const API_URL = /https:\/\/[A-Za-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g;

/** For resources that others only name. */
const itself: MakeStandIn = ({ logicalId }) => ({ ref: logicalId });

/** One entry per resource type that anything served locally can refer to. */
const STAND_INS: Readonly<Record<string, MakeStandIn>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Lambda::Function': ({ logicalId }, facts) => ({
    ref: logicalId,
    attributes: { Arn: arn(facts, 'lambda', `function:${logicalId}`) },
  }),
  'AWS::Cognito::UserPool': ({ logicalId }, facts) => ({
    ref: `${facts.region}_local`,
    attributes: {
      Arn: arn(facts, 'cognito-idp', `userpool/${logicalId}`),
      ProviderURL: facts.baseUrl,
      ProviderName: facts.baseUrl.replace(/^https?:\/\//, ''),
    },
  }),
  'AWS::Cognito::UserPoolClient': ({ logicalId }) => ({ ref: `local-${logicalId}` }),
  'AWS::Cognito::UserPoolResourceServer': ({ logicalId, properties: { Identifier } }) => ({
    ref: typeof Identifier === 'string' ? Identifier : logicalId,
  }),
  'AWS::Cognito::UserPoolDomain': () => ({ ref: SIGN_IN_DOMAIN }),
  'AWS::S3::Bucket': ({ logicalId }, facts) => ({
    ref: facts.bucketName(logicalId),
    attributes: { Arn: `arn:aws:s3:::${facts.bucketName(logicalId)}` },
  }),
  'AWS::SQS::Queue': ({ logicalId }, facts) => ({
    ref: `${facts.queuesUrl}/${facts.accountId}/${logicalId}`,
    attributes: { Arn: arn(facts, 'sqs', logicalId), QueueName: logicalId },
  }),
  'AWS::SecretsManager::Secret': ({ logicalId }, facts) => ({
    ref: arn(facts, 'secretsmanager', `secret:${logicalId}`),
  }),
  'AWS::Events::EventBus': ({ logicalId }, facts) => ({
    ref: logicalId,
    attributes: { Arn: arn(facts, 'events', `event-bus/${logicalId}`), Name: logicalId },
  }),
  'AWS::Events::Rule': ({ logicalId }, facts) => ({
    ref: logicalId,
    attributes: { Arn: arn(facts, 'events', `rule/${logicalId}`) },
  }),
  'AWS::Scheduler::ScheduleGroup': ({ logicalId }) => ({ ref: logicalId, attributes: { Name: logicalId } }),
  'AWS::IAM::Role': ({ logicalId }, { accountId }) => ({
    ref: logicalId,
    attributes: { Arn: `arn:aws:iam::${accountId}:role/${logicalId}` },
  }),
  'AWS::ApiGatewayV2::Api': ({ logicalId }, facts) => ({
    ref: logicalId,
    attributes: { ApiEndpoint: facts.baseUrl, ApiId: logicalId },
  }),
  'AWS::ApiGatewayV2::Authorizer': itself,
  'AWS::ApiGatewayV2::Integration': itself,
  'AWS::Logs::LogGroup': itself,
  'AWS::SES::ConfigurationSet': itself,
  'AWS::SES::EmailIdentity': ({ logicalId, properties: { EmailIdentity } }) => ({
    ref: typeof EmailIdentity === 'string' ? EmailIdentity : logicalId,
  }),
};

/** The local answers to `Ref` and `Fn::GetAtt`. Both throw an Error that names what has no stand-in. */
export function standInsFor(template: Template, facts: LocalFacts) {
  const find = (logicalId: string, wanted: string): StandIn => {
    const resource = template.resources.get(logicalId);
    if (resource === undefined) throw new Error(`${wanted}: the template declares no resource of that name.`);
    const make = STAND_INS[resource.type];
    if (make === undefined) throw new Error(`${wanted}: ${resource.type} has no local stand-in.`);
    return make(resource, facts);
  };
  return {
    /** Here the gateway itself answers for what has a host of its own in a deployment. */
    localize: (text: string): string => text.replace(SIGN_IN_URL, facts.baseUrl).replace(API_URL, facts.baseUrl),
    ref: (logicalId: string): string => find(logicalId, `Ref ${logicalId}`).ref,
    attribute: (logicalId: string, name: string): string => {
      const wanted = `Fn::GetAtt ${logicalId}.${name}`;
      const value = find(logicalId, wanted).attributes?.[name];
      if (value === undefined) throw new Error(`${wanted}: this attribute has no local stand-in.`);
      return typeof value === 'function' ? value() : value;
    },
  };
}
