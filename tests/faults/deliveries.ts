import { marshall } from '@aws-sdk/util-dynamodb';

import { bookingKey, grantKey } from '../../lambdas/quotas/keys.ts';
import type { Hub } from '../../lib/local/hub.ts';
import type { Told } from '../support/ledger.ts';

/** Changes of grants and bookings, as a stream brings them to a job. */

/** As the stream tells it. */
export function recordOf({ of, before, after }: Told, index: number) {
  const Keys = of === 'grant' ? grantKey(after.id) : bookingKey(after.id);
  const image = (item: object) => marshall({ ...Keys, ...item }, { removeUndefinedValues: true });
  return {
    eventName: before === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      SequenceNumber: String(index + 1),
      Keys: marshall(Keys),
      NewImage: image(after),
      ...(before && { OldImage: image(before) }),
    },
  };
}

interface Failures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Delivers as Lambda does.
 * @returns what has to come again: from the first record that failed, or all when the job did
 */
export async function deliver(hub: Pick<Hub, 'invoke'>, job: string, told: readonly Told[]): Promise<readonly Told[]> {
  try {
    const { batchItemFailures } = (await hub.invoke(job, { Records: told.map(recordOf) })) as Failures;
    const failed = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier) - 1);
    return failed.length === 0 ? [] : told.slice(Math.min(...failed));
  } catch {
    return told;
  }
}
