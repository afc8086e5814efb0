import * as z from 'zod/mini';

/** An action that IAM decides about, and what it is done to. */
export interface Call {
  readonly action: string;
  /** ARN. */
  readonly resource: string;
}

const Target = z.looseObject({ TableName: z.string(), IndexName: z.optional(z.string()) });
const Transaction = z.looseObject({ TransactItems: z.array(z.record(z.string(), Target)) });
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
        .map(([part, { TableName }]) => ({ action: `dynamodb:${PARTS[part] ?? part}`, resource: tables + TableName }));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(Batch.parse(request).RequestItems).map((table) => ({
        action: `dynamodb:${operation}`,
        resource: tables + table,
      }));
    default: {
      const { TableName, IndexName } = Target.safeParse(request).data ?? {};
      const index = IndexName === undefined ? '' : `/index/${IndexName}`;
      return [
        { action: `dynamodb:${operation}`, resource: TableName === undefined ? '*' : tables + TableName + index },
      ];
    }
  }
}
