import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Benchmark } from '../benchmark.ts';
import { median, rounded } from '../statistics.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPETITIONS = 3;

/** Synthesizes as `npm run synth` does. @returns seconds */
async function synth(outdir: string): Promise<number> {
  const since = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'bin/hub.ts')], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: outdir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`Synthesis ended with code ${String(code)}: ${errors}`);
  return (performance.now() - since) / 1000;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

export const synthBenchmark: Benchmark = {
  name: 'synth',
  description: 'synthesis with all checks, and the size of its assets',
  run: async ({ setting }) => {
    const outdir = join(setting.scratch, 'synth');
    const seconds: number[] = [];
    for (let count = 0; count < REPETITIONS; count++) seconds.push(await synth(outdir));
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    const bytes = assets.reduce((sum, name) => sum + bytesIn(join(outdir, name)), 0);
    return { synth: { seconds: rounded(median(seconds), 2), assetKB: rounded(bytes / 1000, 0) } };
  },
};
