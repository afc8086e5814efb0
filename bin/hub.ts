import '../lib/compile-cache.ts';
import '../lib/bundling.ts';

import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// Only now, while esbuild is at work: it takes a second to load the CDK and all that is built on it.
const [{ App }, { cdkContext }, { HubStack }, { addPolicyChecks }, { StageConfigError, stageConfig }] =
  await Promise.all([
    import('aws-cdk-lib'),
    import('../lib/cdk-context.ts'),
    import('../lib/hub-stack.ts'),
    import('../lib/policy-checks.ts'),
    import('../lib/stage-config.ts'),
  ]);

// The CDK checks the template in WebAssembly, which is over before code compiled well would pay for its compiling: without
// that a synthesis takes a third less computing time.
setFlagsFromString('--no-wasm-dynamic-tiering');
setFlagsFromString('--no-wasm-tier-up');
// Its memory grows in many steps; each makes V8 look for garbage in all of the app. V8's threads for that get in the way of
// the work itself.
setFlagsFromString('--no-concurrent-marking');

/** The CDK says where to; run by itself (`npm run synth`) this synthesizes where the CDK would. */
const outdir = process.env['CDK_OUTDIR'] ?? join(import.meta.dirname, '../cdk.out');

try {
  const app = new App({ outdir, context: cdkContext() });
  addPolicyChecks(app);
  new HubStack(app, stageConfig(app.node.tryGetContext('stage'), app.node.tryGetContext('stages')));
  app.synth();
} catch (error) {
  const told = error instanceof StageConfigError || (error instanceof Error && error.name === 'ValidationFailed');
  if (!told) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
