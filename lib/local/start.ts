import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

import { scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { DEMO_INSTITUTIONS } from './demo/institutions.ts';
import { chosenEngine, type RunningDynamodb, startDynamodb } from './engines/dynamodb.ts';
import { freePort } from './engines/free-port.ts';
import { startS3 } from './engines/s3.ts';
import { openTables } from './engines/tables.ts';
import type { LocalFunction } from './functions/function.ts';
import { createFunctions } from './functions/functions.ts';
import { openControlPlane } from './gateway/control-plane.ts';
import { createCrossOrigin } from './gateway/cors.ts';
import { openGateway } from './gateway/gateway.ts';
import { audienceOf, createRoutes } from './gateway/routes.ts';
import { openAccounts } from './issuer/accounts.ts';
import { AppClientBook } from './issuer/app-clients.ts';
import { createIssuer, type Issuer } from './issuer/issuer.ts';
import { openSigningKey } from './issuer/signing-key.ts';
import { tokenTrigger } from './issuer/token-trigger.ts';
import { openGate } from './permissions/gate.ts';
import { databaseGrants } from './permissions/grants.ts';
import { openStore, type Store } from './store.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';
import { createResolver } from './template/intrinsics.ts';
import { openSecrets } from './template/secrets.ts';
import { standInsFor } from './template/stand-ins.ts';
import { createSchedules } from './triggers/schedules.ts';
import { createStreamJobs } from './triggers/streams.ts';
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

  // The engine and the key are made by others (a child process, a thread) while this one synthesizes.
  const startingEngine = startEngine(options, store);
  onStop(async () => (await settled(startingEngine))?.stop());
  const makingKey = openSigningKey(store);
  void settled(makingKey);
  onProgress('Reading the CDK app');
  const assembly = await assemble(options, store);
  const { template } = assembly;

  onProgress('Starting the engines');
  const [dynamodb, key, s3Port] = await Promise.all([startingEngine, makingKey, freePort()]);
  const region = process.env['AWS_REGION'] ?? DEFAULT_REGION;
  const credentials = {
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'local',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'local',
  };
  const s3Endpoint = `http://127.0.0.1:${String(s3Port)}`;
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
      AWS_ENDPOINT_URL_S3: s3Endpoint,
      AWS_ENDPOINT_URL_APIGATEWAYV2: controlPlane.url,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: controlPlane.url,
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
  controlPlane.serve(authorizers, {
    arn: userPool === undefined ? '' : standIns.attribute(userPool.logicalId, 'Arn'),
    clients: appClients,
    refused: (name, call) => gate?.refused(name, call),
  });
  for (const target of new Set(routes.map((route) => route.function))) target.start();

  const buckets = template.ofType('AWS::S3::Bucket').map(({ logicalId }) => bucketName(logicalId));
  const { secretAccessKey } = credentials;
  const keys = [credentials, ...[...functions.keys()].map((accessKeyId) => ({ accessKeyId, secretAccessKey }))];
  const startingS3 = startS3(s3Port, join(store.dir, 's3'), buckets, keys);
  onStop(async () => (await settled(startingS3))?.stop());
  await Promise.all([startingS3, tables.ensure(resolve)]);
  const tableArns = `arn:aws:dynamodb:${region}:${ACCOUNT_ID}:table/`;
  gate?.enforce({ grants: databaseGrants(template, resolve), tables: tableArns });

  const streamsClient = new DynamoDBStreamsClient(client);
  onStop(() => {
    streamsClient.destroy();
  });
  const streams = createStreamJobs({
    template,
    resolve,
    client: streamsClient,
    region,
    store,
    functionByName: functionFor,
    onLog,
  });
  const schedules = createSchedules({
    template,
    resolve,
    region,
    accountId: ACCOUNT_ID,
    functionByArn: functionFor,
    onLog,
  });
  onStop(streams.stop);
  onStop(schedules.stop);
  if (jobs) streams.start();
  if (clock) schedules.start();
  gateway.serve({ issuer, match, crossOrigin: createCrossOrigin(template, resolve), accountId: ACCOUNT_ID, onLog });
  // Ended first: no new request or batch while the rest winds down.
  onStop(gateway.stop);

  return {
    url: gateway.url,
    engine: dynamodb.engine,
    dynamodbEndpoint: dynamodb.endpoint,
    s3Endpoint,
    template,
    accounts: accounts.accounts,
    tableName: (prefix) => tables.nameOf(template.find(prefix, ...tables.types).logicalId),
    bucketName: (prefix) => bucketName(template.find(prefix, 'AWS::S3::Bucket').logicalId),
    token: mintFor(issuer),
    databaseUsage: () => gate?.usage(),
    invoke: async (prefix, event) =>
      functionFor(template.find(prefix, 'AWS::Lambda::Function').logicalId).invoke(event),
    runSchedule: async (prefix) => schedules.run(template.find(prefix, 'AWS::Events::Rule').logicalId),
    drainStreams: async (within = DRAIN_WITHIN) => {
      if (!jobs) throw new Error('The hub was started without jobs: nothing reads its streams.');
      await streams.drain(within);
    },
  };
}

async function startEngine(options: HubOptions, store: Store): Promise<RunningDynamodb> {
  const engine = options.engine ?? chosenEngine();
  return startDynamodb(engine, store.persistent ? join(store.dir, engine) : undefined);
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
