import * as z from 'zod/mini';

/** An action that IAM decides about, and what it is done to. */
export interface Call {
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  /** The partition it is done in, for actions on one item or one partition: IAM's `dynamodb:LeadingKeys`. */
  readonly partition?: string;
}

const Item = z.optional(z.looseObject({ pk: z.looseObject({ S: z.string() }) }));
const Target = z.looseObject({
  TableName: z.string(),
  IndexName: z.optional(z.string()),
  Key: Item,
  Item,
});
const Transaction = z.looseObject({ TransactItems: z.array(z.record(z.string(), Target)) });
const Asked = z.looseObject({
  KeyConditionExpression: z.string(),
  ExpressionAttributeNames: z._default(z.record(z.string(), z.string()), {}),
  ExpressionAttributeValues: z.record(z.string(), z.looseObject({ S: z.optional(z.string()) })),
});
const Batch = z.looseObject({ RequestItems: z.record(z.string(), z.unknown()) });

/** What the parts of a transaction are to IAM, which knows no action for a transaction as a whole. */
const PARTS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/**
 * What a request to DynamoDB needs permission for.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and, for
 * transactions, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * @param tables what the ARN of every table begins with
 */
export function callsOf(operation: string, request: unknown, tables: string): Call[] {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return Transaction.parse(request)
        .TransactItems.flatMap((item) => Object.entries(item))
        .map(([part, target]) => ({
          action: `dynamodb:${PARTS[part] ?? part}`,
          resource: tables + target.TableName,
          ...partitionOf(target),
        }));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(Batch.parse(request).RequestItems).map((table) => ({
        action: `dynamodb:${operation}`,
        resource: tables + table,
      }));
    default: {
      const target = Target.safeParse(request).data;
      const { TableName, IndexName } = target ?? {};
      const index = IndexName === undefined ? '' : `/index/${IndexName}`;
      return [
        {
          action: `dynamodb:${operation}`,
          resource: TableName === undefined ? '*' : tables + TableName + index,
          ...(target && partitionOf(target)),
          ...(operation === 'Query' && IndexName === undefined ? partitionAsked(request) : {}),
        },
      ];
    }
  }
}

function partitionOf({ Key, Item: item }: z.infer<typeof Target>): Pick<Call, 'partition'> {
  const partition = (Key ?? item)?.pk.S;
  return partition === undefined ? {} : { partition };
}

/** The partition of a query: what its key condition compares `pk` with. */
function partitionAsked(request: unknown): Pick<Call, 'partition'> {
  const { data } = Asked.safeParse(request);
  if (data === undefined) return {};
  const { KeyConditionExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = data;
  const comparisons = [...KeyConditionExpression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)];
  const [, , value = ''] = comparisons.find(([, name = '']) => (names[name] ?? name) === 'pk') ?? [];
  const partition = values[value]?.S;
  return partition === undefined ? {} : { partition };
}
