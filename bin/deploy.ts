import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { cdkContext } from '../lib/cdk-context.ts';
import { NotDeployable } from '../lib/deploy/findings.ts';
import { preflight, stackStatus } from '../lib/deploy/preflight.ts';
import { StageConfigError, stageConfig } from '../lib/stage-config.ts';

const HELP = `npm run deploy -- [-c stage=dev|prod] [any option of cdk deploy]

Looks for what would make the deployment fail, says what to do about it, and otherwise runs cdk deploy.
Running it again after a failure goes on from what is there; without a change it changes nothing.`;

/** The stage in `-c stage=…`, else the one in cdk.json. Other options are the CDK's. */
function chosenStage(args: readonly string[], context: Readonly<Record<string, unknown>>): unknown {
  const { values } = parseArgs({
    args: [...args],
    options: { context: { type: 'string', short: 'c', multiple: true } },
    strict: false,
    allowPositionals: true,
  });
  const given = (values.context ?? []).filter((each) => typeof each === 'string');
  return given.findLast((each) => each.startsWith('stage='))?.slice('stage='.length) ?? context['stage'];
}

/** What is left behind by a deployment that failed, and what to do next. */
function afterFailure(stack: string, status: string | undefined): string {
  if (status === undefined || status.startsWith('ROLLBACK_') || status === 'REVIEW_IN_PROGRESS') {
    return `Nothing is deployed. Mend what is said above and deploy again: what is left of ${stack} is removed then.`;
  }
  if (status === 'UPDATE_ROLLBACK_COMPLETE' || status.endsWith('_COMPLETE')) {
    return `${stack} is as it was before, and serves. Mend what is said above and deploy again.`;
  }
  return `${stack} is now ${status}. Run npm run deploy again: it says what to do.`;
}

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(HELP);
  process.exit(0);
}

try {
  const context = cdkContext();
  const config = stageConfig(chosenStage(args, context), context['stages']);
  const place = await preflight(config, process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '');
  console.log(`Deploying ${place.stack} to account ${place.account}, ${place.region}`);
  const cdk = join(import.meta.dirname, '../node_modules/aws-cdk/bin/cdk');
  const { status } = spawnSync(process.execPath, [cdk, 'deploy', ...args], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(afterFailure(place.stack, await stackStatus(place).catch(() => 'in a state that cannot be read')));
    process.exitCode = status ?? 1;
  }
} catch (error) {
  if (!(error instanceof NotDeployable) && !(error instanceof StageConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
