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
