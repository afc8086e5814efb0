import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import * as z from 'zod/mini';

import type { Hub } from '../../lib/local/hub.ts';
import { type Assembly, readAssembly } from '../../lib/local/template/assembly.ts';
import { synthesize } from '../../lib/local/template/synthesize.ts';

const FunctionProperties = z.looseObject({
  Code: z.looseObject({ S3Key: z.string() }),
  Handler: z.templateLiteral([z.string(), '.handler']),
  MemorySize: z.int(),
  Environment: z.optional(z.looseObject({ Variables: z.optional(z.record(z.string(), z.unknown())) })),
});

const Reference = z.strictObject({ Ref: z.string() });

/** Stands for generated secrets. */
const SECRET = 'a-secret-of-the-benchmark-with-43-characters';

/** A function as the template declares it. */
export interface DeployedFunction {
  /** Folder that would be uploaded. */
  readonly folder: string;
  /** Name of the entry module in it. */
  readonly module: string;
  readonly memoryMB: number;
  readonly moduleUrl: string;
  /** What Lambda and the template put into its environment, with the tables of `hub`. */
  environment(hub: Hub | undefined): Record<string, string>;
}

/** The synthesized Hub that everything is measured on. */
export interface Setting {
  /** The cloud assembly. */
  readonly dir: string;
  /** A folder for files of a benchmark, removed at the end. */
  readonly scratch: string;
  /** @param prefix start of the function's logical id. @throws Error unless exactly one fits */
  deployed(prefix: string): DeployedFunction;
  close(): void;
}

export function openSetting(): Setting {
  const scratch = mkdtempSync(join(tmpdir(), 'hub-bench-'));
  const dir = join(scratch, 'cdk.out');
  // A benchmark is busier than any client may be.
  synthesize(dir, { perClient: 1_000_000 });
  const assembly = readAssembly(dir);
  return {
    dir,
    scratch,
    deployed: (prefix) => describe(assembly, prefix),
    close: () => {
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function describe(assembly: Assembly, prefix: string): DeployedFunction {
  const { logicalId, properties } = assembly.template.find(prefix, 'AWS::Lambda::Function');
  const { Code, Handler, MemorySize, Environment } = FunctionProperties.parse(properties);
  const folder = assembly.assetFolder(Code.S3Key);
  const module = `${Handler.slice(0, -'.handler'.length)}.mjs`;
  return {
    folder,
    module,
    memoryMB: MemorySize,
    moduleUrl: pathToFileURL(join(folder, module)).href,
    environment: (hub) => ({
      ...LAMBDA_ENVIRONMENT,
      AWS_LAMBDA_FUNCTION_NAME: logicalId,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${logicalId}`,
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: Handler,
      ...(hub === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: hub.dynamodbEndpoint }),
      ...Object.fromEntries(
        Object.entries(Environment?.Variables ?? {}).map(([name, value]) => {
          const reference = Reference.safeParse(value);
          if (typeof value === 'string') return [name, value];
          if (name === 'API_URL') return [name, 'https://hub.example'];
          return [name, name === 'TABLE_NAME' && reference.success && hub ? hub.tableName(reference.data.Ref) : SECRET];
        }),
      ),
    }),
  };
}

/**
 * What every function finds in its environment.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const LAMBDA_ENVIRONMENT = {
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]00000000000000000000000000000000',
  AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_SESSION_TOKEN: 'bench',
  LAMBDA_RUNTIME_DIR: '/var/runtime',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
};
