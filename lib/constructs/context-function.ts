import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

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
    });
  }
}
