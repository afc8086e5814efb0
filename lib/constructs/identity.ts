import { Aws } from 'aws-cdk-lib';
import {
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolClient,
  UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

import { SCOPES } from '../../lambdas/shared/auth/vocabulary.ts';
import type { Foundation } from './foundation.ts';

const RESOURCE_SERVER = 'hub';

/**
 * Who may ask for tokens: a user pool whose resource server `hub` has the Hub's scopes, and a first client for systems
 * (OAuth 2.0 client credentials). Nobody signs up by themselves.
 */
export class Identity extends Construct {
  readonly userPool: UserPool;
  readonly systemClient: UserPoolClient;

  constructor(scope: Construct, id: string, { stage, removalPolicy }: Foundation) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: stage.signIn.mfaRequired ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      // Threat protection, of the plan Plus, refuses passwords known to be stolen and sign-ins that look like an attack.
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: stage.keepData,
      removalPolicy,
    });
    const scopes = SCOPES.map(
      (name) => new ResourceServerScope({ scopeName: name.slice(RESOURCE_SERVER.length + 1), scopeDescription: name }),
    );
    const server = this.userPool.addResourceServer('Api', { identifier: RESOURCE_SERVER, scopes });
    new UserPoolDomain(this, 'Domain', {
      userPool: this.userPool,
      cognitoDomain: { domainPrefix: `oncology-hub-${stage.stage}-${Aws.ACCOUNT_ID}` },
    });
    this.systemClient = this.userPool.addClient('SystemClient', {
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.resourceServer(server, scope)),
      },
    });
  }
}
