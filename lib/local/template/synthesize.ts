import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import * as z from 'zod/mini';

import { HubStack } from '../../hub-stack.ts';

const ROOT = join(import.meta.dirname, '../../..');

const CdkJson = z.looseObject({ context: z.optional(z.record(z.string(), z.unknown())) });

/** Synthesizes the Hub in this process, with the same context as the CDK CLI, into `outdir`. */
export function synthesize(outdir: string): void {
  rmSync(outdir, { recursive: true, force: true });
  const { context = {} } = CdkJson.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
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
}
