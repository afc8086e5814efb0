import * as z from 'zod/mini';

import type { LocalFunction } from '../functions/function.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';

/** What a token carries, after the template's trigger has looked at it. */
export interface CustomizedToken {
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Who is about to get a token. */
export interface Bearer {
  readonly kind: 'client' | 'person';
  /** A person's `sub`, too. */
  readonly clientId: string;
}

/** Asks about the token somebody is about to get. @throws FunctionError when the trigger refuses */
export type CustomizeToken = (bearer: Bearer, scopes: readonly string[]) => Promise<CustomizedToken>;

const PoolProperties = z.looseObject({
  LambdaConfig: z.optional(
    z.looseObject({
      PreTokenGenerationConfig: z.optional(z.looseObject({ LambdaArn: z.string(), LambdaVersion: z.literal('V3_0') })),
    }),
  ),
});

const TriggerResult = z.looseObject({
  response: z.looseObject({
    claimsAndScopeOverrideDetails: z.looseObject({
      accessTokenGeneration: z.looseObject({
        claimsToAddOrOverride: z._default(z.record(z.string(), z.unknown()), {}),
        claimsToSuppress: z._default(z.array(z.string()), []),
        scopesToAdd: z._default(z.array(z.string()), []),
        scopesToSuppress: z._default(z.array(z.string()), []),
      }),
    }),
  }),
});

/**
 * The user pool's trigger before token generation, called as Cognito calls it for the client credentials grant, and for
 * who signed in.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 * @returns undefined when the template's pool has none
 */
export function tokenTrigger(
  template: Template,
  resolve: Resolve,
  region: string,
  functionByArn: (arn: string) => LocalFunction,
): CustomizeToken | undefined {
  const [pool] = template.ofType('AWS::Cognito::UserPool');
  const { LambdaConfig } = PoolProperties.parse(resolve({ LambdaConfig: pool?.properties['LambdaConfig'] }));
  const trigger = LambdaConfig?.PreTokenGenerationConfig;
  if (trigger === undefined) return undefined;
  const target = functionByArn(trigger.LambdaArn);

  return async ({ kind, clientId }, scopes) => {
    const isClient = kind === 'client';
    const { response } = TriggerResult.parse(
      await target.invoke({
        version: '3',
        triggerSource: isClient ? 'TokenGeneration_ClientCredentials' : 'TokenGeneration_HostedAuth',
        region,
        userPoolId: `${region}_local`,
        userName: isClient ? 'ClientCredentials' : clientId,
        callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
        request: { userAttributes: isClient ? {} : { sub: clientId }, groupConfiguration: {}, scopes },
        response: { claimsAndScopeOverrideDetails: null },
      }),
    );
    const { accessTokenGeneration: change } = response.claimsAndScopeOverrideDetails;
    const suppressed = Object.fromEntries(change.claimsToSuppress.map((name) => [name, undefined]));
    return {
      scopes: [...new Set([...scopes, ...change.scopesToAdd])].filter(
        (scope) => !change.scopesToSuppress.includes(scope),
      ),
      claims: { ...change.claimsToAddOrOverride, ...suppressed },
    };
  };
}
