import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { buildSync } from 'esbuild';

const BENCH = join(import.meta.dirname, '..');

/**
 * Bundles a module of `bench/` the stock way: one minified ES module with everything in it.
 * @returns path of the bundle
 */
export function build(module: string, outdir: string): string {
  const outfile = join(outdir, module.replaceAll('/', '-').replace(/\.ts$/, '.mjs'));
  buildSync({
    absWorkingDir: BENCH,
    entryPoints: [module],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return outfile;
}

/**
 * Runs a script in a process of its own with exactly this environment. What it writes to standard output goes nowhere,
 * as fast as that goes.
 * @returns what it wrote to file descriptor 3, parsed as JSON
 * @throws Error when it wrote nothing
 */
export async function runChild(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  let text = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (text === '') throw new Error(`${script} ended with code ${String(code)} and without a result`);
  return JSON.parse(text);
}
