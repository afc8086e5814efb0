import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import type { StageConfig } from '../stage-config.ts';
import { checkBootstrap, checkDomain, checkPlace, checkStackStatus, NotDeployable, type Place } from './findings.ts';
import { resourcesOf } from './stack-resources.ts';

/**
 * Looks, before anything is changed, for what would make a deployment of the stage fail or go to the wrong place.
 * @throws NotDeployable that says what is the matter and what to do next
 */
export async function preflight(config: StageConfig, environmentRegion: string): Promise<Place> {
  const { stage, region } = config;
  const place: Place = { stage, region, stack: `OncologyHub-${stage}`, account: await callerAccount(region) };
  checkPlace(place, config, environmentRegion);

  const cloudformation = new CloudFormationClient({ region });
  checkBootstrap(place, (await stackState(cloudformation, 'CDKToolkit')).status);
  const { status, isProtected } = await stackState(cloudformation, place.stack);
  checkStackStatus(place, status, isProtected);

  const domain = `oncology-hub-${stage}-${place.account}`;
  const owner = await domainOwner(new CognitoIdentityProviderClient({ region }), domain);
  const ours = status === undefined ? undefined : await userPoolOf(cloudformation, place.stack);
  checkDomain(place, domain, owner, ours);
  return place;
}

/** The state of a stack, for what to say after a deployment that failed. */
export async function stackStatus({ region, stack }: Place): Promise<string | undefined> {
  return (await stackState(new CloudFormationClient({ region }), stack)).status;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

async function callerAccount(region: string): Promise<string> {
  try {
    const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    if (Account !== undefined) return Account;
  } catch (error) {
    const name = nameOf(error);
    if (/^CredentialsProviderError$/.test(name)) {
      throw new NotDeployable(
        'There are no AWS credentials in the environment or in ~/.aws.',
        'aws sso login --profile <profile>   and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      );
    }
    if (
      /^(?:ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|TokenRefreshRequired|AccessDenied)/.test(
        name,
      )
    ) {
      throw new NotDeployable(`AWS refuses these credentials (${name}).`, 'Sign in again, or renew the access key.');
    }
    throw new NotDeployable(
      `AWS does not answer in ${region} (${name}${error instanceof Error ? `: ${error.message}` : ''}).`,
      'Look at the network, the proxy and AWS_ENDPOINT_URL.',
    );
  }
  throw new NotDeployable(
    'AWS does not say whose credentials these are.',
    'aws sts get-caller-identity   must name an account.',
  );
}

async function stackState(
  client: CloudFormationClient,
  StackName: string,
): Promise<{ status?: string; isProtected: boolean }> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const stack = Stacks?.[0];
    return {
      ...(stack?.StackStatus !== undefined && { status: stack.StackStatus }),
      isProtected: stack?.EnableTerminationProtection ?? false,
    };
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return { isProtected: false };
    throw new NotDeployable(
      `These credentials cannot look at the stack ${StackName} (${nameOf(error)}).`,
      'Use credentials that may use CloudFormation in this account.',
    );
  }
}

async function userPoolOf(client: CloudFormationClient, StackName: string): Promise<string | undefined> {
  const resources = await resourcesOf(client, StackName);
  return resources.find(({ ResourceType }) => ResourceType === 'AWS::Cognito::UserPool')?.PhysicalResourceId;
}

async function domainOwner(client: CognitoIdentityProviderClient, Domain: string): Promise<string | undefined> {
  try {
    const { DomainDescription } = await client.send(new DescribeUserPoolDomainCommand({ Domain }));
    return DomainDescription?.UserPoolId;
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw new NotDeployable(
      `These credentials cannot look at Cognito's user pools (${nameOf(error)}).`,
      'Use credentials that may use Cognito in this account.',
    );
  }
}
