import * as z from 'zod/mini';

import type { Benchmark } from '../benchmark.ts';
import { build, runChild } from '../setting/child.ts';
import { rounded } from '../statistics.ts';

const Report = z.object({ subject: z.number(), baseline: z.number() });

export const pipelineBenchmark: Benchmark = {
  name: 'pipeline',
  description: 'route, authorization, validation, idempotency and log of a booking, over a bare handler, p50',
  run: async ({ setting }) => {
    const script = build('children/pipeline.ts', setting.scratch);
    const environment = setting.deployed('QuotasHttp').environment(undefined);
    const { subject, baseline } = Report.parse(await runChild(script, [], environment));
    return { pipeline: { overheadUs: rounded(subject - baseline, 1), bareUs: rounded(baseline, 2) } };
  },
};
