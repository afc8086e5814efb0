import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DeleteUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, describe, expect, inject, test } from 'vitest';

import { bootstrap } from './cdk.ts';
import { clientConfig, DeployedStack } from './stack.ts';

/** What `npm run deploy` says when it cannot, and that it can once its advice has been followed. */

const ROOT = join(import.meta.dirname, '../..');
const { environment, flags, stack: stackName } = inject('deployment');
const unattended = ['--require-approval', 'never', ...flags];
const emulated = environment['AWS_ENDPOINT_URL'] !== undefined;
const home = mkdtempSync(join(tmpdir(), 'hub-home-'));

afterAll(() => {
  rmSync(home, { recursive: true });
});

/** Runs `npm run deploy` with nothing in its environment but what is given. */
async function deploy(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['bin/deploy.ts', '--output', join(home, 'cdk.out'), ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      CI: '1',
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += String(data)));
  const status = await new Promise((resolve) => child.on('close', resolve));
  return { status, output };
}

/** Another of the emulator's accounts, which the access key names, with nothing in it. */
const account = (id: string): Record<string, string> => ({ ...environment, AWS_ACCESS_KEY_ID: id });

test('without credentials it says where to get some', async () => {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_PROFILE: ___, ...rest } = environment;
  const { status, output } = await deploy(rest);
  expect([status, output]).toEqual([1, expect.stringContaining('There are no AWS credentials')]);
  expect(output).toContain('aws sso login');
});

test('a stage that there is not is answered with those there are', async () => {
  const { status, output } = await deploy(environment, '-c', 'stage=test');
  expect([status, output]).toEqual([1, expect.stringContaining('There is no stage "test". Write -c stage=dev')]);
});

test('a stage whose settings are not complete is not deployed', async () => {
  const { status, output } = await deploy(environment, '--context=stage=prod');
  expect([status, output]).toEqual([1, expect.stringContaining('stages.prod.account')]);
});

test('another region in the environment than the stage’s is refused', async () => {
  const { status, output } = await deploy({ ...environment, AWS_REGION: 'us-west-2' });
  expect([status, output]).toEqual([1, expect.stringContaining('AWS_REGION says us-west-2')]);
  expect(output).toContain('Set AWS_REGION=eu-central-1');
});

test('an AWS that does not answer is named', async () => {
  const { status, output } = await deploy({ ...account('111111111111'), AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  expect([status, output]).toEqual([1, expect.stringContaining('AWS does not answer in eu-central-1')]);
});

describe.runIf(emulated)('in an account', () => {
  test('that the CDK has not prepared, the command for that is told', async () => {
    const { status, output } = await deploy(account('222222222222'));
    expect([status, output]).toEqual([1, expect.stringContaining('npx cdk bootstrap aws://222222222222/eu-central-1')]);
  });

  test('where another user pool has the domain, that is told, and once it is gone the Hub can be deployed', async () => {
    const env = account('333333333333');
    await bootstrap(env);
    const cognito = new CognitoIdentityProviderClient(clientConfig(env));
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'of somebody else' }));
    const name = { Domain: 'oncology-hub-dev-333333333333', UserPoolId: UserPool?.Id };
    await cognito.send(new CreateUserPoolDomainCommand(name));

    const refused = await deploy(env);
    await cognito.send(new DeleteUserPoolDomainCommand(name));
    const { status, output } = await deploy(env, ...unattended);

    expect(refused.output).toContain(`The name ${name.Domain} of the sign-in pages is taken`);
    expect(refused.output).toContain(String(UserPool?.Id));
    expect([refused.status, status, output]).toEqual([1, 0, expect.stringContaining(`Deploying ${stackName}`)]);
  });

  test('where the first deployment failed half-way, the second one finishes', async () => {
    const env = account('444444444444');
    await bootstrap(env);
    const client = new CloudFormationClient(clientConfig(env));
    const broken = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'SecureString', Value: 'x' } };
    const TemplateBody = JSON.stringify({ Resources: { Broken: broken } });
    await client.send(new CreateStackCommand({ StackName: stackName, TemplateBody }));
    const stack = new DeployedStack(stackName, env);
    await expect.poll(() => stack.status()).toBe('ROLLBACK_COMPLETE');

    const { status } = await deploy(env, ...unattended);

    expect([status, await stack.status()]).toEqual([0, 'CREATE_COMPLETE']);
  });
});
