import type { Permission } from '../auth/access.ts';
import type { Creation } from '../dynamo/create-once.ts';
import { fingerprintOf, requestId } from './idempotency.ts';

interface KeyedRequest {
  readonly permission: Permission;
  readonly body: unknown;
  readonly idempotencyKey: string;
}

/**
 * A request that is remembered with what it makes or changes.
 * @param target operation and the ids in the path @param resourceId of what is to be made or changed
 */
export function creationOf(
  { now }: { readonly now: () => Date },
  { permission: { caller }, body, idempotencyKey }: KeyedRequest,
  target: readonly string[],
  resourceId: string,
): Creation {
  return {
    request: requestId({ caller, target, idempotencyKey }),
    fingerprint: fingerprintOf(body),
    resourceId,
    now: now(),
  };
}
