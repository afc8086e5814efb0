import { rmSync } from 'node:fs';

import { App } from 'aws-cdk-lib';

import { cdkContext } from '../../cdk-context.ts';
import { HubStack } from '../../hub-stack.ts';
import { stageConfig } from '../../stage-config.ts';

/** Synthesizes the Hub's stage `dev` in this process, with the same context as the CDK CLI, into `outdir`. */
export function synthesize(outdir: string): void {
  rmSync(outdir, { recursive: true, force: true });
  const context = cdkContext();
  const app = new App({
    outdir,
    context,
    analyticsReporting: false,
    treeMetadata: false,
    // The check against CloudFormation's rules takes longer than all the rest; `npm run synth` makes it.
    builtinCloudFormationValidation: false,
  });
  new HubStack(app, stageConfig('dev', context['stages']));
  app.synth();
}
