import { rmSync } from 'node:fs';

import { App } from 'aws-cdk-lib';

import { cdkContext } from '../../cdk-context.ts';
import { HubStack } from '../../hub-stack.ts';
import { stageConfig } from '../../stage-config.ts';

/** What is mailed here is written into files: any sender will do. */
const LOCAL_MAIL = { sender: 'no-reply@hub.example.org' };

/**
 * Synthesizes the Hub's stage `dev` in this process, with the same context as the CDK CLI, into `outdir`.
 * @param perClient requests a second that one client may send; default: what the stage says
 */
export function synthesize(outdir: string, { perClient }: { readonly perClient?: number } = {}): void {
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
  const config = stageConfig('dev', context['stages']);
  const throttle = { ...config.throttle, ...(perClient !== undefined && { perClient }) };
  new HubStack(app, { mail: LOCAL_MAIL, ...config, throttle });
  app.synth();
}
