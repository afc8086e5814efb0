import { Aws, CfnOutput, Duration } from 'aws-cdk-lib';
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolClient,
  UserPoolDomain,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { SCOPES } from '../../lambdas/shared/auth/vocabulary.ts';
import type { StageConfig } from '../stage-config.ts';
import type { Foundation } from './foundation.ts';

const RESOURCE_SERVER = 'hub';

/**
 * Who may ask for tokens: a user pool whose resource server `hub` has the Hub's scopes, its sign-in pages, and the client
 * with which people use them. Nobody signs up by themselves. A system's client is made when its institution is onboarded,
 * not by a deployment: its secret passes through nobody else's hands.
 */
export class Identity extends Construct {
  readonly userPool: UserPool;
  readonly peopleClient: UserPoolClient;
  /** Where people sign in and everybody gets tokens, without a slash at the end. */
  readonly signInUrl: string;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { stage } = foundation;
    this.userPool = this.#makeUserPool(foundation);
    const scopes = SCOPES.map(
      (name) => new ResourceServerScope({ scopeName: name.slice(RESOURCE_SERVER.length + 1), scopeDescription: name }),
    );
    const server = this.userPool.addResourceServer('Api', { identifier: RESOURCE_SERVER, scopes });
    const domain = new UserPoolDomain(this, 'Domain', {
      userPool: this.userPool,
      cognitoDomain: { domainPrefix: `oncology-hub-${stage.stage}-${Aws.ACCOUNT_ID}` },
    });
    this.signInUrl = `https://${domain.domainName}.auth.${stage.region}.amazoncognito.com`;
    this.peopleClient = this.#makePeopleClient(
      stage,
      scopes.map((each) => OAuthScope.resourceServer(server, each)),
    );
    new CfnOutput(this, 'UserPoolId', { value: this.userPool.userPoolId });
    new CfnOutput(this, 'PeopleClientId', { value: this.peopleClient.userPoolClientId });
    new CfnOutput(this, 'SignInUrl', { value: this.signInUrl });
  }

  /** Lets a function make, see and end clients of systems and their secrets. */
  grantClients(handler: IFunction): void {
    this.userPool.grant(
      handler,
      'cognito-idp:CreateUserPoolClient',
      'cognito-idp:DeleteUserPoolClient',
      'cognito-idp:ListUserPoolClients',
      'cognito-idp:AddUserPoolClientSecret',
      'cognito-idp:ListUserPoolClientSecrets',
      'cognito-idp:DeleteUserPoolClientSecret',
    );
  }

  /** Has every token, of people and of systems, pass through a function before it is given out. */
  customizeTokensBy(trigger: IFunction): void {
    this.userPool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger, LambdaVersion.V3_0);
  }

  #makeUserPool({ stage, removalPolicy }: Foundation): UserPool {
    return new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: stage.signIn.mfaRequired ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      userInvitation: {
        emailSubject: 'Your account at the Oncology Collaboration Hub',
        emailBody:
          'You can now sign in to the Oncology Collaboration Hub as {username}. Your temporary password, good for three days: {####}',
      },
      // Threat protection, of the plan Plus, refuses passwords known to be stolen and sign-ins that look like an attack.
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: stage.keepData,
      removalPolicy,
    });
  }

  /**
   * A public client: it can keep no secret, so it uses codes with PKCE, and each of its refresh tokens serves once. An
   * access token says what its bearer's roles were when it was made; for people that is at most fifteen minutes ago.
   */
  #makePeopleClient({ signIn }: StageConfig, scopes: OAuthScope[]): UserPoolClient {
    return this.userPool.addClient('PeopleClient', {
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, ...scopes],
        callbackUrls: [...signIn.callbackUrls],
        logoutUrls: [...signIn.logoutUrls],
      },
      // Named because Cognito's own choice would clash with refresh tokens that serve once. Tokens got in this way, past the
      // sign-in pages, have no scope of the Hub, and the trigger adds none.
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(12),
      refreshTokenRotationGracePeriod: Duration.seconds(10),
      readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true }),
    });
  }
}
