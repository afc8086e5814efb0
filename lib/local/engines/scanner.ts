import { randomUUID } from 'node:crypto';

import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';

import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import type { EventSource } from '../triggers/event-source.ts';
import type { ObjectCreated } from '../triggers/object-events.ts';
import type { Rules } from '../triggers/rules.ts';

export interface ScannerOptions {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly store: S3Client;
  readonly region: string;
  readonly accountId: string;
  readonly deliver: Rules['deliver'];
}

/** Its work is scanning. */
export interface Scanner extends EventSource {
  /** Scans an object in the background, if a plan covers it. What is gone by then is told nothing of. */
  readonly take: (event: ObjectCreated) => void;
}

const PlanProperties = z.looseObject({
  ProtectedResource: z.looseObject({
    S3Bucket: z.looseObject({ BucketName: z.string(), ObjectPrefixes: z._default(z.array(z.string()), ['']) }),
  }),
});

/** The harmless file that every scanner takes for malware, in two pieces: this file is none. Source: https://www.eicar.org */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
/** Bytes in which it is looked for. */
const LOOKED_AT = 4096;

/**
 * Stands in for the malware protection plans of the template: it knows one threat, and tells of each object as Amazon
 * GuardDuty does.
 * Source: https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
 */
export function createScanner({ template, resolve, store, region, accountId, deliver }: ScannerOptions): Scanner {
  const plans = template.ofType('AWS::GuardDuty::MalwareProtectionPlan').map(({ logicalId, properties }) => ({
    arn: `arn:aws:guardduty:${region}:${accountId}:malware-protection-plan/${logicalId}`,
    ...PlanProperties.parse(resolve({ ProtectedResource: properties['ProtectedResource'] })).ProtectedResource.S3Bucket,
  }));
  const busy = new Set<Promise<void>>();
  let scans = 0;
  const caughtUp = async (): Promise<void> => {
    while (busy.size > 0) await Promise.all(busy);
  };

  const scan = async (plan: string, { detail: { bucket, object } }: ObjectCreated): Promise<void> => {
    const { Body } = await store.send(
      new GetObjectCommand({ Bucket: bucket.name, Key: object.key, Range: `bytes=0-${String(LOOKED_AT - 1)}` }),
    );
    const hasThreat = ((await Body?.transformToString('latin1')) ?? '').includes(EICAR);
    deliver(undefined, {
      ...{ version: '0', id: randomUUID(), source: 'aws.guardduty' },
      'detail-type': 'GuardDuty Malware Protection Object Scan Result',
      ...{ account: accountId, region, time: new Date().toISOString(), resources: [plan] },
      detail: {
        ...{ schemaVersion: '1.0', scanStatus: 'COMPLETED', resourceType: 'S3_OBJECT' },
        s3ObjectDetails: { bucketName: bucket.name, objectKey: object.key, eTag: object.etag, s3Throttled: false },
        scanResultDetails: hasThreat
          ? { scanResultStatus: 'THREATS_FOUND', threats: [{ name: 'EICAR-Test-File (not a virus)' }] }
          : { scanResultStatus: 'NO_THREATS_FOUND', threats: null },
      },
    });
  };

  return {
    take: (event) => {
      const { bucket, object } = event.detail;
      const plan = plans.find(
        ({ BucketName, ObjectPrefixes }) =>
          BucketName === bucket.name && ObjectPrefixes.some((prefix) => object.key.startsWith(prefix)),
      );
      if (plan === undefined) return;
      const scanning = scan(plan.arn, event)
        .catch(() => undefined)
        .finally(() => {
          scans += 1;
          busy.delete(scanning);
        });
      busy.add(scanning);
    },
    name: 'scanner',
    get invocations() {
      return scans;
    },
    start: () => undefined,
    caughtUp,
    stop: caughtUp,
  };
}
