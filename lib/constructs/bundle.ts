import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

export interface BundleProps {
  /** Folder under `lambdas/`, and name of the bundle. */
  readonly context: string;
  /** Modules of that folder with a `handler`, without `.ts`. They share one bundle, so common code is shipped once. */
  readonly entries: readonly string[];
  /** Files shipped beside the code: target name → source path. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Bundles a context's handlers for `nodejs24.x` and returns the folder to deploy.
 *
 * The SDK's default credential chain (files, SSO, instance metadata …) is replaced by the environment credentials that
 * Lambda provides: the chain is half of the client's size and start-up time and is never used there.
 */
export function bundle({ context, entries, files = {} }: BundleProps): string {
  const outdir = join(ROOT, 'node_modules/.cache/hub', context);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
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
    alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'lambdas/shared/dynamo/environment-credentials.ts') },
    logLevel: 'warning',
  });
  for (const [target, source] of Object.entries(files)) cpSync(source, join(outdir, target));
  return outdir;
}
