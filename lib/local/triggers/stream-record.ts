import type { _Record, AttributeValue } from '@aws-sdk/client-dynamodb-streams';

/** A stream record as Lambda hands it to functions: like the Streams API's, in JSON. */
export function streamRecord(record: _Record, eventSourceARN: string, awsRegion: string): Record<string, unknown> {
  const { dynamodb: change, ...rest } = record;
  const { ApproximateCreationDateTime: created, Keys, NewImage, OldImage, ...others } = change ?? {};
  return {
    ...rest,
    awsRegion,
    eventSourceARN,
    dynamodb: {
      ...(created && { ApproximateCreationDateTime: Math.floor(created.getTime() / 1000) }),
      ...(Keys && { Keys: image(Keys) }),
      ...(NewImage && { NewImage: image(NewImage) }),
      ...(OldImage && { OldImage: image(OldImage) }),
      ...others,
    },
  };
}

function image(attributes: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attribute(value)]));
}

/** Binary is base64 in events. */
function attribute(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.M !== undefined) return { M: image(value.M) };
  if (value.L !== undefined) return { L: value.L.map(attribute) };
  // DynamoDB Local's streams leave out what an empty map is; DynamoDB's do not.
  if (Object.keys(value).length === 0) return { M: {} };
  return value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
