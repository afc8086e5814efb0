import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';

import { scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { DEMO_INSTITUTIONS } from './demo/institutions.ts';
import { chosenEngine, type RunningDynamodb, startDynamodb } from './engines/dynamodb.ts';
import { openS3 } from './engines/s3.ts';
import { createScanner } from './engines/scanner.ts';
import { openQueues } from './engines/sqs.ts';
import { openTables } from './engines/tables.ts';
import type { LocalFunction } from './functions/function.ts';
import { createFunctions } from './functions/functions.ts';
import { authorizerApi } from './gateway/authorizer-api.ts';
import { openControlPlane } from './gateway/control-plane.ts';
import { createCrossOrigin } from './gateway/cors.ts';
import { openGateway } from './gateway/gateway.ts';
import { audienceOf, createRoutes } from './gateway/routes.ts';
import { openAccounts } from './issuer/accounts.ts';
import { AppClientBook } from './issuer/app-clients.ts';
import { createIssuer, type Issuer } from './issuer/issuer.ts';
import { openSigningKey } from './issuer/signing-key.ts';
import { tokenTrigger } from './issuer/token-trigger.ts';
import { userPoolApi } from './issuer/user-pool-api.ts';
import { openOutbox } from './mail/outbox.ts';
import { mailPages } from './mail/pages.ts';
import { sesApi } from './mail/ses-api.ts';
import type { Call } from './permissions/calls.ts';
import { openGate } from './permissions/gate.ts';
import { databaseGrants } from './permissions/grants.ts';
import { openStore, type Store } from './store.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';
import { createResolver } from './template/intrinsics.ts';
import { openSecrets } from './template/secrets.ts';
import { standInsFor } from './template/stand-ins.ts';
import { eventBusApi } from './triggers/event-bus-api.ts';
import { together } from './triggers/event-source.ts';
import { createObjectEvents } from './triggers/object-events.ts';
import { openOneTimeSchedules } from './triggers/one-time-schedules.ts';
import { queueSources } from './triggers/queues.ts';
import { createRules, targets } from './triggers/rules.ts';
import { createSchedules } from './triggers/schedules.ts';
import { streamSources } from './triggers/streams.ts';
import type { Hub, HubOptions } from './types.ts';

const ACCOUNT_ID = '000000000000';
const DEFAULT_REGION = 'eu-central-1';
const DRAIN_WITHIN = 30_000;

type OnStop = (cleanup: () => Promise<void> | void) => void;

/** The steps of `startHub`. Whatever it starts it first hands to `onStop` the way to end. */
export async function start(options: HubOptions, onStop: OnStop): Promise<Omit<Hub, 'stop'>> {
  const { onProgress = () => undefined, onLog = () => undefined, jobs = true } = options;
  const { clock = jobs } = options;
  const store = openStore(options.dataDir);
  onStop(store.close);
  const gateway = await openGateway(options.port ?? 0);
  onStop(gateway.stop);
  const controlPlane = await openControlPlane();
  onStop(controlPlane.stop);
  const queues = await openQueues();
  onStop(queues.stop);
  const s3 = await openS3();
  onStop(s3.stop);

  // The engine and the key are made by others (a child process, a thread) while this one synthesizes.
  const startingEngine = startEngine(options, store);
  onStop(async () => (await settled(startingEngine))?.stop());
  const makingKey = openSigningKey(store);
  void settled(makingKey);
  onProgress('Reading the CDK app');
  const assembly = await assemble(options, store);
  const { template } = assembly;

  onProgress('Starting the engines');
  const [dynamodb, key] = await Promise.all([startingEngine, makingKey]);
  const region = process.env['AWS_REGION'] ?? DEFAULT_REGION;
  const credentials = {
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'local',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'local',
  };
  const client = { region, credentials, endpoint: dynamodb.endpoint };
  const database = new DynamoDBClient(client);
  onStop(() => {
    database.destroy();
  });
  const bucketName = (logicalId: string): string => logicalId.toLowerCase();
  const tables = openTables(template, database, { shared: dynamodb.engine === 'external' && !store.persistent });
  onStop(tables.close);

  const standIns = standInsFor(template, {
    region,
    accountId: ACCOUNT_ID,
    baseUrl: gateway.url,
    tableName: tables.nameOf,
    streamArn: tables.streamArnOf,
    bucketName,
    queuesUrl: queues.url,
  });
  const resolve = createResolver({
    pseudoParameters: {
      'AWS::Region': region,
      'AWS::AccountId': ACCOUNT_ID,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': 'OncologyHub',
      'AWS::StackId': `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/OncologyHub/local`,
    },
    ...standIns,
    secret: openSecrets(template, store),
  });

  const endpoint = (await options.interposeDynamodb?.(dynamodb.endpoint)) ?? dynamodb.endpoint;
  // A database of somebody else's may check signatures, which nothing that stands in between can leave intact.
  const gate = dynamodb.engine === 'external' ? undefined : await openGate(endpoint, onLog);
  onStop(async () => gate?.stop());
  const functions = createFunctions({
    assembly,
    resolve,
    onLog,
    environment: (logicalId) => ({
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: gate === undefined ? credentials.accessKeyId : logicalId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: gate?.url ?? endpoint,
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: queues.url,
      // Receivers of webhooks on this machine: no deployed function has it.
      LOCAL_RECEIVERS: '127.0.0.1',
      AWS_ENDPOINT_URL_APIGATEWAYV2: controlPlane.url,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: controlPlane.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: controlPlane.url,
      AWS_ENDPOINT_URL_SCHEDULER: controlPlane.url,
      AWS_ENDPOINT_URL_SESV2: controlPlane.url,
    }),
  });
  onStop(async () => {
    await Promise.all([...functions.values()].map((each) => each.stop()));
  });
  /** By name or ARN, which both end in the logical id. */
  const functionFor = (nameOrArn: string): LocalFunction => {
    const found = functions.get(nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1));
    if (found === undefined) throw new Error(`The template declares no function ${nameOrArn}.`);
    return found;
  };

  const accounts = openAccounts(DEMO_INSTITUTIONS, store);
  const customize = tokenTrigger(template, resolve, region, functionFor);
  const appClients = new AppClientBook(store);
  const audience = audienceOf(template, resolve);
  const issuer = createIssuer({ url: gateway.url, audience, key, accounts, appClients, customize });
  const localIssuer = { url: gateway.url, keys: { keys: [key.publicJwk] } };
  const { match, routes, authorizers } = createRoutes(template, resolve, localIssuer, functionFor);
  const [userPool] = template.ofType('AWS::Cognito::UserPool');
  const refused = (name: string, call: Call): Call | undefined => gate?.refused(name, call);
  queues.serve({
    template,
    resolve,
    store,
    arnOf: (logicalId) => standIns.attribute(logicalId, 'Arn'),
    // Whoever has no key of a function's is the person at this machine.
    refused: (name, call) => (functions.has(name) ? refused(name, call) : undefined),
  });
  const rules = createRules({ template, resolve, targetByArn: targets(functionFor, queues.byArn), onLog });
  const outbox = openOutbox(join(store.dir, 'mail'));
  const oneTime = openOneTimeSchedules({
    ...{ region, accountId: ACCOUNT_ID, store, functionByArn: functionFor, refused, onLog },
  });
  onStop(oneTime.stop);
  controlPlane.serve({
    targets: {
      AWSCognitoIdentityProviderService: userPoolApi({
        arn: userPool === undefined ? '' : standIns.attribute(userPool.logicalId, 'Arn'),
        clients: appClients,
        refused,
      }),
      AWSEvents: eventBusApi({ region, accountId: ACCOUNT_ID, deliver: rules.deliver, refused }),
    },
    rest: [
      authorizerApi(authorizers),
      oneTime.api,
      sesApi({ region, accountId: ACCOUNT_ID, outbox, deliver: rules.deliver, refused }),
    ],
  });
  for (const target of new Set(routes.map((route) => route.function))) target.start();

  const buckets = template.ofType('AWS::S3::Bucket').map(({ logicalId }) => bucketName(logicalId));
  const { secretAccessKey } = credentials;
  const keys = [credentials, ...[...functions.keys()].map((accessKeyId) => ({ accessKeyId, secretAccessKey }))];
  const objectEvents = createObjectEvents({ template, bucketName, region, accountId: ACCOUNT_ID });
  const storeClient = new S3Client({ region, credentials, endpoint: s3.url, forcePathStyle: true });
  const scanner = createScanner({
    template,
    resolve,
    store: storeClient,
    region,
    accountId: ACCOUNT_ID,
    deliver: rules.deliver,
  });
  onStop(() => {
    storeClient.destroy();
  });
  const onEvent = (notification: unknown): void => {
    for (const event of jobs ? objectEvents(notification) : []) {
      rules.deliver(undefined, event);
      scanner.take(event);
    }
  };
  await Promise.all([s3.serve({ directory: join(store.dir, 's3'), buckets, keys, onEvent }), tables.ensure(resolve)]);
  const tableArns = `arn:aws:dynamodb:${region}:${ACCOUNT_ID}:table/`;
  gate?.enforce({ grants: databaseGrants(template, resolve), tables: tableArns });

  const streamsClient = new DynamoDBStreamsClient(client);
  onStop(() => {
    streamsClient.destroy();
  });
  const mapped = { template, resolve, region, functionByName: functionFor, onLog };
  const sources = together([
    ...streamSources({ ...mapped, client: streamsClient, store, writes: gate?.writes }),
    ...queueSources({ ...mapped, queueByArn: queues.byArn }),
    rules,
    scanner,
  ]);
  const schedules = createSchedules({
    template,
    resolve,
    region,
    accountId: ACCOUNT_ID,
    functionByArn: functionFor,
    onLog,
  });
  onStop(sources.stop);
  onStop(schedules.stop);
  if (jobs) sources.start();
  if (clock) {
    schedules.start();
    oneTime.start();
  }
  gateway.serve({
    ...{ issuer, match, crossOrigin: createCrossOrigin(template, resolve), accountId: ACCOUNT_ID, onLog },
    pages: mailPages(outbox),
  });
  // Ended first: no new request or batch while the rest winds down.
  onStop(gateway.stop);

  return {
    url: gateway.url,
    engine: dynamodb.engine,
    dynamodbEndpoint: dynamodb.endpoint,
    s3Endpoint: s3.url,
    template,
    accounts: accounts.accounts,
    tableName: (prefix) => tables.nameOf(template.find(prefix, ...tables.types).logicalId),
    bucketName: (prefix) => bucketName(template.find(prefix, 'AWS::S3::Bucket').logicalId),
    queueUrl: (prefix) => standIns.ref(template.find(prefix, 'AWS::SQS::Queue').logicalId),
    token: mintFor(issuer),
    databaseUsage: () => gate?.usage(),
    invoke: async (prefix, event) =>
      functionFor(template.find(prefix, 'AWS::Lambda::Function').logicalId).invoke(event),
    oneTimeSchedules: oneTime.list,
    runOneTimeSchedule: oneTime.run,
    mails: outbox.list,
    runSchedule: async (prefix) => schedules.run(template.find(prefix, 'AWS::Events::Rule').logicalId),
    drainStreams: async (within = DRAIN_WITHIN) => {
      if (!jobs) throw new Error('The hub was started without jobs: nothing reads its streams.');
      await sources.drain(within);
    },
  };
}

async function startEngine(options: HubOptions, store: Store): Promise<RunningDynamodb> {
  const engine = options.engine ?? chosenEngine();
  return startDynamodb(engine, join(store.dir, engine), store.persistent);
}

/** What became of something that is started in the background; undefined when it failed, which is told elsewhere. */
async function settled<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch {
    return undefined;
  }
}

async function assemble({ assembly }: HubOptions, store: Store): Promise<Assembly> {
  if (assembly !== undefined) return readAssembly(assembly);
  const outdir = join(store.dir, 'cdk.out');
  // Loaded late: the CDK is large, and an engine can start meanwhile.
  const { synthesize } = await import('./template/synthesize.ts');
  synthesize(outdir);
  return readAssembly(outdir);
}

function mintFor(issuer: Issuer): Hub['token'] {
  return async ({ institution, role, scopes = scopesOf([role]), claims }) => {
    const institutionId = DEMO_INSTITUTIONS.find(({ alias }) => alias === institution)?.id ?? institution;
    return issuer.mint({ clientId: `${institution}.${role}`, institutionId, role, scopes: [] }, scopes, claims);
  };
}
