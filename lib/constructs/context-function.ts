import { Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { metricsNamespace } from '../../lambdas/shared/observability/metrics.ts';
import { accept, FAILURES_ARE_SEEN, ONE_ROLE } from './accept.ts';
import type { Foundation } from './foundation.ts';
import { OwnRole } from './own-role.ts';

export interface ContextFunctionProps {
  readonly foundation: Foundation;
  /** What it does, in a sentence; shown in the console. */
  readonly description: string;
  /** What people cannot do while it fails, in a sentence; told with the alarm of its context. */
  readonly impact: string;
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
 * it is granted more, a log group with a retention, and a place in its context's alarm.
 */
export class ContextFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ContextFunctionProps) {
    super(scope, id);
    const logGroup = props.foundation.logGroup(this, 'Log');
    const role = new OwnRole(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: props.timeout ?? Duration.seconds(10),
      code: Code.fromAsset(props.bundle),
      handler: `${props.entry}.handler`,
      environment: { METRICS_NAMESPACE: metricsNamespace(props.foundation.stage.stage), ...props.environment },
      role,
      logGroup,
      // Lines are JSON already. What Lambda adds to each run would cost as much again; it still tells what went wrong.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    // One alarm for what fails and what is not even started, of all functions of the context.
    props.foundation.jointAlarms.add('Failing', this, {
      metrics: [this.function.metricErrors(), this.function.metricThrottles()],
      impact: props.impact,
    });
    acceptFindings(this);
  }
}

function acceptFindings(contextFunction: ContextFunction): void {
  accept(contextFunction, ONE_ROLE, 'HIPAA.Security-IAMNoInlinePolicy', 'NIST.800.53.R5-IAMNoInlinePolicy');
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
