import { itemSize } from './item-size.ts';
import { BatchResponses, type RequestBody, type ResponseBody, TransactResponses, type WireItem } from './wire.ts';

/**
 * What a request must cost by DynamoDB's rules, from the sizes of the items it touched.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */

const READ_BLOCK = 4096;
const WRITE_BLOCK = 1024;
/** A transaction reads or writes each item twice: to prepare and to commit. */
const TRANSACTION = 2;

const blocks = (bytes: number, block: number): number => Math.max(1, Math.ceil(bytes / block));
const sizeOf = (item: WireItem | undefined): number => (item === undefined ? 0 : itemSize(item));

/** Units of a read; `undefined` for an operation that reads nothing. */
export function expectedReadUnits(operation: string, request: RequestBody, response: ResponseBody): number | undefined {
  const factor = request.ConsistentRead === true ? 1 : 0.5;
  switch (operation) {
    case 'GetItem':
      return factor * blocks(sizeOf(response.Item), READ_BLOCK);
    case 'Query':
    case 'Scan':
      return (
        factor *
        blocks(
          (response.Items ?? []).map(sizeOf).reduce((a, b) => a + b, 0),
          READ_BLOCK,
        )
      );
    case 'BatchGetItem':
      return Object.entries(BatchResponses.parse(response.Responses ?? {})).reduce((total, [table, items]) => {
        const each = request.RequestItems?.[table]?.ConsistentRead === true ? 1 : 0.5;
        return total + items.reduce((sum, item) => sum + each * blocks(itemSize(item), READ_BLOCK), 0);
      }, 0);
    case 'TransactGetItems':
      return TransactResponses.parse(response.Responses ?? []).reduce(
        (sum, { Item }) => sum + TRANSACTION * blocks(sizeOf(Item), READ_BLOCK),
        0,
      );
    default:
      return undefined;
  }
}

/** An item that a request writes, or whose condition it checks. */
export interface Target {
  readonly table: string;
  readonly key: WireItem;
}

/** The items a request is about to write, in its order; empty for a read. */
export function targetsOf(operation: string, request: RequestBody): Target[] {
  const target = (table: string, source: WireItem | undefined): Target[] => {
    const { pk, sk } = source ?? {};
    return pk === undefined || sk === undefined ? [] : [{ table, key: { pk, sk } }];
  };
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return target(request.TableName ?? '', request.Item ?? request.Key);
    case 'TransactWriteItems':
      return (request.TransactItems ?? [])
        .flatMap((write) => Object.values(write))
        .flatMap(({ TableName, Item, Key }) => target(TableName, Item ?? Key));
    default:
      return [];
  }
}

/**
 * Units of a write: the larger of the item before and after counts, and at least one unit is taken.
 * A refused condition costs what the item that is there costs to write.
 */
export function expectedWriteUnits(
  operation: string,
  before: readonly (WireItem | undefined)[],
  after: readonly (WireItem | undefined)[],
): number {
  const factor = operation === 'TransactWriteItems' ? TRANSACTION : 1;
  return before.reduce(
    (sum, item, index) => sum + factor * blocks(Math.max(sizeOf(item), sizeOf(after[index])), WRITE_BLOCK),
    0,
  );
}
