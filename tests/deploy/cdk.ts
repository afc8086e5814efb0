import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** What of this process's environment the CDK may see: no profile or credentials but those it is given. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
const KEPT_FOR_AWS = /^(?:PATH|HOME|TMPDIR|LANG|AWS_.*)$/;

export interface CdkRun {
  readonly status: number;
  /** All that it wrote. */
  readonly output: string;
  readonly seconds: number;
}

/** Runs the CDK's command line on the Hub's app, or on another one. Resolves whether it succeeds or not. */
export async function cdk(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { app = 'node bin/hub.ts', onLine }: { readonly app?: string; readonly onLine?: (line: string) => void } = {},
): Promise<CdkRun> {
  const outdir = mkdtempSync(join(tmpdir(), 'hub-cdk-'));
  const real = environment['AWS_ENDPOINT_URL'] === undefined;
  const inherited = Object.entries(process.env).filter(([name]) =>
    real ? KEPT_FOR_AWS.test(name) : KEPT.includes(name),
  );
  const startedAt = Date.now();
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...args, '--app', app, '--output', outdir],
    {
      cwd: ROOT,
      env: {
        ...Object.fromEntries(inherited),
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        NO_COLOR: '1',
        CI: '1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += String(data);
      onLine?.(String(data));
    });
  }
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
  rmSync(outdir, { recursive: true, force: true });
  return { status, output, seconds: (Date.now() - startedAt) / 1000 };
}

/** @throws Error with what the CDK wrote last, when it fails */
export async function cdkOrThrow(...args: Parameters<typeof cdk>): Promise<CdkRun> {
  const run = await cdk(...args);
  if (run.status === 0) return run;
  throw new Error(`cdk ${args[0].join(' ')} failed:\n${run.output.trim().split('\n').slice(-25).join('\n')}`);
}

export const bootstrap = (environment: Readonly<Record<string, string>>): Promise<CdkRun> =>
  cdkOrThrow(['bootstrap'], environment);
