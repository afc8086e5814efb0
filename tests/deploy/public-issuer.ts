import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Code, FunctionUrlAuthType, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

import { documentAt } from './public-issuer-documents.ts';

/**
 * The tests' issuer as far as an API in AWS needs it, as a CDK app: two documents on the internet, which say whose
 * signatures its tokens have. The key that signs stays with the tests; `-c jwk=<json>` is its public half.
 */
const app = new App();
const stack = new Stack(app, 'OncologyHub-test-issuer', {
  description: 'Says whose signatures the tokens of a running acceptance test have; removed at its end',
});
const documents = new LambdaFunction(stack, 'Documents', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline(`exports.handler = async (event) => (${documentAt.toString()})(event, process.env.JWK);`),
  environment: { JWK: String(app.node.tryGetContext('jwk')) },
});
const { url } = documents.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
new CfnOutput(stack, 'Url', { value: url });
