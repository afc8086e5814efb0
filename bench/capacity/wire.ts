import * as z from 'zod/mini';

/** The parts of DynamoDB's JSON protocol that the meter reads. */

/** An item or a key as it is sent: attribute name → typed value, such as `{ "S": "text" }`. */
export const WireItem = z.record(z.string(), z.record(z.string(), z.unknown()));
export type WireItem = z.infer<typeof WireItem>;

const Write = z.looseObject({ TableName: z.string(), Key: z.optional(WireItem), Item: z.optional(WireItem) });

export const RequestBody = z.looseObject({
  TableName: z.optional(z.string()),
  Key: z.optional(WireItem),
  Item: z.optional(WireItem),
  ConsistentRead: z.optional(z.boolean()),
  RequestItems: z.optional(z.record(z.string(), z.looseObject({ ConsistentRead: z.optional(z.boolean()) }))),
  TransactItems: z.optional(z.array(z.record(z.string(), Write))),
});
export type RequestBody = z.infer<typeof RequestBody>;

const ConsumedCapacity = z.looseObject({ CapacityUnits: z.number() });

export const ResponseBody = z.looseObject({
  Item: z.optional(WireItem),
  Items: z.optional(z.array(WireItem)),
  Count: z.optional(z.int()),
  ScannedCount: z.optional(z.int()),
  Responses: z.optional(z.unknown()),
  ConsumedCapacity: z.optional(z.union([z.array(ConsumedCapacity), ConsumedCapacity])),
});
export type ResponseBody = z.infer<typeof ResponseBody>;

export const BatchResponses = z.record(z.string(), z.array(WireItem));
export const TransactResponses = z.array(z.looseObject({ Item: z.optional(WireItem) }));

/** Units of all tables of one response; `undefined` when the engine reported none. */
export function reportedUnits({ ConsumedCapacity: consumed }: ResponseBody): number | undefined {
  if (consumed === undefined) return undefined;
  return [consumed].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}
