import { CfnOutput } from 'aws-cdk-lib';
import {
  HttpApi,
  HttpIntegrationType,
  HttpMethod,
  HttpRoute,
  HttpRouteIntegration,
  type HttpRouteIntegrationBindOptions,
  type HttpRouteIntegrationConfig,
  HttpRouteKey,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Route, Routes } from '../../lambdas/shared/http/route.ts';
import type { Identity } from './identity.ts';

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

/** The Hub's HTTP API: every route explicit, each with the scopes its contract names, tokens checked by the gateway. */
export class ContractHttpApi extends Construct {
  readonly api: HttpApi;
  readonly #authorizer: HttpJwtAuthorizer;

  constructor(scope: Construct, id: string, { identity }: { readonly identity: Identity }) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: 'oncology-collaboration-hub',
      description: 'Oncology Collaboration Hub',
    });
    this.#authorizer = new HttpJwtAuthorizer('Authorizer', identity.userPool.userPoolProviderUrl, {
      jwtAudience: [identity.systemClient.userPoolClientId],
    });
    new CfnOutput(this, 'Url', { value: this.api.apiEndpoint });
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

  #addRoute(route: Route, integration: FunctionIntegration): void {
    new HttpRoute(this, route.operationId, {
      httpApi: this.api,
      routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
      integration,
      ...(route.scopes === 'public' ? {} : { authorizer: this.#authorizer, authorizationScopes: [...route.scopes] }),
    });
  }
}
