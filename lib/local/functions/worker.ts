import { parentPort, workerData } from 'node:worker_threads';

import type { InvocationError, InvocationReply, InvocationRequest, WorkerSettings } from './protocol.ts';

/**
 * The inside of a function's worker thread: loads the handler once and runs it for every request, as the Lambda
 * runtime does. Unlike there, invocations may overlap.
 */

type Handler = (event: unknown, context: unknown) => unknown;

const loading = load(settings());
// Reported by the first invocation, with the reason: not as an unhandled rejection that kills the thread.
loading.catch(() => undefined);

parentPort?.on('message', (request: InvocationRequest) => {
  void run(request).then((reply) => parentPort?.postMessage(reply));
});

/** The host's data, which the thread sees without a type. */
function settings(): WorkerSettings {
  const data: unknown = workerData;
  if (typeof data === 'object' && data !== null && 'module' in data && 'exportName' in data) {
    return { module: String(data.module), exportName: String(data.exportName) };
  }
  throw new Error('The worker was started without its settings.');
}

async function load({ module, exportName }: WorkerSettings): Promise<Handler> {
  const loaded: unknown = await import(module);
  const handler: unknown = typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, exportName) : undefined;
  if (typeof handler !== 'function') throw new Error(`${module} exports no function named ${exportName}`);
  return (event, context): unknown => Reflect.apply(handler, undefined, [event, context]);
}

async function run({ id, event, requestId, deadline }: InvocationRequest): Promise<InvocationReply> {
  try {
    const handler = await loading;
    const result = await handler(JSON.parse(event), contextOf(requestId, deadline));
    return { id, result: JSON.stringify(result ?? null) };
  } catch (error) {
    return { id, error: described(error) };
  }
}

function contextOf(requestId: string, deadline: number): Record<string, unknown> {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${String(env['AWS_REGION'])}:000000000000:function:${String(env['AWS_LAMBDA_FUNCTION_NAME'])}`,
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    awsRequestId: requestId,
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function described(error: unknown): InvocationError {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error), stack: '' };
  return { errorType: error.name, errorMessage: error.message, stack: error.stack ?? '' };
}
