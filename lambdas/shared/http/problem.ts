/**
 * A kind of refusal, documented once: RFC 9457 problem `type` `/problems/<code>`.
 * `advice` is what its page tells the reader to do about it.
 */
export interface ProblemType {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly advice: string;
  /** It is about somebody's one step, not about how the Hub is used: nobody watches how often it happens. */
  readonly uncounted?: true;
}

export function isProblemType(value: unknown): value is ProblemType {
  return typeof value === 'object' && value !== null && 'code' in value && 'status' in value && 'title' in value;
}

export interface FieldError {
  /** RFC 6901 JSON pointer into the body, or `?name` for a query parameter. */
  readonly pointer: string;
  readonly message: string;
}

/** Extension members of a problem (RFC 9457, section 3.2). They reach the client: never put another tenant's data here. */
export interface ProblemExtensions {
  readonly errors?: readonly FieldError[];
  readonly [member: string]: unknown;
}

/** A refusal on its way to the client. Thrown by operations and by the HTTP layer, rendered in one place. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly extensions: ProblemExtensions;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(type: ProblemType, detail: string, extensions: ProblemExtensions = {}, retryAfter?: number) {
    super(detail);
    this.name = type.code;
    this.type = type;
    this.extensions = extensions;
    this.retryAfter = retryAfter;
  }
}
