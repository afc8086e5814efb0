import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

import { type AccountingPorts, accountingPortsOn } from '../../lambdas/quotas/accounting-ports.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { HUB_DIR, readRunning } from '../local/running.ts';

/** The quotas' data, as the commands for operators reach it. */
export interface QuotasData {
  /** For people: which table, and where. */
  readonly where: string;
  readonly ports: AccountingPorts;
  readonly table: SingleTable;
  readonly close: () => void;
}

/**
 * Opens the table of a deployed stage, or of the Hub that `npm start` runs.
 * @throws Error whose message is one sentence for the operator
 */
export async function openQuotasData(stage: string | undefined): Promise<QuotasData> {
  const { client, name } = stage === undefined ? await localTable() : await deployedTable(stage);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = new SingleTable(documents, name);
  return {
    where: stage === undefined ? 'the Hub on this machine' : `the stage ${stage} (table ${name})`,
    table,
    ports: accountingPortsOn(table),
    close: () => {
      client.destroy();
    },
  };
}

interface Located {
  readonly client: DynamoDBClient;
  readonly name: string;
}

async function localTable(): Promise<Located> {
  const { dynamodb, quotasTable } = (await readRunning(HUB_DIR)) ?? {};
  if (dynamodb === undefined || quotasTable === undefined) {
    throw new Error('The Hub is not running: start it with npm start, or name a deployed stage with --stage.');
  }
  const client = new DynamoDBClient({
    endpoint: dynamodb,
    region: process.env['AWS_REGION'] ?? 'eu-central-1',
    credentials: {
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'local',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'local',
    },
  });
  return { client, name: quotasTable };
}

async function deployedTable(stage: string): Promise<Located> {
  const stack = `OncologyHub-${stage}`;
  const formation = new CloudFormationClient();
  try {
    const { StackResources = [] } = await formation.send(new DescribeStackResourcesCommand({ StackName: stack }));
    const name = StackResources.find(
      ({ LogicalResourceId: id = '', ResourceType: type }) =>
        type === 'AWS::DynamoDB::GlobalTable' && id.startsWith('QuotasData'),
    )?.PhysicalResourceId;
    if (name === undefined) throw new Error(`The stack ${stack} has no table of quotas.`);
    return { client: new DynamoDBClient(), name };
  } finally {
    formation.destroy();
  }
}
