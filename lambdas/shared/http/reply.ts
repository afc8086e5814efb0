/** What an endpoint answers, before it becomes bytes. */
export interface Reply {
  readonly body: unknown;
  /** Becomes `ETag`. */
  readonly version?: number;
  readonly location?: string;
  /** Cursor of the following page: becomes `Link`. */
  readonly next?: string;
  /** The request had been carried out before: `Idempotency-Replayed: true`. */
  readonly replayed?: boolean;
  /** Anything that is not JSON brings its own media type (and, if compressed, encoding). */
  readonly media?: {
    readonly type: string;
    readonly encoding?: string;
    /** Headers of the request by which another answer could have been. */
    readonly vary?: string;
    readonly cacheControl?: string;
    readonly contentSecurityPolicy?: string;
  };
}

/** Something with a version that is shown to a client. */
interface Shown {
  readonly body: unknown;
  readonly version: number;
}

export function ok({ body, version }: Shown, replayed = false): Reply {
  return { body, version, replayed };
}

export function created(location: string, { body, version }: Shown, replayed: boolean): Reply {
  return { body, version, location, replayed };
}

/** A page of a list; the `Link` header is made from `next`. */
export function page(items: readonly unknown[], next: string | undefined): Reply {
  return next === undefined ? { body: { items } } : { body: { items, next }, next };
}
