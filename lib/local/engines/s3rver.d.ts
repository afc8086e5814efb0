/** The package ships no types. Only what the local runtime uses. */
declare module '@20minutes/s3rver' {
  import type { AddressInfo } from 'node:net';

  export interface S3rverOptions {
    readonly address?: string;
    readonly port?: number;
    readonly silent?: boolean;
    readonly directory?: string;
    readonly vhostBuckets?: boolean;
    readonly configureBuckets?: readonly { readonly name: string }[];
  }

  export default class S3rver {
    constructor(options: S3rverOptions);
    /** Koa's: what each request goes through, in order. */
    readonly middleware: ((
      context: { readonly path: string; readonly headers: Record<string, unknown> },
      next: () => Promise<unknown>,
    ) => Promise<unknown>)[];
    readonly httpServer?: import('node:http').Server;
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
}

declare module '@20minutes/s3rver/lib/models/account.js' {
  interface Account {
    createKeyPair(accessKeyId: string, secretAccessKey: string): void;
  }
  const models: { readonly DUMMY_ACCOUNT: Account };
  export default models;
}
