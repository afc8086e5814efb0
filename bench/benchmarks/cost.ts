import * as z from 'zod/mini';

import { readAssembly } from '../../lib/local/template/assembly.ts';
import type { Benchmark } from '../benchmark.ts';
import { deployedBy } from '../cost/deployed.ts';
import { DYNAMODB_EXTRA_MS, priceOf } from '../cost/request.ts';
import { rounded } from '../statistics.ts';

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
    const each = priceOf({
      ...booking,
      ...deployedBy(readAssembly(setting.dir).template),
      milliseconds: warmBookingMs + calls * DYNAMODB_EXTRA_MS,
    });
    const perMillion = Object.fromEntries(Object.entries(each).map(([name, usd]) => [name, rounded(usd * MILLION, 3)]));
    const total = Object.values(each).reduce((sum, usd) => sum + usd, 0) * MILLION;
    return Promise.resolve({ costPerMillionBookingsUSD: rounded(total, 2), costBreakdownUSD: perMillion });
  },
};
