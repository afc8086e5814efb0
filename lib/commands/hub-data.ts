import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { resourcesOf } from '../deploy/stack-resources.ts';
import { HUB_DIR, readRunning } from '../local/running.ts';

export type Tables = Readonly<
  Record<'institutions' | 'agreements' | 'quotas' | 'training' | 'events' | 'documents' | 'audit', SingleTable>
>;

/** The Hub's data, as the commands for operators reach it. */
export interface HubData {
  /** For people: where it is. */
  readonly where: string;
  readonly tables: Tables;
  readonly bucket: {
    readonly client: S3Client;
    readonly name: string;
    /** Whether what was replaced or removed is still to be had. */
    readonly versioned: boolean;
  };
  readonly close: () => void;
}

/**
 * Finds the data of a deployed stage, or of the Hub that `npm start` runs.
 * @throws Error whose message is one sentence for the operator
 */
export async function openHubData(stage: string | undefined): Promise<HubData> {
  return stage === undefined ? localData() : deployedData(stage);
}

async function localData(): Promise<HubData> {
  const { dynamodb, s3, tables, bucket } = (await readRunning(HUB_DIR)) ?? {};
  if (dynamodb === undefined || s3 === undefined || tables === undefined || bucket === undefined) {
    throw new Error('The Hub is not running: start it with npm start, or name a deployed stage with --stage.');
  }
  const signed = {
    region: process.env['AWS_REGION'] ?? 'eu-central-1',
    credentials: {
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'local',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'local',
    },
  };
  return dataOf('the Hub on this machine', {
    database: new DynamoDBClient({ ...signed, endpoint: dynamodb }),
    store: new S3Client({ ...signed, endpoint: s3, forcePathStyle: true }),
    versioned: false,
    bucket,
    tableOf: (context) => tables[context],
  });
}

async function deployedData(stage: string): Promise<HubData> {
  const stack = `OncologyHub-${stage}`;
  const formation = new CloudFormationClient();
  const resources = await resourcesOf(formation, stack).finally(() => {
    formation.destroy();
  });
  const nameOf = (type: string, prefix: string): string => {
    const found = resources.find(
      ({ LogicalResourceId: id = '', ResourceType }) => ResourceType === type && id.startsWith(prefix),
    )?.PhysicalResourceId;
    if (found === undefined)
      throw new Error(`The stack ${stack} has no ${prefix}: deploy this version of the Hub first.`);
    return found;
  };
  return dataOf(`the stage ${stage}`, {
    database: new DynamoDBClient(),
    store: new S3Client(),
    versioned: true,
    bucket: nameOf('AWS::S3::Bucket', 'DocumentsBucket'),
    tableOf: (context) =>
      nameOf('AWS::DynamoDB::GlobalTable', `${context.charAt(0).toUpperCase()}${context.slice(1)}Data`),
  });
}

interface Located {
  readonly database: DynamoDBClient;
  readonly store: S3Client;
  readonly versioned: boolean;
  readonly bucket: string;
  readonly tableOf: (context: keyof Tables) => string;
}

function dataOf(where: string, { database, store, versioned, bucket, tableOf }: Located): HubData {
  const documents = DynamoDBDocumentClient.from(database, { marshallOptions: { removeUndefinedValues: true } });
  const table = (context: keyof Tables): SingleTable => new SingleTable(documents, tableOf(context));
  return {
    where,
    tables: {
      institutions: table('institutions'),
      agreements: table('agreements'),
      quotas: table('quotas'),
      training: table('training'),
      events: table('events'),
      documents: table('documents'),
      audit: table('audit'),
    },
    bucket: { client: store, name: bucket, versioned },
    close: () => {
      database.destroy();
      store.destroy();
    },
  };
}
