/** What a function's host and its worker thread say to each other. Payloads are JSON, as between Lambda and its runtime. */

export interface WorkerSettings {
  /** `file:` URL of the module. */
  readonly module: string;
  readonly exportName: string;
}

export interface InvocationRequest {
  readonly id: number;
  readonly event: string;
  readonly requestId: string;
  /** Milliseconds since the epoch at which the function is out of time. */
  readonly deadline: number;
}

export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack: string;
}

export type InvocationReply =
  | { readonly id: number; readonly result: string }
  | { readonly id: number; readonly error: InvocationError };
