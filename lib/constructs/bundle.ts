import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

export interface BundleProps {
  /** Folder under `lambdas/`, and name of the bundle. */
  readonly context: string;
  /** Modules of that folder with a `handler`, without `.ts`. They share one bundle, so common code is shipped once. */
  readonly entries: readonly string[];
  /** Contents of files shipped beside the code, by name. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

const START_UP = join(ROOT, 'lambdas/shared/start-up');

/**
 * What is replaced so that a function starts faster. The SDK's default credential chain (files, SSO, instance metadata …)
 * is half of the client's size and start-up time and is never used in Lambda, which has credentials in the environment.
 */
const LEAN = {
  '@aws-sdk/credential-provider-node': 'environment-credentials.ts',
  '@smithy/core/event-streams': 'nothing.ts',
  'node:http': 'http.ts',
  'node:https': 'https.ts',
  'node:process': 'process.ts',
};

/** Bundles a context's handlers for `nodejs24.x` and returns the folder to deploy. */
export function bundle({ context, entries, files = {} }: BundleProps): string {
  // Copied into the cloud assembly while the app is synthesized, and not needed after that.
  const outdir = mkdtempSync(join(tmpdir(), `hub-${context}-`));
  process.once('exit', () => {
    rmSync(outdir, { recursive: true, force: true });
  });
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: entries.map((entry) => join('lambdas', context, `${entry}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    alias: Object.fromEntries(Object.entries(LEAN).map(([module, file]) => [module, join(START_UP, file)])),
    logLevel: 'warning',
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(outdir, name), content);
  return outdir;
}
