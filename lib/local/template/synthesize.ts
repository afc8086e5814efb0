import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import * as z from 'zod/mini';

import { HubStack } from '../../hub-stack.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LOCK = join(ROOT, 'node_modules/.hub-synth.lock');
/** Synthesis takes about a second; a lock this old, in milliseconds, was left by a process that died. */
const LOCK_STALE_AFTER = 20_000;

const CdkJson = z.looseObject({ context: z.optional(z.record(z.string(), z.unknown())) });

/** Synthesizes the Hub in this process, with the same context as the CDK CLI, into `outdir`. */
export function synthesize(outdir: string): void {
  rmSync(outdir, { recursive: true, force: true });
  const { context = {} } = CdkJson.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  whileLocked(() => {
    const app = new App({
      outdir,
      context,
      analyticsReporting: false,
      treeMetadata: false,
      // The check against CloudFormation's rules takes longer than all the rest; `npm run synth` makes it.
      builtinCloudFormationValidation: false,
    });
    new HubStack(app, 'OncologyHub');
    app.synth();
  });
}

/** Bundles are made in one folder of this checkout: hubs that start at once (parallel tests) must take turns. */
function whileLocked(work: () => void): void {
  while (!tryLock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  try {
    work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function tryLock(): boolean {
  try {
    closeSync(openSync(LOCK, 'wx'));
    return true;
  } catch {
    const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > LOCK_STALE_AFTER) rmSync(LOCK, { force: true });
    return false;
  }
}
