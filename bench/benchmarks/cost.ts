import * as z from 'zod/mini';

import type { Benchmark } from '../benchmark.ts';
import { rounded } from '../statistics.ts';

/** List prices of us-east-1 in USD, without free tiers and volume discounts. Each says which page to check it against. */
const PRICES = {
  /** Per write request unit on demand. https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnit: 0.625e-6,
  /** Per read request unit on demand. Same page. */
  readUnit: 0.125e-6,
  /** Per request to an HTTP API. https://aws.amazon.com/api-gateway/pricing/ */
  apiRequest: 1.0e-6,
  /** Per invocation. https://aws.amazon.com/lambda/pricing/ */
  invocation: 0.2e-6,
  /** Per GB of memory and second, arm64. Same page. */
  gigabyteSecond: 0.0000133334,
  /** Per GB of logs taken in, standard class. https://aws.amazon.com/cloudwatch/pricing/ */
  logGigabyte: 0.5,
};

/**
 * Milliseconds that DynamoDB in the same region takes longer for a request than the engine on this machine does.
 * DynamoDB promises single-digit milliseconds: an assumption on the high side, named because it cannot be measured here.
 */
const DYNAMODB_EXTRA_MS = 4;
/** Bytes of the START, END and REPORT lines that Lambda adds to each invocation's log: an estimate. */
const LAMBDA_LOG_BYTES = 330;

const GB = 1e9;
const MILLION = 1e6;

const Measured = z.looseObject({
  booking: z.looseObject({
    wcu: z.number(),
    rcu: z.number(),
    logBytes: z.number(),
    calls: z.record(z.string(), z.number()),
  }),
  warmBookingMs: z.number(),
});

export const costBenchmark: Benchmark = {
  name: 'cost',
  description: 'what a million bookings cost at list prices, from the measured units, time and log bytes',
  needs: ['units', 'hot-quota'],
  run: ({ setting, sofar }) => {
    const { booking, warmBookingMs } = Measured.parse(sofar);
    const calls = Object.values(booking.calls).reduce((sum, count) => sum + count, 0);
    const seconds = Math.ceil(warmBookingMs + calls * DYNAMODB_EXTRA_MS) / 1000;
    const { memoryMB } = setting.deployed('QuotasHttp');
    const each = {
      writes: booking.wcu * PRICES.writeUnit,
      reads: booking.rcu * PRICES.readUnit,
      api: PRICES.apiRequest,
      invocations: PRICES.invocation,
      duration: (memoryMB / 1024) * seconds * PRICES.gigabyteSecond,
      logs: ((booking.logBytes + LAMBDA_LOG_BYTES) / GB) * PRICES.logGigabyte,
    };
    const perMillion = Object.fromEntries(Object.entries(each).map(([name, usd]) => [name, rounded(usd * MILLION, 3)]));
    const total = Object.values(each).reduce((sum, usd) => sum + usd, 0) * MILLION;
    return Promise.resolve({ costPerMillionBookingsUSD: rounded(total, 2), costBreakdownUSD: perMillion });
  },
};
