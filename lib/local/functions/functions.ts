import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import * as z from 'zod/mini';

import type { Assembly } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { LocalFunction } from './function.ts';

const FunctionProperties = z.looseObject({
  Code: z.looseObject({ S3Key: z.string() }),
  Handler: z.string(),
  Environment: z.optional(z.looseObject({ Variables: z.optional(z.record(z.string(), z.string())) })),
  /** Lambda's own default, seconds. */
  Timeout: z._default(z.number(), 3),
  /** Lambda's own default, MB. */
  MemorySize: z._default(z.number(), 128),
});

/** What is served of a function's resource. Roles, log groups and the like are the cloud's business. */
const SERVED = ['Code', 'Handler', 'Environment', 'Timeout', 'MemorySize'];

export interface FunctionsOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  /** Added to the environment of the function with this logical id, as the Lambda service adds its own. */
  readonly environment: (logicalId: string) => Readonly<Record<string, string>>;
  readonly onLog: (line: string) => void;
}

/**
 * The functions that the template declares, by logical id; not started yet.
 * @throws Error naming the function whose code or environment cannot be resolved
 */
export function createFunctions(options: FunctionsOptions): ReadonlyMap<string, LocalFunction> {
  return new Map(
    options.assembly.template.ofType('AWS::Lambda::Function').map(({ logicalId, properties }) => {
      try {
        return [logicalId, createFunction(logicalId, properties, options)];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`The function ${logicalId} cannot be served: ${reason}`, { cause: error });
      }
    }),
  );
}

function createFunction(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  { assembly, resolve, environment, onLog }: FunctionsOptions,
): LocalFunction {
  const served = Object.fromEntries(Object.entries(properties).filter(([key]) => SERVED.includes(key)));
  const { Code, Handler, Environment, Timeout, MemorySize } = FunctionProperties.parse(resolve(served));
  const dot = Handler.lastIndexOf('.');
  const folder = assembly.assetFolder(Code.S3Key);
  return new LocalFunction({
    name,
    module: pathToFileURL(moduleFile(folder, Handler.slice(0, dot))).href,
    exportName: Handler.slice(dot + 1),
    timeout: Timeout * 1000,
    onLog,
    environment: {
      ...environment(name),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: Handler,
      ...Environment?.Variables,
    },
  });
}

function moduleFile(folder: string, name: string): string {
  const candidates = ['.js', '.mjs', '.cjs'].map((extension) => join(folder, `${name}${extension}`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`there is no module ${name} in ${folder}`);
  return file;
}
