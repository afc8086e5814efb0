import type { Role } from '../../lambdas/shared/auth/vocabulary.ts';
import type { DynamodbEngine } from './engines/dynamodb.ts';
import type { Account } from './issuer/accounts.ts';
import type { Usage } from './permissions/gate.ts';
import type { Template } from './template/template.ts';

/** What the local runtime is asked for, and what it gives. */

export interface HubOptions {
  /** @default 0: any free port */
  readonly port?: number;
  /** Folder whose data survives; without it nothing does. */
  readonly dataDir?: string;
  /** @default what the environment asks for, see `chosenEngine` */
  readonly engine?: DynamodbEngine;
  /** A folder with an app that is synthesized already, served instead of synthesizing the Hub. */
  readonly assembly?: string;
  /** Gets the engine's endpoint and returns the one that functions shall use: a proxy that makes faults, for example. */
  readonly interposeDynamodb?: (endpoint: string) => Promise<string>;
  /** Whether streams and schedules run functions. @default true */
  readonly jobs?: boolean;
  /** Whether schedules run by the clock, and not only when they are told to. @default as `jobs` */
  readonly clock?: boolean;
  readonly onProgress?: (line: string) => void;
  /** What functions write, line by line, and the runtime's own remarks about them, as JSON. */
  readonly onLog?: (line: string) => void;
}

export interface TokenRequest {
  /** Alias of a demo institution, or any institution's id. */
  readonly institution: string;
  readonly role: Role;
  /** @default every scope the role may have */
  readonly scopes?: readonly string[];
  /** Put over the usual claims; undefined leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface Hub {
  /** Base URL of the API, and the token issuer's identifier. */
  readonly url: string;
  readonly engine: DynamodbEngine;
  /** The engine itself, whatever was interposed. */
  readonly dynamodbEndpoint: string;
  readonly s3Endpoint: string;
  readonly template: Template;
  readonly accounts: readonly Account[];
  /** The methods below that take the start of a logical id throw an Error unless exactly one resource fits. */
  tableName(logicalIdPrefix: string): string;
  bucketName(logicalIdPrefix: string): string;
  /** What each function has done with DynamoDB so far, by logical id; undefined when permissions are not enforced. */
  databaseUsage(): ReadonlyMap<string, Usage> | undefined;
  /** Signs an access token without asking the issuer over HTTP. */
  token(request: TokenRequest): Promise<string>;
  /** Runs a function. @throws FunctionError */
  invoke(functionLogicalIdPrefix: string, event: unknown): Promise<unknown>;
  /** Runs a rule's functions now, also when jobs are off. @throws FunctionError */
  runSchedule(ruleLogicalIdPrefix: string): Promise<void>;
  /**
   * Resolves when every stream mapping has caught up.
   * @param within milliseconds. @default 30 000
   * @throws Error naming the mappings that are still behind, or when jobs are off
   */
  drainStreams(within?: number): Promise<void>;
  /** Ends everything that was started. Safe to call twice. */
  stop(): Promise<void>;
}
