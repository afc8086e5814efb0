import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { accept } from './accept.ts';
import type { Foundation } from './foundation.ts';

export interface ContextFunctionProps {
  readonly foundation: Foundation;
  /** What it does, in a sentence; shown in the console. */
  readonly description: string;
  /** Folder made by `bundle`. */
  readonly bundle: string;
  /** Module in that folder that exports `handler`. */
  readonly entry: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 10 seconds */
  readonly timeout?: Duration;
}

/**
 * A Lambda function with the Hub's defaults: Node 24 on arm64, a role of its own that may only write its own log until
 * it is granted more, and a log group with a retention.
 */
export class ContextFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ContextFunctionProps) {
    super(scope, id);
    const logGroup = props.foundation.logGroup(this, 'Log');
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: props.timeout ?? Duration.seconds(10),
      code: Code.fromAsset(props.bundle),
      handler: `${props.entry}.handler`,
      environment: { ...props.environment },
      role,
      logGroup,
      // Lines are JSON already. What Lambda adds to each run would cost as much again; it still tells what went wrong.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    acceptFindings(this);
  }
}

/** Why nothing has a dead-letter queue of its own but the streams. */
export const FAILURES_ARE_SEEN =
  'Whoever calls learns of a failure: the gateway and the admin at once, a stream by its dead-letter queue. What runs on a schedule is made good by its next run, and an alarm tells.';

function acceptFindings(contextFunction: ContextFunction): void {
  accept(
    contextFunction,
    'The policy is made for one role and attached to no other: as part of the role it cannot be lent to anybody.',
    'HIPAA.Security-IAMNoInlinePolicy',
    'NIST.800.53.R5-IAMNoInlinePolicy',
  );
  accept(
    contextFunction,
    'The API’s throttle is the ceiling. A reservation per function would be taken from the account’s limit, which in a new account is too small for any.',
    'HIPAA.Security-LambdaConcurrency',
    'NIST.800.53.R5-LambdaConcurrency',
  );
  accept(
    contextFunction,
    FAILURES_ARE_SEEN,
    'HIPAA.Security-LambdaDLQ',
    'NIST.800.53.R5-LambdaDLQ',
    'Serverless-LambdaDLQ',
  );
  accept(
    contextFunction,
    'It talks to AWS services only, over TLS and signed, so there is no network to be inside of; in a VPC it would start slower and need an endpoint for each service.',
    'HIPAA.Security-LambdaInsideVPC',
    'NIST.800.53.R5-LambdaInsideVPC',
  );
  accept(
    contextFunction,
    'Every log line has the W3C trace id of the request, which costs nothing; X-Ray would add its own daemon, a permission on all resources and a price per trace.',
    'Serverless-LambdaTracing',
  );
}
