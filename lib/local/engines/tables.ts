import { randomUUID } from 'node:crypto';

import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';

const KeySchema = z.array(z.looseObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const Index = z.looseObject({
  IndexName: z.string(),
  KeySchema,
  Projection: z.looseObject({
    ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
    NonKeyAttributes: z.optional(z.array(z.string())),
  }),
});

const TableProperties = z.looseObject({
  AttributeDefinitions: z.array(z.looseObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema,
  GlobalSecondaryIndexes: z._default(z.array(Index), []),
  LocalSecondaryIndexes: z._default(z.array(Index), []),
  StreamSpecification: z.optional(
    z.looseObject({ StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) }),
  ),
  TimeToLiveSpecification: z.optional(z.looseObject({ AttributeName: z.optional(z.string()), Enabled: z.boolean() })),
});
type TableProperties = z.infer<typeof TableProperties>;

const TABLE_TYPES = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];
/** What is served of a table's resource; encryption, backups and the like are the cloud's business. */
const SERVED = Object.keys(TableProperties.def.shape);

/** The tables that a template declares. */
export interface Tables {
  /** Resource types that are tables. */
  readonly types: readonly string[];
  readonly nameOf: (logicalId: string) => string;
  /** @throws Error before `ensure`, or when the table has no stream */
  readonly streamArnOf: (logicalId: string) => string;
  /** Makes those that are not there yet. @throws Error when one is there in another shape */
  ensure(resolve: Resolve): Promise<void>;
  /** Deletes what nobody will ask for again. */
  readonly close: () => Promise<void>;
}

/**
 * @param shared others use the same database: the tables then get names of their own, and go when the hub does.
 * Otherwise a table is called by its logical id, so that the next start finds it.
 */
export function openTables(
  template: Template,
  client: DynamoDBClient,
  { shared }: { readonly shared: boolean },
): Tables {
  const suffix = shared ? `-${randomUUID().slice(0, 8)}` : '';
  const streamArns = new Map<string, string>();
  const nameOf = (logicalId: string): string => logicalId + suffix;
  const declared = template.ofType(...TABLE_TYPES);
  return {
    types: TABLE_TYPES,
    nameOf,
    streamArnOf: (logicalId) => {
      const arn = streamArns.get(logicalId);
      if (arn === undefined) throw new Error(`The table ${logicalId} has no stream.`);
      return arn;
    },
    ensure: async (resolve) => {
      await Promise.all(
        declared.map(async ({ logicalId, properties }) => {
          const served = Object.fromEntries(Object.entries(properties).filter(([key]) => SERVED.includes(key)));
          const streamArn = await ensureTable(client, nameOf(logicalId), resolve(served));
          if (streamArn !== undefined) streamArns.set(logicalId, streamArn);
        }),
      );
    },
    close: async () => {
      if (shared) await Promise.all(declared.map(({ logicalId }) => deleteTable(client, nameOf(logicalId))));
    },
  };
}

/**
 * Makes the table that a `Table` or `GlobalTable` resource declares, unless it is there from an earlier start.
 * @param properties of the resource, intrinsics resolved
 * @returns the ARN of its stream, if it has one
 * @throws Error when the table that is there has other keys or indexes than declared
 */
async function ensureTable(client: DynamoDBClient, name: string, properties: unknown): Promise<string | undefined> {
  const declared = TableProperties.parse(properties);
  const existing = await describe(client, name);
  if (existing !== undefined) {
    assertSameShape(existing, declared, name);
    return existing.LatestStreamArn;
  }
  await client.send(new CreateTableCommand(creation(name, declared)));
  const table = await untilActive(client, name);
  const ttl = declared.TimeToLiveSpecification;
  if (ttl?.Enabled === true && ttl.AttributeName !== undefined) {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: ttl.AttributeName, Enabled: true },
      }),
    );
  }
  return table.LatestStreamArn;
}

async function deleteTable(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new DeleteTableCommand({ TableName: name }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function untilActive(client: DynamoDBClient, name: string): Promise<TableDescription> {
  for (;;) {
    const table = await describe(client, name);
    if (table?.TableStatus === 'ACTIVE') return table;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function creation(name: string, declared: TableProperties): CreateTableCommandInput {
  const indexes = (list: TableProperties['GlobalSecondaryIndexes']) =>
    list.map(({ IndexName, KeySchema: keys, Projection }) => ({
      IndexName,
      KeySchema: keys.map(({ AttributeName, KeyType }) => ({ AttributeName, KeyType })),
      Projection: {
        ProjectionType: Projection.ProjectionType,
        ...(Projection.NonKeyAttributes && { NonKeyAttributes: Projection.NonKeyAttributes }),
      },
    }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: declared.AttributeDefinitions,
    KeySchema: declared.KeySchema,
    ...(declared.GlobalSecondaryIndexes.length > 0 && {
      GlobalSecondaryIndexes: indexes(declared.GlobalSecondaryIndexes),
    }),
    ...(declared.LocalSecondaryIndexes.length > 0 && {
      LocalSecondaryIndexes: indexes(declared.LocalSecondaryIndexes),
    }),
    ...(declared.StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: declared.StreamSpecification.StreamViewType },
    }),
  };
}

function assertSameShape(existing: TableDescription, declared: TableProperties, name: string): void {
  const keys = (schema: readonly { AttributeName?: string | undefined; KeyType?: string | undefined }[] = []) =>
    schema.map(({ AttributeName, KeyType }) => `${String(KeyType)}=${String(AttributeName)}`).sort();
  const shape = (table: TableDescription | TableProperties): string =>
    JSON.stringify({
      keys: keys(table.KeySchema),
      indexes: [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
        .map((index) => [index.IndexName, keys(index.KeySchema)])
        .sort(),
      stream: table.StreamSpecification?.StreamViewType,
    });
  if (shape(existing) !== shape(declared)) {
    throw new Error(
      `The table ${name} was made for another version of the Hub (its keys, indexes or stream differ). ` +
        'Start with --fresh to begin anew.',
    );
  }
}
