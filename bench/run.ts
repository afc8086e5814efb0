import { parseArgs } from 'node:util';

import type { Benchmark, Figure, Figures } from './benchmark.ts';
import { bundleBenchmark } from './benchmarks/bundle.ts';
import { coldBenchmark } from './benchmarks/cold.ts';
import { costBenchmark } from './benchmarks/cost.ts';
import { eventProgrammeBenchmark } from './benchmarks/event-programme.ts';
import { eventRushBenchmark } from './benchmarks/event-rush.ts';
import { hotQuotaBenchmark } from './benchmarks/hot-quota.ts';
import { listsBenchmark } from './benchmarks/lists.ts';
import { outboxBenchmark } from './benchmarks/outbox.ts';
import { pipelineBenchmark } from './benchmarks/pipeline.ts';
import { startBenchmark } from './benchmarks/start.ts';
import { synthBenchmark } from './benchmarks/synth.ts';
import { unitsBenchmark } from './benchmarks/units.ts';
import { waitlistBenchmark } from './benchmarks/waitlist.ts';
import { openSetting } from './setting/setting.ts';
import { table } from './table.ts';

const BENCHMARKS: readonly Benchmark[] = [
  bundleBenchmark,
  coldBenchmark,
  pipelineBenchmark,
  unitsBenchmark,
  hotQuotaBenchmark,
  eventRushBenchmark,
  eventProgrammeBenchmark,
  waitlistBenchmark,
  listsBenchmark,
  outboxBenchmark,
  synthBenchmark,
  startBenchmark,
  costBenchmark,
];

const HELP = `npm run bench -- [--json] [--only <name>,<name>]

Measures the Hub on this machine and prints the figures beside their targets. Takes some minutes; times mean something
only against others of the same run.

  --json   one JSON object on standard output instead of the table
  --only   these benchmarks only, and those whose figures they need
  --help   this text

${BENCHMARKS.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join('\n')}
`;

interface Flags {
  readonly json: boolean;
  readonly help: boolean;
  readonly chosen: readonly Benchmark[];
}

/** @throws Error that says which flag is wrong */
function readFlags(): Flags {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
  });
  const names = values.only?.split(',') ?? BENCHMARKS.map(({ name }) => name);
  const unknown = names.filter((wanted) => !BENCHMARKS.some(({ name }) => name === wanted));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.`);
  const needed = BENCHMARKS.flatMap(({ name, needs = [] }) => (names.includes(name) ? needs : []));
  return {
    json: values.json ?? false,
    help: values.help ?? false,
    chosen: BENCHMARKS.filter(({ name }) => names.includes(name) || needed.includes(name)),
  };
}

/** Puts groups of the same name together. */
function merged(a: Figures, b: Figures): Figures {
  const result: Record<string, Figure> = { ...a };
  for (const [name, figure] of Object.entries(b)) {
    const there = result[name];
    result[name] = typeof there === 'object' && typeof figure === 'object' ? merged(there, figure) : figure;
  }
  return result;
}

async function run({ chosen, json }: Flags): Promise<boolean> {
  const started = performance.now();
  const errors: string[] = [];
  let figures: Figures = {};
  console.error('Synthesizing the app …');
  const setting = openSetting();
  try {
    for (const { name, description, run: measure } of chosen) {
      const since = performance.now();
      console.error(`${name}: ${description} …`);
      const progress = (line: string): void => {
        console.error(`  ${line}`);
      };
      const error = (message: string): void => {
        errors.push(`${name}: ${message}`);
      };
      try {
        figures = merged(figures, await measure({ setting, sofar: figures, progress, error }));
      } catch (failure) {
        error(failure instanceof Error ? failure.message : String(failure));
      }
      console.error(`  ${((performance.now() - since) / 1000).toFixed(1)} s`);
    }
  } finally {
    setting.close();
  }
  console.error(`Done in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const error of errors) console.error(`ERROR ${error}`);
  console.log(json ? JSON.stringify({ ...figures, errors }, null, 2) : table(figures));
  return errors.length === 0;
}

let flags: Flags;
try {
  flags = readFlags();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exit(1);
}
if (flags.help) console.log(HELP);
else process.exitCode = (await run(flags)) ? 0 : 1;
