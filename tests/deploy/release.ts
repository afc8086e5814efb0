import { App, CfnResource } from 'aws-cdk-lib';
import { HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, CfnGlobalTable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

import { cdkContext } from '../../lib/cdk-context.ts';
import { ContractHttpApi } from '../../lib/constructs/http-api.ts';
import { HubStack } from '../../lib/hub-stack.ts';
import { stageConfig } from '../../lib/stage-config.ts';

/**
 * The Hub in another release, as a CDK app, chosen by the context:
 * `-c release=this` what the sources say;
 * `-c release=next` that, with an index on the quotas and a route;
 * `-c release=broken` the next one, with something CloudFormation cannot make once it has made all the rest;
 * `-c nameTables=yes` gives the tables names: MiniStack 1.5.33 replaces a table without one, and all that is in it, where
 * CloudFormation changes it.
 */
const app = new App({ context: cdkContext() });
const hub = new HubStack(app, stageConfig(app.node.tryGetContext('stage'), app.node.tryGetContext('stages')));
const release: unknown = app.node.tryGetContext('release');

/** The one part of the stack whose path begins like this. */
function part<T>(path: string, kind: new (...args: never[]) => T): T {
  const found = hub.node.findAll().filter((each): each is T & typeof each => each instanceof kind);
  const [first] = found.filter(({ node }) => node.path.startsWith(`${hub.node.path}/${path}`));
  if (first === undefined) throw new Error(`The Hub has no ${path}`);
  return first;
}

const quotas = part('Quotas/', TableV2);

if (app.node.tryGetContext('nameTables') === 'yes') {
  for (const path of ['Institutions/', 'Agreements/', 'Quotas/'])
    part(path, CfnGlobalTable).tableName = `Hub${path.slice(0, -1)}`;
}

if (release === 'next' || release === 'broken') {
  quotas.addGlobalSecondaryIndex({
    indexName: 'bySort',
    partitionKey: { name: 'sk', type: AttributeType.STRING },
    sortKey: { name: 'pk', type: AttributeType.STRING },
  });
  const next = new LambdaFunction(hub, 'Next', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200, body: "the next release" });'),
  });
  new HttpRoute(hub, 'NextRoute', {
    httpApi: part('HttpApi', ContractHttpApi).api,
    routeKey: HttpRouteKey.with('/next', HttpMethod.GET),
    integration: new HttpLambdaIntegration('NextIntegration', next),
  });
  if (release === 'broken') {
    const broken = new CfnResource(hub, 'Broken', {
      type: 'AWS::SSM::Parameter',
      // CloudFormation cannot make parameters of this type.
      properties: { Type: 'SecureString', Value: 'x' },
    });
    broken.node.addDependency(quotas, next);
  }
}
