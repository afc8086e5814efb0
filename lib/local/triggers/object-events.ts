import { randomUUID } from 'node:crypto';

import * as z from 'zod/mini';

import type { Template } from '../template/template.ts';

export interface ObjectEventsOptions {
  readonly template: Template;
  readonly bucketName: (logicalId: string) => string;
  readonly region: string;
  readonly accountId: string;
}

/** An event of S3's for the default bus. */
export interface ObjectCreated extends Readonly<Record<string, unknown>> {
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly size: number; readonly etag: string };
  };
}

const Notifying = z.looseObject({
  NotificationConfiguration: z.looseObject({
    EventBridgeConfiguration: z.looseObject({ EventBridgeEnabled: z.literal(true) }),
  }),
});

/** What the embedded engine says, in the words of S3's first notifications. */
const Notification = z.looseObject({
  Records: z.array(
    z.looseObject({
      eventName: z.string(),
      s3: z.looseObject({
        bucket: z.looseObject({ name: z.string() }),
        object: z.looseObject({
          key: z.string(),
          size: z.optional(z.number()),
          eTag: z.optional(z.string()),
          sequencer: z.string(),
        }),
      }),
    }),
  ),
});

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ObjectCreated:Put', 'PutObject'],
  ['ObjectCreated:Post', 'CompleteMultipartUpload'],
  ['ObjectCreated:Copy', 'CopyObject'],
]);

/**
 * Translates what the embedded S3 says of objects into what S3 tells the event bus, for the buckets that the template has
 * tell it.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function createObjectEvents({ template, bucketName, region, accountId }: ObjectEventsOptions) {
  const notifying = new Set(
    template
      .ofType('AWS::S3::Bucket')
      .filter(({ properties }) => Notifying.safeParse(properties).success)
      .map(({ logicalId }) => bucketName(logicalId)),
  );
  return (notification: unknown): ObjectCreated[] =>
    Notification.parse(notification).Records.flatMap(({ eventName, s3: { bucket, object } }) => {
      const reason = REASONS.get(eventName);
      if (reason === undefined || !notifying.has(bucket.name)) return [];
      const { key, size = 0, eTag: etag = '', sequencer } = object;
      return [
        {
          ...{ version: '0', id: randomUUID(), source: 'aws.s3', 'detail-type': 'Object Created' },
          ...{ account: accountId, region, time: new Date().toISOString(), resources: [`arn:aws:s3:::${bucket.name}`] },
          detail: {
            ...{ version: '0', reason, requester: accountId, 'request-id': randomUUID() },
            ...{ bucket: { name: bucket.name }, object: { key, size, etag, sequencer } },
          },
        },
      ];
    });
}
