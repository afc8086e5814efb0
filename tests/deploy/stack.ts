import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

import type { HubFacts } from '../support/controls.ts';

type Environment = Readonly<Record<string, string>>;

/** How clients of the SDK reach the target. */
export function clientConfig(environment: Environment): HubFacts['dynamodb'] {
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = environment;
  const region = environment['AWS_REGION'] ?? 'eu-central-1';
  if (endpoint === undefined || accessKeyId === undefined || secretAccessKey === undefined) return { region };
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

/** A deployed stack, as CloudFormation tells of it. */
export class DeployedStack {
  readonly name: string;
  readonly #environment: Environment;
  readonly #cloudformation: CloudFormationClient;
  readonly #lambda: LambdaClient;
  #resources: Promise<readonly StackResourceSummary[]> | undefined;

  constructor(name: string, environment: Environment) {
    this.name = name;
    this.#environment = environment;
    this.#cloudformation = new CloudFormationClient(clientConfig(environment));
    this.#lambda = new LambdaClient(clientConfig(environment));
  }

  /** Such as `UPDATE_COMPLETE`; undefined when there is no such stack. */
  async status(): Promise<string | undefined> {
    return (await this.#describe())?.StackStatus;
  }

  /** What the stack tells of itself under a name that begins like this. */
  async output(prefix: string): Promise<string> {
    const { Outputs = [] } = (await this.#describe()) ?? {};
    const value = Outputs.find(({ OutputKey }) => OutputKey?.startsWith(prefix) === true)?.OutputValue;
    if (value === undefined) throw new Error(`${this.name} has no output ${prefix}…`);
    return value;
  }

  async #describe(): Promise<Stack | undefined> {
    try {
      const { Stacks } = await this.#cloudformation.send(new DescribeStacksCommand({ StackName: this.name }));
      return Stacks?.[0];
    } catch (error) {
      if (error instanceof Error && error.message.includes('does not exist')) return undefined;
      throw error;
    }
  }

  /** Reads anew what there is: after another deployment. */
  forget(): void {
    this.#resources = undefined;
  }

  /** The one resource of this type whose logical id starts like this, by its name in AWS. */
  async physicalId(type: string, prefix: string): Promise<string> {
    this.#resources ??= this.#list();
    const found = (await this.#resources).filter(
      ({ ResourceType, LogicalResourceId }) => ResourceType === type && LogicalResourceId?.startsWith(prefix) === true,
    );
    const [resource] = found;
    if (found.length !== 1 || resource?.PhysicalResourceId === undefined) {
      throw new Error(`${this.name} has ${String(found.length)} resources ${type} ${prefix}…`);
    }
    return resource.PhysicalResourceId;
  }

  async #list(): Promise<readonly StackResourceSummary[]> {
    const resources: StackResourceSummary[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#cloudformation.send(
        new ListStackResourcesCommand({ StackName: this.name, ...(NextToken && { NextToken }) }),
      );
      resources.push(...(page.StackResourceSummaries ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return resources;
  }

  /** Where the API answers. An emulator serves every API under its own address. */
  async apiUrl(): Promise<string> {
    const id = await this.physicalId('AWS::ApiGatewayV2::Api', 'HttpApi');
    const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region = 'eu-central-1' } = this.#environment;
    if (endpoint !== undefined) return `${endpoint}/_aws/execute-api/${id}`;
    return `https://${id}.execute-api.${region}.amazonaws.com`;
  }

  table(prefix: string): Promise<string> {
    return this.physicalId('AWS::DynamoDB::GlobalTable', prefix);
  }

  /** Runs a function. @throws Error with what it answered, when it failed */
  async invoke(prefix: string, event: unknown): Promise<unknown> {
    const FunctionName = await this.physicalId('AWS::Lambda::Function', prefix);
    const { FunctionError, Payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
    );
    const answer = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new Error(`${prefix}… failed: ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }
}
