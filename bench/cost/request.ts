import { PRICES } from './prices.ts';

/** What a single price is asked for: measured, but for what is named an estimate below. */

/**
 * Milliseconds that DynamoDB in the same region takes longer for a request than the engine on this machine does.
 * DynamoDB promises single-digit milliseconds: an assumption on the high side, named because it cannot be measured here.
 */
export const DYNAMODB_EXTRA_MS = 4;
/** Bytes of the START, END and REPORT lines that Lambda adds to each invocation's log: an estimate. */
const LAMBDA_LOG_BYTES = 330;

const GB = 1e9;

/** An invocation of a function. */
export interface Invocation {
  readonly wcu: number;
  readonly rcu: number;
  /** Bytes the function logs. */
  readonly logBytes: number;
  /** Milliseconds it computes and waits. */
  readonly milliseconds: number;
  readonly memoryMB: number;
  /** Whether Lambda logs that it began and ended. */
  readonly platformLog: boolean;
  /** Bytes that the gateway logs of the request; `undefined` when it does not come through the gateway. */
  readonly accessLogBytes: number | undefined;
}

/** Bytes that an invocation leaves in CloudWatch Logs. */
export function loggedBytes({ logBytes, platformLog, accessLogBytes = 0 }: Invocation): number {
  return logBytes + (platformLog ? LAMBDA_LOG_BYTES : 0) + accessLogBytes;
}

/** USD for one invocation. */
export function priceOf(invocation: Invocation) {
  const { wcu, rcu, milliseconds, memoryMB, accessLogBytes } = invocation;
  return {
    writes: wcu * PRICES.writeUnit,
    reads: rcu * PRICES.readUnit,
    api: accessLogBytes === undefined ? 0 : PRICES.apiRequest,
    invocations: PRICES.invocation,
    duration: (memoryMB / 1024) * (Math.ceil(milliseconds) / 1000) * PRICES.gigabyteSecond,
    logs: (loggedBytes(invocation) / GB) * PRICES.logGigabyte,
  };
}
