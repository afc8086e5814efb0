/** The package ships no types. Only what the local runtime uses. */
declare module '@20minutes/s3rver' {
  import type { RequestListener } from 'node:http';

  export interface S3rverOptions {
    readonly silent?: boolean;
    readonly directory?: string;
    readonly vhostBuckets?: boolean;
    readonly configureBuckets?: readonly { readonly name: string; readonly configs?: readonly string[] }[];
  }

  /** Koa's. */
  export interface S3Exchange {
    readonly method: string;
    /** Decoded. */
    readonly path: string;
    readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly headers: Record<string, unknown>;
    status: number;
    type: string;
    body: unknown;
  }

  export default class S3rver {
    constructor(options: S3rverOptions);
    /** What each request goes through, in order. */
    readonly middleware: ((context: S3Exchange, next: () => Promise<unknown>) => Promise<unknown>)[];
    /** Like S3's notifications, of 2014. */
    on(name: 'event', listener: (event: unknown) => void): this;
    /** Makes the buckets that it was given. */
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }
}

declare module '@20minutes/s3rver/lib/signature/v4.js' {
  interface CanonicalRequest {
    readonly querystring: string;
  }
  const v4: { getStringToSign: (request: CanonicalRequest, signature: unknown) => string };
  export default v4;
}

declare module '@20minutes/s3rver/lib/models/account.js' {
  interface Account {
    createKeyPair(accessKeyId: string, secretAccessKey: string): void;
  }
  const models: { readonly DUMMY_ACCOUNT: Account };
  export default models;
}
