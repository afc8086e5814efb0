import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { STAGES } from '../../lib/stage-config.ts';
import { stage, synthesizeStage } from '../support/stages.ts';

/**
 * `npm run check:cfn`: reads the template of every stage with cfn-lint. That is a Python program, which is not needed
 * for anything else: where there is no Python or no way to get the package, this says so and finds nothing wrong.
 * What is accepted is in `.cfnlintrc.yaml`, with the reasons.
 */

const VERSION = '1.58.0';
const ROOT = join(import.meta.dirname, '../..');
/** An environment of its own: nothing is installed into the machine's Python. */
const HOME = join(ROOT, 'node_modules/.cache', `cfn-lint-${VERSION}`);
const PROGRAM = join(HOME, process.platform === 'win32' ? 'Scripts' : 'bin', 'cfn-lint');

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

function run(command: string, args: readonly string[]): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, output: error?.message ?? stdout + stderr };
}

/** Installs the program unless it is there. @returns why it is not there, or `undefined` */
function install(): string | undefined {
  if (existsSync(PROGRAM) && run(PROGRAM, ['--version']).status === 0) return undefined;
  rmSync(HOME, { recursive: true, force: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', HOME]],
    [join(HOME, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', `cfn-lint==${VERSION}`]],
  ];
  for (const [command, args] of steps) {
    const { status, output } = run(command, args);
    if (status === 0) continue;
    rmSync(HOME, { recursive: true, force: true });
    return `${command} ${args.join(' ')}: ${output.trim().split('\n').slice(-3).join('\n')}`;
  }
  return undefined;
}

const missing = install();
if (missing === undefined) {
  const outdir = mkdtempSync(join(tmpdir(), 'hub-cfn-lint-'));
  try {
    for (const name of STAGES) {
      const config = stage(name);
      synthesizeStage(config, join(outdir, name));
      const template = join(outdir, name, `OncologyHub-${name}.template.json`);
      const { status, output } = run(PROGRAM, ['--regions', config.region, '--', template]);
      console.log(status === 0 ? `cfn-lint ${VERSION}: nothing found in the template of ${name}` : output);
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
} else {
  console.log(`cfn-lint was NOT run, because it could not be installed.\n${missing}`);
}
