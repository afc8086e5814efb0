import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';

/** A deployed Hub as an admin's commands see it. Credentials, and `AWS_ENDPOINT_URL`, come from the environment. */
export interface Deployment {
  readonly cognito: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly apiUrl: string;
  readonly signInUrl: string;
  /**
   * Runs one of the functions made for admins.
   * @throws AdminError with what the function said
   */
  readonly invoke: (name: AdminFunction, event: unknown) => Promise<unknown>;
}

/** Something an admin can put right; the message says how. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}

/** By the start of the stack's output that names it. */
const FUNCTIONS = {
  register: 'InstitutionsRegisterName',
  members: 'InstitutionsMembersName',
} as const;
export type AdminFunction = keyof typeof FUNCTIONS;

const FunctionFault = z.object({ errorType: z.string(), errorMessage: z.string() });

/**
 * Finds the Hub of a stage.
 * @throws AdminError when it is not deployed there, or by an older version
 */
export async function openDeployment(stage: string, region: string): Promise<Deployment> {
  const stack = `OncologyHub-${stage}`;
  const outputs = await outputsOf(stack, region);
  const output = (prefix: string): string => {
    const value = outputs.find(({ key }) => key.startsWith(prefix))?.value;
    if (value === undefined) {
      throw new AdminError(`The stack ${stack} has no output ${prefix}…: deploy this version of the Hub first.`);
    }
    return value;
  };
  const lambda = new LambdaClient({ region });
  return {
    cognito: new CognitoIdentityProviderClient({ region }),
    userPoolId: output('IdentityUserPoolId'),
    apiUrl: output('HttpApiUrl'),
    signInUrl: output('IdentitySignInUrl'),
    invoke: async (name, event) => {
      const command = new InvokeCommand({
        FunctionName: output(FUNCTIONS[name]),
        Payload: new TextEncoder().encode(JSON.stringify(event)),
      });
      const { FunctionError, Payload } = await lambda.send(command);
      const result: unknown = JSON.parse(new TextDecoder().decode(Payload) || 'null');
      if (FunctionError === undefined) return result;
      const { errorType, errorMessage } = FunctionFault.parse(result);
      throw new AdminError(`${errorMessage} (${name}: ${errorType})`);
    },
  };
}

async function outputsOf(stack: string, region: string): Promise<{ key: string; value: string }[]> {
  const cloudFormation = new CloudFormationClient({ region });
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
    return (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => ({
      key: OutputKey,
      value: OutputValue,
    }));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('does not exist')) throw error;
    throw new AdminError(`There is no stack ${stack} in ${region}. Deploy it, or give another --stage or --region.`);
  }
}
