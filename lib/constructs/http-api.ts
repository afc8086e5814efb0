import { Aws, CfnOutput, Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  DomainName,
  HttpApi,
  HttpIntegrationType,
  HttpMethod,
  HttpRoute,
  HttpRouteIntegration,
  type HttpRouteIntegrationBindOptions,
  type HttpRouteIntegrationConfig,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Route, Routes } from '../../lambdas/shared/http/route.ts';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import type { Foundation } from './foundation.ts';
import type { Identity } from './identity.ts';
import { trustedIssuer } from './trusted-issuer.ts';

/**
 * Sends a route to a function. Unlike the library's own integration it leaves permissions alone: those are per route,
 * and a function's policy overflows after some thirty of them. `ContractHttpApi.serve` grants one per function.
 */
class FunctionIntegration extends HttpRouteIntegration {
  readonly #handler: IFunction;

  constructor(id: string, handler: IFunction) {
    super(id);
    this.#handler = handler;
  }

  override bind(_options: HttpRouteIntegrationBindOptions): HttpRouteIntegrationConfig {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.#handler.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    };
  }
}

/** Headers of the API that a browser would otherwise keep from sending, or from showing to the page. */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'traceparent',
  'x-correlation-id',
];
const RESPONSE_HEADERS = [
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'retry-after',
  'traceparent',
  'www-authenticate',
  'x-correlation-id',
];

/**
 * What is logged of a request, refusals by the gateway itself included. An allow-list: no address of the caller, no path
 * with its ids, no query, header, token or body.
 */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    latencyMs: '$context.responseLatency',
    integrationStatus: '$context.integrationStatus',
    integrationLatencyMs: '$context.integrationLatency',
    bytes: '$context.responseLength',
    error: '$context.error.responseType',
    clientId: '$context.authorizer.claims.client_id',
  }),
);

export interface ContractHttpApiProps {
  readonly foundation: Foundation;
  readonly identity: Identity;
}

/** The Hub's HTTP API: every route explicit, each with the scopes its contract names, tokens checked by the gateway. */
export class ContractHttpApi extends Construct {
  readonly api: HttpApi;
  /** Where clients call it, without a slash at the end. */
  readonly url: string;
  readonly #authorizer: HttpJwtAuthorizer;
  readonly #declaredClients: readonly string[];

  constructor(scope: Construct, id: string, { foundation, identity }: ContractHttpApiProps) {
    super(scope, id);
    const { stage, throttle, allowedOrigins, domain } = foundation.stage;
    this.api = new HttpApi(this, 'Api', {
      apiName: `oncology-collaboration-hub-${stage}`,
      description: `Oncology Collaboration Hub, ${stage}`,
      createDefaultStage: false,
      ...(allowedOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: [...allowedOrigins],
          allowMethods: [
            CorsHttpMethod.GET,
            CorsHttpMethod.POST,
            CorsHttpMethod.PUT,
            CorsHttpMethod.PATCH,
            CorsHttpMethod.DELETE,
          ],
          allowHeaders: REQUEST_HEADERS,
          exposeHeaders: RESPONSE_HEADERS,
          maxAge: Duration.hours(1),
        },
      }),
    });
    const live = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(foundation.logGroup(this, 'AccessLog')),
        format: ACCESS_LOG,
      },
      ...(domain && { domainMapping: { domainName: this.#domainName(domain) } }),
    });
    const issuer = trustedIssuer(this, foundation.stage, {
      url: `https://${identity.userPool.userPoolProviderName}`,
      audience: [identity.peopleClient.userPoolClientId],
    });
    this.#declaredClients = issuer.audience;
    // Changing anything here has CloudFormation write the audience anew, without the clients that were admitted since;
    // the admission job puts them back within a minute.
    this.#authorizer = new HttpJwtAuthorizer('Authorizer', issuer.url, { jwtAudience: [...issuer.audience] });
    this.url = domain === undefined ? live.url.replace(/\/$/, '') : `https://${domain.name}`;
    new CfnOutput(this, 'Url', { value: this.url });
  }

  /** Lets a function see and change which clients' tokens the gateway takes. */
  grantAdmission(handler: LambdaFunction): void {
    const { apiId } = this.api;
    const { authorizerId } = this.#authorizer;
    handler.addEnvironment('API_ID', apiId);
    handler.addEnvironment('AUTHORIZER_ID', authorizerId);
    handler.addEnvironment('DECLARED_CLIENTS', this.#declaredClients.join(','));
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['apigateway:GET', 'apigateway:PATCH'],
        resources: [`arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::/apis/${apiId}/authorizers/${authorizerId}`],
      }),
    );
  }

  /** Serves a context's routes by its function. */
  serve(routes: Routes, handler: IFunction): void {
    const integration = new FunctionIntegration(`${handler.node.path}/Integration`, handler);
    for (const route of Object.values(routes)) this.#addRoute(route, integration);
    handler.addPermission('InvokeByApi', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.api.arnForExecuteApi(),
    });
  }

  #domainName({ name, certificateArn }: NonNullable<StageConfig['domain']>): DomainName {
    const domainName = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new CfnOutput(this, 'DomainTarget', {
      description: `Point the DNS name ${name} (CNAME or alias) here`,
      value: domainName.regionalDomainName,
    });
    return domainName;
  }

  #addRoute(route: Route, integration: FunctionIntegration): void {
    const endpoint = new HttpRoute(this, route.operationId, {
      httpApi: this.api,
      routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
      integration,
      ...(route.scopes === 'public' ? {} : { authorizer: this.#authorizer, authorizationScopes: [...route.scopes] }),
    });
    if (route.scopes === 'public') {
      accept(
        endpoint,
        'Health, API reference and problem pages show no data; the page that ends mail opens to a signed link, and shows none either.',
        'AwsSolutions-APIG4',
      );
    }
  }
}
