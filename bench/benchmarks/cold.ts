import { pathToFileURL } from 'node:url';

import * as z from 'zod/mini';

import type { Benchmark } from '../benchmark.ts';
import { build, runChild } from '../setting/child.ts';
import { gatewayEvent } from '../setting/events.ts';
import { HTTP_FUNCTIONS } from '../setting/http-functions.ts';
import { Scene } from '../setting/scene.ts';
import { median, rounded } from '../statistics.ts';

const REPETITIONS = 25;
/** Rounds that only bring the files into the page cache. */
const WARM_UPS = 2;

const Report = z.object({ milliseconds: z.number(), statusCode: z.literal(200) });

interface Candidate {
  readonly name: string;
  readonly moduleUrl: string;
  readonly event: string;
  readonly environment: Record<string, string>;
}

/** @returns milliseconds from the beginning of a process to its first answer, by its own clock */
async function coldStart(child: string, { name, moduleUrl, event, environment }: Candidate): Promise<number> {
  const report = Report.safeParse(await runChild(child, [moduleUrl, event], environment));
  if (!report.success) throw new Error(`The cold ${name} function did not answer 200.`);
  return report.data.milliseconds;
}

export const coldBenchmark: Benchmark = {
  name: 'cold',
  description: 'first answer of a cold function, divided by that of a bare stock handler',
  run: async ({ setting, progress }) => {
    const child = build('children/cold.ts', setting.scratch);
    const reference = build('reference/handler.ts', setting.scratch);
    const scene = await Scene.open(setting, { metered: false });
    try {
      const grant = await scene.grant(100);
      const candidates = HTTP_FUNCTIONS.map(({ name, logicalId, firstGet }): Candidate => {
        const deployed = setting.deployed(logicalId);
        const event = JSON.stringify(gatewayEvent(firstGet(grant)));
        return { name, moduleUrl: deployed.moduleUrl, event, environment: deployed.environment(scene.hub) };
      });
      const template = candidates.find(({ name }) => name === 'institutions');
      if (template === undefined) throw new Error('The reference reads an institution, and nothing serves them');
      candidates.push({ ...template, name: 'reference', moduleUrl: pathToFileURL(reference).href });

      const times = new Map(candidates.map(({ name }): [string, number[]] => [name, []]));
      for (let round = -WARM_UPS; round < REPETITIONS; round++) {
        if (round % 5 === 0) progress(`round ${String(round)} of ${String(REPETITIONS)}`);
        for (let turn = 0; turn < candidates.length; turn++) {
          const candidate = candidates[(turn + round + WARM_UPS) % candidates.length];
          if (candidate === undefined) continue;
          const milliseconds = await coldStart(child, candidate);
          if (round >= 0) times.get(candidate.name)?.push(milliseconds);
        }
      }
      const referenceMs = median(times.get('reference') ?? []);
      return {
        reference: { coldMs: rounded(referenceMs, 1) },
        functions: Object.fromEntries(
          HTTP_FUNCTIONS.map(({ name }) => {
            const coldMs = median(times.get(name) ?? []);
            return [name, { coldRatio: rounded(coldMs / referenceMs, 3), coldMs: rounded(coldMs, 1) }];
          }),
        ),
      };
    } finally {
      await scene.close();
    }
  },
};
