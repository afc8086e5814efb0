import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

import type { InvocationReply, InvocationRequest, WorkerSettings } from './protocol.ts';

export interface FunctionSettings extends WorkerSettings {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds an invocation may take. */
  readonly timeout: number;
  /** Receives what the function writes to its standard output and error, line by line. */
  readonly onLog: (line: string) => void;
}

/** The function threw, ran out of time, or its thread died. `name` is the type of what it threw. */
export class FunctionError extends Error {
  constructor(name: string, message: string, stack = '') {
    super(message);
    this.name = name;
    if (stack !== '') this.stack = stack;
  }
}

interface Pending {
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread and what it is busy with. */
interface Instance {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

/** A Lambda function served by a worker thread, which takes any number of invocations at once. */
export class LocalFunction {
  readonly name: string;
  readonly #settings: FunctionSettings;
  #instance: Instance | undefined;
  readonly #instances = new Set<Instance>();
  #lastId = 0;
  #stopped = false;

  constructor(settings: FunctionSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  /** Loads the code ahead of the first invocation. */
  start(): void {
    this.#current();
  }

  /**
   * @param event anything that JSON can say
   * @returns what the handler returned, as JSON can say it
   * @throws FunctionError
   */
  async invoke(event: unknown): Promise<unknown> {
    if (this.#stopped) throw new FunctionError('Stopped', `${this.name} is stopped.`);
    const { timeout } = this.#settings;
    const instance = this.#current();
    this.#lastId += 1;
    const request: InvocationRequest = {
      id: this.#lastId,
      event: JSON.stringify(event),
      requestId: randomUUID(),
      deadline: Date.now() + timeout,
    };
    let timer: NodeJS.Timeout | undefined;
    try {
      const result = await new Promise<string>((resolve, reject) => {
        instance.pending.set(request.id, { resolve, reject });
        timer = setTimeout(() => {
          const seconds = (timeout / 1000).toFixed(2);
          reject(new FunctionError('Sandbox.Timedout', `${this.name}: Task timed out after ${seconds} seconds`));
          this.#retire(instance);
        }, timeout);
        instance.worker.postMessage(request);
      });
      return JSON.parse(result);
    } finally {
      clearTimeout(timer);
      instance.pending.delete(request.id);
      if (instance !== this.#instance && instance.pending.size === 0) void instance.worker.terminate();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#instance = undefined;
    await Promise.all([...this.#instances].map(({ worker }) => worker.terminate()));
  }

  /** As in Lambda, code that ran out of time is not used again; what else it was doing may finish. */
  #retire(instance: Instance): void {
    if (this.#instance === instance) this.#instance = undefined;
  }

  #current(): Instance {
    this.#instance ??= this.#startInstance();
    return this.#instance;
  }

  #startInstance(): Instance {
    const { environment, module, exportName, onLog } = this.#settings;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      env: { ...environment },
      workerData: { module, exportName } satisfies WorkerSettings,
      stdout: true,
      stderr: true,
      // A test runner's loaders and flags are not the function's.
      execArgv: [],
    });
    const instance: Instance = { worker, pending: new Map() };
    this.#instances.add(instance);
    for (const input of [worker.stdout, worker.stderr]) createInterface({ input }).on('line', onLog);
    worker.on('message', (reply: InvocationReply) => {
      const pending = instance.pending.get(reply.id);
      if ('result' in reply) pending?.resolve(reply.result);
      else pending?.reject(new FunctionError(reply.error.errorType, reply.error.errorMessage, reply.error.stack));
    });
    let reason = 'exited';
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
      onLog(JSON.stringify({ level: 'ERROR', message: 'Function crashed', function: this.name, reason }));
    });
    worker.on('exit', () => {
      this.#retire(instance);
      this.#instances.delete(instance);
      for (const { reject } of instance.pending.values()) {
        reject(new FunctionError('Runtime.ExitError', `${this.name}: ${reason}`));
      }
    });
    return instance;
  }
}
